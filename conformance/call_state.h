/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_CALL_STATE_H
#define CONFORMANCE_CALL_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* The registers that a call could change: loaded before the call, stored after it. */
struct call_state {
	uint64_t x[31];
	uint64_t sp_before, sp; /* sp_before is output only */
	uint64_t fpcr, fpsr;
	uint64_t filler; /* aligns v to 16 bytes */
	uint64_t v[32][2];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct call_state) == 288 + 512, "the offsets in call_regs.S");

/*
 * HVC and SMC with an immediate of 0, 1, 0x7fff or 0xffff. They change TPIDR_EL0 and TPIDRRO_EL0.
 */
typedef void call_fn(struct call_state *state);
call_fn calls_hvc_0, calls_hvc_1, calls_hvc_7fff, calls_hvc_ffff;
call_fn calls_smc_0, calls_smc_1, calls_smc_7fff, calls_smc_ffff;

/* A conduit, with its function for each of the immediates. */
#define CALL_IMMEDIATES 4u
struct call_conduit {
	const char *name;
	int64_t (*ask)(uint64_t fid, uint64_t arg);
	call_fn *call[CALL_IMMEDIATES];
};

#define CALL_CONDUITS 2u
extern const struct call_conduit call_conduits[CALL_CONDUITS];
extern const uint16_t call_immediates[CALL_IMMEDIATES];

/* Whether the conduit works: PSCI_VERSION through it is not UNDEFINED. */
bool call_conduit_is_there(const struct call_conduit *c);

/* Make the call. `after` gets the registers after it. False: the instruction faulted. */
bool call_make(call_fn *call, const struct call_state *before, struct call_state *after);

/* Sets of registers, for call_changes(). */
#define CALL_RESULTS 1u /* x1 to x3 */
#define CALL_GENERAL 2u /* x4 to x30, and SP */
#define CALL_SIMD    4u /* v0 to v31, FPCR, FPSR */

/*
 * The registers of the sets `kept` that a call has changed: names such as "x18 v31", as many as
 * fit, or "".
 */
struct call_changes {
	char s[96];
};
struct call_changes call_changes(const struct call_state *before, const struct call_state *after,
				 unsigned kept);

/*
 * Fill all registers with the next values of a random generator (splitmix64). The caller then sets
 * x0 and x1.
 */
uint64_t call_random(uint64_t *state);
void call_randomize(struct call_state *state, uint64_t *random);

#endif
