/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash tables of the BPF program, whose functions are compiled here for the host, and how user
 * space reads them, clears an epoch, and forgets threads. The tables have their true sizes.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>
#include "tests/tap.h"
#include "tools/top/maps.h"
#include "tools/top/bpf/vcpus.h"
#include "tools/top/bpf/cells.h"

static const struct top_maps maps = {
	.vcpus = vcpus,
	.entries = {entries[0], entries[1]},
	.used = {used[0], used[1]},
	.used_count = used_count,
	.taken = &taken,
};

static void empty(void)
{
	memset(vcpus, 0, sizeof(vcpus));
	memset(marked, 0, sizeof(marked));
	memset(entries, 0, sizeof(entries));
	memset(used_count, 0, sizeof(used_count));
	taken = serial = full = 0;
}

/* The n-th PID, from 0 on, with this home. */
static uint32_t pid_at(uint32_t home, unsigned n)
{
	uint32_t pid = 1;

	for (;; pid++)
		if (TOP_VCPU_HOME(pid) == home && n-- == 0)
			return pid;
}

static void add(uint32_t pid)
{
	const struct top_vcpu fields = {.closed = pid, .tgid = 7};

	add_vcpu(pid, &fields);
}

static bool is_found(uint32_t pid)
{
	uint32_t place = find_vcpu(pid);

	return (place & TOP_FOUND) != 0 && vcpu_at(place)->pid == pid &&
	       vcpu_at(place)->closed == pid;
}

/* As the program does when the thread exits. */
static void end(uint32_t pid)
{
	uint32_t place = find_vcpu(pid);

	unmark(pid);
	vcpu_at(place)->pid |= TOP_EXITED;
}

static void test_vcpus(void)
{
	/* The home is the last place but one, so that the search goes on from the first. */
	const uint32_t home = TOP_PLACES - 2;
	unsigned found = 0;

	empty();
	tap_ok(!is_found(1000) && !is_marked_pid(1000), "an empty table has no thread");
	for (unsigned n = 0; n < TOP_PROBES; n++)
		add(pid_at(home, n));
	for (unsigned n = 0; n < TOP_PROBES; n++)
		found += is_found(pid_at(home, n));
	tap_ok(found == TOP_PROBES && vcpus[home].pid == pid_at(home, 0) &&
		       vcpus[0].pid == pid_at(home, 2),
	       "threads with one home are at the next places, and those after the last are the first");
	add(pid_at(home, TOP_PROBES));
	tap_ok(full == 1 && !is_marked_pid(pid_at(home, TOP_PROBES)) && taken == TOP_PROBES,
	       "a thread that finds no place is not followed, and the program says so");
	add(pid_at(home, 3));
	tap_ok(taken == TOP_PROBES, "a thread is added once");

	end(pid_at(home, 1));
	top_maps_forget(&maps, pid_at(home, 1), 1);
	tap_ok(taken == TOP_PROBES - 1 && vcpus[home + 1].pid == 0 && is_found(pid_at(home, 2)) &&
		       is_found(pid_at(home, TOP_PROBES - 1)),
	       "the threads behind a place that is free again are found");
	add(pid_at(home, TOP_PROBES));
	tap_ok(is_found(pid_at(home, TOP_PROBES)) && vcpus[home + 1].serial == TOP_PROBES,
	       "the free place is taken again, with a new serial number");
}

static void test_forget(void)
{
	empty();
	add(50);
	uint32_t place = find_vcpu(50) & ~TOP_FOUND;
	top_maps_forget(&maps, 50, 0);
	tap_ok(is_found(50), "a thread that has not exited is not forgotten");
	end(50);
	tap_ok(!is_found(50) && taken == 1, "a thread that has exited is found no more");
	vcpus[place].counts[1].run = 9;
	top_maps_forget(&maps, 50, 0);
	vcpus[place].counts[1] = (struct top_counts){.interrupts = 1};
	top_maps_forget(&maps, 50, 0);
	tap_ok(taken == 1, "a thread with counts in the next epoch is not forgotten");
	add(50);
	tap_ok(is_found(50) && taken == 1 && vcpus[place].serial == 1,
	       "a new thread with the PID gets the place of the earlier one");
	end(50);
	vcpus[place].counts[1].interrupts = 0;
	top_maps_forget(&maps, 50, 0);
	tap_ok(taken == 1, "a thread with another serial number is not forgotten");
	top_maps_forget(&maps, 50, 1);
	tap_ok(taken == 0 && vcpus[place].pid == 0, "a thread without counts is forgotten");
}

/* The bits of eight PIDs are in one byte. */
static void test_marks(void)
{
	unsigned right = 0;

	empty();
	add(5);
	add(5 + 3 * TOP_FAR);
	for (uint32_t i = 0; i < 8; i++)
		right += is_marked_pid(5 + i * TOP_FAR) == (i == 0 || i == 3);
	tap_ok(right == 8 && !is_marked_pid(4) && !is_marked_pid(6),
	       "PIDs that share a byte have bits of their own");
	unmark(5);
	tap_ok(!is_marked_pid(5) && is_marked_pid(5 + 3 * TOP_FAR), "each bit is cleared alone");
}

static void test_full(void)
{
	unsigned found = 0, n = 0;

	empty();
	for (uint32_t pid = 300; taken < TOP_VCPUS && pid < TOP_PIDS; pid++, n++)
		add(pid);
	for (uint32_t pid = 300; pid < 300 + n; pid++)
		found += is_found(pid);
	tap_ok(n == TOP_VCPUS && found == TOP_VCPUS && full == 0,
	       "the table has room for %u threads with PIDs in a row", TOP_VCPUS);
	add(300 + n);
	tap_ok(full == 1 && !is_found(300 + n) && taken == TOP_VCPUS, "it has room for no more");
}

/* The vCPU has this place, and waits for CPU 3. */
static uint64_t key_of(uint32_t pid, uint32_t place)
{
	return TOP_KEY(pid, TOP_KEY_WAIT(place, 3));
}

/* Charge the key as the program does. false: there is no room. */
static bool charge(uint64_t key, uint32_t epoch, uint64_t ns)
{
	bool made = false;
	struct top_entry *entry = find_entry(key, epoch, &made);

	if (entry == NULL)
		return false;
	if (made)
		entry->tgid = TOP_KEY_PID(key) + 1;
	entry->cell.ns += ns;
	return true;
}

static uint64_t key_at(uint32_t home, unsigned n)
{
	uint32_t pid = 1;

	for (;; pid++)
		if (TOP_CELL_HOME(key_of(pid, 5)) == home && n-- == 0)
			return key_of(pid, 5);
}

static void test_cells(void)
{
	const uint32_t home = TOP_CELLS - 1;
	unsigned charged = 0;

	empty();
	for (unsigned n = 0; n < TOP_PROBES; n++)
		charged += charge(key_at(home, n), 1, 3) && charge(key_at(home, n), 1, 4);
	tap_ok(charged == TOP_PROBES && used_count[1] == TOP_PROBES && used_count[0] == 0,
	       "cells with one home are at the next places");
	tap_ok(entries[1][home].cell.ns == 7 && entries[1][0].cell.ns == 7 &&
		       entries[1][0].key == key_at(home, 1),
	       "the places after the last are the first ones of the same epoch");
	tap_ok(!charge(key_at(home, TOP_PROBES), 1, 1), "a thief that finds no place has no cell");
	tap_ok(charge(key_at(home, TOP_PROBES), 0, 1), "the other epoch has places of its own");
	top_maps_clear(&maps, 1);
	tap_ok(used_count[1] == 0 && entries[1][home].key == 0 &&
		       charge(key_at(home, TOP_PROBES), 1, 1) && entries[0][home].key != 0,
	       "an epoch is cleared, and the other one is not");
}

static void test_full_cells(void)
{
	unsigned charged = 0, again = 0;

	empty();
	for (uint32_t pid = 1; pid <= 2 * TOP_CELLS; pid++)
		charged += charge(key_of(pid, 9), 0, 1);
	for (uint32_t pid = 1; pid <= 2 * TOP_CELLS; pid++)
		again += charge(key_of(pid, 9), 0, 1);
	tap_ok(charged == TOP_CELLS && again == TOP_CELLS && used_count[0] == TOP_CELLS,
	       "%u cells are taken, and found again when the table is full", charged);
	top_maps_clear(&maps, 0);
	for (uint32_t i = 0; i < TOP_CELLS; i++)
		again -= entries[0][i].key == 0;
	tap_ok(again == 0, "a full table is cleared");
}

static void test_read(void)
{
	struct top_tables tables;

	empty();
	add(21);
	add(22);
	uint32_t a = find_vcpu(21) & ~TOP_FOUND, b = find_vcpu(22) & ~TOP_FOUND;
	vcpus[b].counts[1] = (struct top_counts){.run = 70, .stolen = 30};
	vcpus[a].counts[0].stolen = 99;
	charge(key_of(44, b), 1, 20);
	charge(key_of(8 | TOP_QUOTA_PID, b), 1, 10);
	charge(key_of(44, a), 0, 99);
	end(22);
	vcpus[TOP_PLACES - 1].pid = TOP_TAKEN;
	if (!tap_ok(top_tables_read(&tables, &maps, 1), "an epoch is read"))
		return;
	const struct top_vcpu *read = tables.vcpus;
	const struct top_pair *pair = tables.pairs;
	unsigned last = read[1].pid == (22 | TOP_EXITED);
	tap_ok(tables.vcpu_count == 2 && read[last].pid == (22 | TOP_EXITED) &&
		       read[!last].pid == 21,
	       "the threads are read, also one that has exited, but none that is being added");
	tap_ok(tables.epoch == 1 && read[last].counts[1].stolen == 30 &&
		       read[!last].counts[1].stolen == 0,
	       "the counts are those of the epoch");
	tap_ok(tables.cell_count == 2 && pair[0].victim == 22 && pair[0].pid == 44 &&
		       pair[0].tgid == 45 && pair[0].cpu == 3 && tables.cells[0].ns == 20,
	       "a cell has its victim, its thief and its CPU");
	tap_ok(pair[1].victim == 22 && pair[1].pid == (8 | TOP_QUOTA_PID) &&
		       tables.cells[1].ns == 10,
	       "a quota has a cell like a thief");
	top_tables_free(&tables);
	top_maps_clear(&maps, 1);
	tap_ok(vcpus[b].counts[1].run == 0 && vcpus[b].counts[1].stolen == 0 &&
		       vcpus[a].counts[0].stolen == 99 && used_count[0] == 1,
	       "the epoch's counts are cleared, and not those of the next");
}

/* A thread is added to the first place after reading has begun, when `taken` was less. */
static void test_read_while_added(void)
{
	struct top_tables tables;

	empty();
	add(pid_at(TOP_PLACES - 1, 0));
	vcpus[TOP_PLACES - 1].counts[0].stolen = 30;
	add(pid_at(0, 0));
	taken = 1;
	if (!tap_ok(top_tables_read(&tables, &maps, 0), "an epoch is read while threads are added"))
		return;
	tap_ok(tables.vcpu_count == 2 && tables.vcpus[1].pid == pid_at(TOP_PLACES - 1, 0) &&
		       tables.vcpus[1].counts[0].stolen == 30,
	       "a thread that is added meanwhile takes the room of no other");
	top_tables_free(&tables);
}

int main(void)
{
	test_vcpus();
	test_forget();
	test_marks();
	test_full();
	test_cells();
	test_full_cells();
	test_read();
	test_read_while_added();
	return tap_done();
}
