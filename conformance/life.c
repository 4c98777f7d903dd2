/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing that happens to a vCPU decreases its counter: not PV_TIME_ST, not CPU_SUSPEND, not
 * CPU_OFF and CPU_ON. Linux calls PV_TIME_ST at each CPU_ON. A hypervisor that zeroes the structure
 * there takes back time that the guest has accounted already.
 */
#include "guest/psci.h"
#include "guest/smccc.h"
#include "prepare.h"
#include "suite.h"

#define START_MS     2000
#define CALLS	     1000
#define SUSPENDS     20
#define ROUNDS	     50
#define ROUNDS_MIN   4
#define ROUNDS_US    500000 /* limit of all rounds, if they take long */
#define WAIT_US	     50000  /* the longest spin until something is stolen from the vCPU */
#define OFF_WATCH_US 20000

/* The losses on one vCPU: how often, and the first of them. */
struct loss {
	unsigned count, tries, judged; /* judged: tries in which the value before was not 0 */
	uint64_t before, after;
	int64_t result;
};

static struct loss losses[CPU_MAX];

static void judge(struct loss *l, uint64_t before, uint64_t after)
{
	l->tries++;
	l->judged += before != 0;
	if (after < before && l->count++ == 0) {
		l->before = before;
		l->after = after;
	}
}

/* The verdict on all vCPUs. `what` names the operation that may have decreased the counter. */
static void report(const char *what)
{
	unsigned judged = 0;

	for (unsigned i = 0; i < cpu_count(); i++) {
		const struct loss *l = &losses[i];

		check(l->count == 0,
		      "CPU %u: %lu ns before %s, but %lu ns after it; %u of %u times", i, l->before,
		      what, l->after, l->count, l->tries);
		judged += l->judged;
	}
	if (!judged)
		skip("nothing was stolen from any vCPU: give the VM a competitor on its CPUs");
}

/* Spins until something was stolen from the calling vCPU. The other vCPUs do the same meanwhile. */
static void wait_for_value(void)
{
	uint64_t end = counter_virtual() + ticks_of_us(WAIT_US);

	while (!stolen_ns_self() && counter_virtual() < end)
		gaps_pass();
}

static void repeat_calls(unsigned index)
{
	struct loss *l = &losses[index];

	*l = (struct loss){.count = 0};
	wait_for_value();
	for (unsigned n = 0; n < CALLS; n++) {
		uint64_t before = stolen_ns_self();
		int64_t address = smccc_call(suite.st_fid, 0, 0, 0);

		judge(l, before, stolen_ns_self());
		if ((uint64_t)address != suite.ipa[index])
			l->result = address;
	}
}

void case_st_repeat(void)
{
	if (!every_structure() || !on_all_run(repeat_calls, cpu_count() * START_MS))
		return;
	for (unsigned i = 0; i < cpu_count(); i++)
		check(!losses[i].result, "CPU %u: PV_TIME_ST gave 0x%lx, but 0x%lx later", i,
		      suite.ipa[i], (uint64_t)losses[i].result);
	report("PV_TIME_ST");
}

static void suspend_rounds(unsigned index)
{
	struct loss *l = &losses[index];

	*l = (struct loss){.count = 0};
	wait_for_value();
	for (unsigned n = 0; n < SUSPENDS && !l->result; n++) {
		uint64_t before = stolen_ns_self();

		l->result = suspend_us(200);
		judge(l, before, stolen_ns_self());
	}
}

void case_suspend(void)
{
	if (!every_structure() || !on_all_run(suspend_rounds, cpu_count() * START_MS))
		return;
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (losses[i].result) {
			skip("CPU_SUSPEND of CPU %u returned %ld", i, losses[i].result);
			return;
		}
	}
	report("CPU_SUSPEND");
}

/*
 * One round turns all other CPUs on and off. Each CPU reads its value at the start and at the end.
 * cpu_begin() makes the CPU register first; in every other round the CPU is started by CPU_ON
 * alone, without PV_TIME_ST.
 */
static struct turn {
	uint64_t first, last;	/* ns, read by the CPU itself */
	uint64_t before, after; /* ns, read by CPU 0 while the CPU is off */
} turns[CPU_MAX];

static void take_turn(void *arg)
{
	struct turn *turn = arg;

	turn->first = stolen_ns_self();
	spin_us(100);
	turn->last = stolen_ns_self();
}

/* CPU 0 sleeps between its polls, so that the other CPUs can run on its physical CPU. */
static bool wait_off(unsigned index)
{
	uint64_t end = counter_virtual() + timer_ticks(START_MS);

	while (psci_affinity_info(cpus[index].mpidr) != PSCI_AFFINITY_OFF) {
		if (!check(counter_virtual() < end, "CPU %u is not off within %u ms", index,
			   START_MS))
			return false;
		timer_sleep_until(counter_virtual() + ticks_of_us(200));
	}
	return true;
}

static bool turn_begin(unsigned index, bool registers)
{
	int64_t error;

	if (registers)
		return cpu_begin(index, take_turn, &turns[index]);
	error = cpu_start(index, take_turn, &turns[index]);
	return check(error == PSCI_SUCCESS, "CPU %u: CPU_ON returned %ld", index, error);
}

static bool every_turn(bool registers)
{
	for (unsigned i = 1; i < cpu_count(); i++) {
		turns[i] = (struct turn){.before = stolen_ns(i)};
		if (!turn_begin(i, registers))
			return false;
	}
	for (unsigned i = 1; i < cpu_count(); i++) {
		if (!(registers ? cpu_end(i, START_MS) : wait_off(i)))
			return false;
		turns[i].after = stolen_ns(i);
	}
	return true;
}

void case_off_on(void)
{
	static struct loss with_st[CPU_MAX];
	uint64_t end;
	unsigned n;

	if (!every_structure() || !somebody_waits())
		return;
	for (unsigned i = 0; i < cpu_count(); i++)
		losses[i] = with_st[i] = (struct loss){.count = 0};
	end = counter_virtual() + ticks_of_us(ROUNDS_US);
	for (n = 0; n < ROUNDS && (n < ROUNDS_MIN || counter_virtual() < end); n++) {
		if (!every_turn(n % 2))
			return;
		for (unsigned i = 1; i < cpu_count(); i++) {
			judge(n % 2 ? &with_st[i] : &losses[i], turns[i].before, turns[i].first);
			judge(&losses[i], turns[i].last, turns[i].after);
		}
	}
	for (unsigned i = 1; i < cpu_count(); i++)
		check(with_st[i].count == 0,
		      "CPU %u: %lu ns before CPU_OFF, CPU_ON and PV_TIME_ST, but %lu ns after them; %u of %u times",
		      i, with_st[i].before, with_st[i].after, with_st[i].count, with_st[i].tries);
	report("CPU_OFF and CPU_ON");
	observe("%u rounds", n);
}

/* Checks that each CPU's value does not change while the CPU is off. */
static void watch_off(void)
{
	uint64_t end = counter_virtual() + ticks_of_us(OFF_WATCH_US);

	do {
		for (unsigned i = 1; i < cpu_count(); i++) {
			uint64_t now = stolen_ns(i);

			if (!check(now == turns[i].after,
				   "CPU %u: %lu ns after CPU_OFF, but %lu ns later, while it was still off",
				   i, turns[i].after, now))
				return;
		}
		gaps_pass();
	} while (counter_virtual() < end);
}

static void note_last(unsigned index)
{
	wait_for_value();
	turns[index].last = stolen_ns_self();
}

void case_off_keeps(void)
{
	bool judged = false;

	if (!every_structure() || !on_all_run(note_last, cpu_count() * START_MS))
		return;
	for (unsigned i = 1; i < cpu_count(); i++) {
		uint64_t last = turns[i].last, after = stolen_ns(i);

		turns[i].after = after;
		check(after >= last, "CPU %u: %lu ns before CPU_OFF, but %lu ns after it", i, last,
		      after);
		judged = judged || last;
	}
	watch_off();
	if (!judged)
		skip("nothing was stolen from any vCPU but CPU 0: give the VM a competitor on its CPUs");
}
