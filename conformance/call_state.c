/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that load and compare all registers, for cases that need more than the result in x0. */
#include <pvtime/smccc.h>
#include "call_state.h"
#include "guest/exception.h"
#include "hypervisor/format.h"
#include "hypervisor/string.h"
#include "suite.h"

/*
 * Bits that are settings or flags and enable no trap: AHP, DN, FZ and the rounding mode in FPCR;
 * QC, IDC and the cumulative exceptions in FPSR.
 */
#define FPCR_BITS 0x07c00000u
#define FPSR_BITS 0x0800009fu

const uint16_t call_immediates[CALL_IMMEDIATES] = {0, 1, 0x7fff, 0xffff};

const struct call_conduit call_conduits[CALL_CONDUITS] = {
	{"HVC", call_hvc, {calls_hvc_0, calls_hvc_1, calls_hvc_7fff, calls_hvc_ffff}},
	{"SMC", call_smc, {calls_smc_0, calls_smc_1, calls_smc_7fff, calls_smc_ffff}},
};

bool call_conduit_is_there(const struct call_conduit *c)
{
	return c->ask(PVTIME_PSCI_FID_VERSION, 0) != CALL_FAULTED;
}

bool call_make(call_fn *call, const struct call_state *before, struct call_state *after)
{
	*after = *before;
	fault_expect();
	call(after);
	return !fault_end().taken;
}

static void add(struct call_changes *changes, const char *name)
{
	size_t length = strlen(changes->s);

	format(changes->s + length, sizeof changes->s - length, "%s%s", length ? " " : "", name);
}

static void add_numbered(struct call_changes *changes, char kind, unsigned number)
{
	char name[8];

	format(name, sizeof name, "%c%u", kind, number);
	add(changes, name);
}

static void add_simd(struct call_changes *changes, const struct call_state *before,
		     const struct call_state *after)
{
	for (unsigned i = 0; i < 32; i++) {
		if (before->v[i][0] != after->v[i][0] || before->v[i][1] != after->v[i][1])
			add_numbered(changes, 'v', i);
	}
	if (after->fpcr != before->fpcr)
		add(changes, "FPCR");
	if (after->fpsr != before->fpsr)
		add(changes, "FPSR");
}

struct call_changes call_changes(const struct call_state *before, const struct call_state *after,
				 unsigned kept)
{
	struct call_changes changes = {""};

	for (unsigned i = 1; i < 31; i++) {
		if ((kept & (i < 4 ? CALL_RESULTS : CALL_GENERAL)) && before->x[i] != after->x[i])
			add_numbered(&changes, 'x', i);
	}
	if ((kept & CALL_GENERAL) && after->sp != after->sp_before)
		add(&changes, "SP");
	if (kept & CALL_SIMD)
		add_simd(&changes, before, after);
	return changes;
}

uint64_t call_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void call_randomize(struct call_state *state, uint64_t *random)
{
	for (unsigned i = 0; i < 31; i++)
		state->x[i] = call_random(random);
	for (unsigned i = 0; i < 32; i++) {
		state->v[i][0] = call_random(random);
		state->v[i][1] = call_random(random);
	}
	state->fpcr = call_random(random) & FPCR_BITS;
	state->fpsr = call_random(random) & FPSR_BITS;
}
