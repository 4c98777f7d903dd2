/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/maps.h"

/* A thread that the program is adding has no PID yet. */
static bool is_thread(const struct top_vcpu *vcpu)
{
	uint32_t pid = __atomic_load_n(&vcpu->pid, __ATOMIC_ACQUIRE);

	return pid != 0 && pid != TOP_TAKEN;
}

/*
 * The array has room for all threads that the program can follow: it may add some while this reads,
 * and the counts of a thread that found no room would be lost. Linux provides the memory only when
 * it is written.
 */
static bool read_vcpus(struct top_tables *tables, const struct top_maps *maps)
{
	size_t n = 0;

	tables->vcpus = malloc(TOP_VCPUS * sizeof(*tables->vcpus));
	if (tables->vcpus == NULL)
		return false;
	for (uint32_t place = 0; place < TOP_PLACES && n < TOP_VCPUS; place++)
		if (is_thread(&maps->vcpus[place]))
			tables->vcpus[n++] = maps->vcpus[place];
	tables->vcpu_count = n;
	return true;
}

/* The program takes no further entries of an epoch that has ended. */
static size_t count_used(const struct top_maps *maps, uint32_t epoch)
{
	return maps->used_count[epoch] < TOP_CELLS ? maps->used_count[epoch] : TOP_CELLS;
}

/* There is room for one element more, as malloc() may return NULL for an empty array. */
static bool read_cells(struct top_tables *tables, const struct top_maps *maps, uint32_t epoch)
{
	size_t count = count_used(maps, epoch);

	tables->pairs = malloc((count + 1) * sizeof(*tables->pairs));
	tables->cells = malloc((count + 1) * sizeof(*tables->cells));
	if (tables->pairs == NULL || tables->cells == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct top_entry *entry = &maps->entries[epoch][maps->used[epoch][i]];
		const struct top_vcpu *victim = &maps->vcpus[TOP_KEY_PLACE(entry->key)];

		tables->pairs[i] = (struct top_pair){
			.victim = victim->pid & ~TOP_EXITED,
			.pid = TOP_KEY_PID(entry->key),
			.tgid = entry->tgid,
			.cpu = TOP_KEY_CPU(entry->key),
		};
		tables->cells[i] = entry->cell;
	}
	tables->cell_count = count;
	return true;
}

bool top_tables_read(struct top_tables *tables, const struct top_maps *maps, uint32_t epoch)
{
	*tables = (struct top_tables){.epoch = epoch};
	return read_cells(tables, maps, epoch) && read_vcpus(tables, maps);
}

void top_tables_free(struct top_tables *tables)
{
	free(tables->vcpus);
	free(tables->pairs);
	free(tables->cells);
	*tables = (struct top_tables){.vcpus = NULL};
}

void top_maps_clear(const struct top_maps *maps, uint32_t epoch)
{
	for (size_t i = 0; i < count_used(maps, epoch); i++)
		maps->entries[epoch][maps->used[epoch][i]] = (struct top_entry){.key = 0};
	maps->used_count[epoch] = 0;
	for (uint32_t place = 0; place < TOP_PLACES; place++)
		if (maps->vcpus[place].pid != 0)
			maps->vcpus[place].counts[epoch] = (struct top_counts){.run = 0};
}

/* All others are parts of these. */
static bool has_counts(const struct top_counts *counts)
{
	return counts->run != 0 || counts->stolen != 0 || counts->interrupts != 0;
}

void top_maps_forget(const struct top_maps *maps, uint32_t pid, uint32_t serial)
{
	uint32_t home = TOP_VCPU_HOME(pid);

	for (uint32_t i = 0; i < TOP_PROBES; i++) {
		uint32_t place = (home + i) % TOP_PLACES;
		struct top_vcpu *vcpu = &maps->vcpus[place];
		uint32_t exited = pid | TOP_EXITED;

		/* The program may give the place to a new thread with this PID meanwhile. */
		if (vcpu->pid != exited || vcpu->serial != serial || has_counts(&vcpu->counts[0]) ||
		    has_counts(&vcpu->counts[1]))
			continue;
		if (__atomic_compare_exchange_n(&vcpu->pid, &exited, 0, false, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			__atomic_fetch_sub(maps->taken, 1, __ATOMIC_RELAXED);
		return;
	}
}
