/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_SMCCC_H
#define GUEST_SMCCC_H

#include <stdint.h>

/* x0 to x30, before a call and after it: for tests of what a call leaves alone. */
struct smccc_regs {
	uint64_t x[31];
};

void smccc_hvc(struct smccc_regs *regs);
void smccc_smc(struct smccc_regs *regs);

/* The same with the immediate 1 instead of 0. */
void smccc_hvc_imm1(struct smccc_regs *regs);
void smccc_smc_imm1(struct smccc_regs *regs);

/*
 * A call by the conduit that the FDT names: x0 of the result. A pvtime_conduit_fn, but for x2, x3.
 */
int64_t smccc_call(uint32_t fid, uint64_t arg1, uint64_t arg2, uint64_t arg3);

#endif
