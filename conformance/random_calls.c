/* SPDX-License-Identifier: BSD-2-Clause */
/* Random calls with random arguments. */
#include <pvtime/smccc.h>
#include "call_state.h"
#include "guest/board.h"
#include "guest/psci.h"
#include "suite.h"

#define CALLS	 100000u
#define LIMIT_MS 5000u

/* Function numbers of PSCI before 0.2 under KVM, QEMU and Xen. */
#define PSCI_0_1_KVM	 0x95c1ba5eu
#define PSCI_0_1_NUMBERS 0x20u

/*
 * Calls that this case must not make. Some stop, start or block a CPU by design: PSCI, FF-A, and
 * PSCI before 0.2. A hypervisor may ignore bits that it should check, so the case leaves out their
 * numbers whatever the other bits. It also leaves out PV_TIME_ST, whose effects other cases judge.
 */
static bool spared(uint32_t fid)
{
	uint32_t number = fid & 0xffff, owner = fid >> 24 & 0x3f;

	if (owner == 4 && (number < 0x20 || (number >= 0x60 && number < 0x100)))
		return true;
	if (owner == 5 &&
	    (number == (PVTIME_FID_ST & 0xffff) || number == (PVTIME_FID_ST_BETA2 & 0xffff)))
		return true;
	return fid < PSCI_0_1_NUMBERS || fid - PSCI_0_1_KVM < PSCI_0_1_NUMBERS;
}

/*
 * Half of the function IDs are uniform; the other half are fast calls with small numbers, of
 * services that exist.
 */
static uint32_t draw(uint64_t *random)
{
	uint32_t fid;

	do {
		uint64_t r = call_random(random);

		fid = (uint32_t)r;
		if (r >> 63)
			fid = (fid & 0x470100ff) | 0x80000000;
	} while (spared(fid));
	return fid;
}

/*
 * Draws new arguments for each call, and changes each other register from its value in the last
 * call.
 */
static void draw_registers(struct call_state *state, uint64_t *random)
{
	for (unsigned i = 0; i < 8; i++)
		state->x[i] = call_random(random);
	for (unsigned i = 8; i < 31; i++)
		state->x[i] += state->x[i - 7] | 1;
	state->x[0] = (state->x[0] & ~0xffffffffull) | draw(random);
}

static void make_calls(unsigned calls, const bool there[CALL_CONDUITS])
{
	struct call_state before, after;
	uint64_t random = suite.seed;
	unsigned results = 0, answered = 0;

	call_randomize(&before, &random);
	for (unsigned i = 0; i < calls; i++) {
		const struct call_conduit *c =
			&call_conduits[there[0] && there[1] ? i % 2 : there[1]];
		struct call_changes changes;

		draw_registers(&before, &random);
		if (!check(call_make(c->call[0], &before, &after), "call %u: %s 0x%lx is UNDEFINED",
			   i, c->name, before.x[0]))
			continue;
		answered += after.x[0] != (uint64_t)PVTIME_SMCCC_NOT_SUPPORTED;
		/* In some calls x1 to x3 are results too. */
		for (unsigned j = 1; j < 4; j++)
			results += before.x[j] != after.x[j];
		changes = call_changes(&before, &after, CALL_GENERAL | CALL_SIMD);
		check(!changes.s[0], "call %u: %s 0x%lx changes %s", i, c->name, before.x[0],
		      changes.s);
	}
	observe("%u calls, of which %u did not return -1; x1 to x3 changed %u times", calls,
		answered, results);
}

static void nothing(void *arg)
{
	(void)arg;
}

/* Checks that the calls started no CPU, and that each CPU can still be started. */
static void check_cpus(void)
{
	for (unsigned i = 1; i < cpu_count(); i++) {
		int64_t state = psci_affinity_info(cpus[i].mpidr);

		check(state == PSCI_AFFINITY_OFF,
		      "CPU %u: AFFINITY_INFO is %ld after the calls, not off", i, state);
		on_cpu_run_unregistered(i, nothing, NULL, LIMIT_MS);
	}
}

void case_random_calls(void)
{
	const bool there[CALL_CONDUITS] = {call_conduit_is_there(&call_conduits[0]),
					   call_conduit_is_there(&call_conduits[1])};
	uint64_t begin = counter_virtual(), before = suite.present ? stolen_ns_self() : 0;
	int64_t st = call_fdt(suite.st_fid, 0), version = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);
	uint64_t after, elapsed;
	int64_t answer;

	make_calls((unsigned)board_arg("calls", CALLS), there);
	for (unsigned i = 0; i < CALL_CONDUITS; i++) {
		if (!there[i])
			observe("%s is UNDEFINED here and was not tested", call_conduits[i].name);
	}
	after = suite.present ? stolen_ns_self() : 0;
	elapsed = ns_of(counter_virtual() - begin);
	check(after >= before && after - before <= elapsed,
	      "%lu ns were stolen before the calls and %lu ns after them, which took %lu ns",
	      before, after, elapsed);
	answer = call_fdt(suite.st_fid, 0);
	check(answer == st, "PV_TIME_ST was %s before the calls, but is %s after them",
	      answer_text(st).s, answer_text(answer).s);
	answer = call_fdt32(PVTIME_SMCCC_FID_VERSION, 0);
	check(answer == version, "SMCCC_VERSION was %s before the calls, but is %s after them",
	      answer_text(version).s, answer_text(answer).s);
	check_cpus();
}
