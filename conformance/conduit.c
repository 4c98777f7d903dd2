/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls with one argument by either conduit, including a conduit that the hypervisor does not trap.
 */
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/smccc.h"
#include "hypervisor/format.h"
#include "suite.h"

static int64_t call(void (*conduit)(struct smccc_regs *), uint64_t fid, uint64_t arg)
{
	struct smccc_regs regs = {{fid, arg}};

	fault_expect();
	conduit(&regs);
	return fault_end().taken ? CALL_FAULTED : (int64_t)regs.x[0];
}

int64_t call_hvc(uint64_t fid, uint64_t arg)
{
	return call(smccc_hvc, fid, arg);
}

int64_t call_smc(uint64_t fid, uint64_t arg)
{
	return call(smccc_smc, fid, arg);
}

int64_t call_fdt(uint64_t fid, uint64_t arg)
{
	return board.smc ? call_smc(fid, arg) : call_hvc(fid, arg);
}

int64_t call_fdt32(uint64_t fid, uint64_t arg)
{
	int64_t answer = call_fdt(fid, arg);

	return answer == CALL_FAULTED ? CALL_FAULTED : (int32_t)answer;
}

struct answer_text answer_text(int64_t answer)
{
	struct answer_text t;

	if (answer == CALL_FAULTED)
		format(t.s, sizeof t.s, "UNDEFINED");
	else if (answer > -4096 && answer < 10)
		format(t.s, sizeof t.s, "%ld", answer);
	else
		format(t.s, sizeof t.s, "0x%lx", (uint64_t)answer);
	return t;
}
