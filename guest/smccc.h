/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_SMCCC_H
#define GUEST_SMCCC_H

#include <stdint.h>

/*
 * x0 to x30, before and after a call: for tests of the registers that a call leaves unchanged
 * (R-30).
 */
struct smccc_regs {
	uint64_t x[31];
};

void smccc_hvc(struct smccc_regs *regs);
void smccc_smc(struct smccc_regs *regs);

/* The same with the immediate 1 instead of 0. */
void smccc_hvc_imm1(struct smccc_regs *regs);
void smccc_smc_imm1(struct smccc_regs *regs);

/*
 * Make a call by the conduit that the FDT names; returns x0. Like a pvtime_conduit_fn, with x2 and
 * x3 in addition.
 */
int64_t smccc_call(uint32_t fid, uint64_t arg1, uint64_t arg2, uint64_t arg3);

#endif
