/* SPDX-License-Identifier: BSD-2-Clause */
/* Round trips: one instruction leaves the guest, and execution returns to the next. */
#include <pvtime/abi.h>
#include <pvtime/smccc.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/smccc.h"
#include "paths.h"

#define GICD_TYPER 0x4u

/* Standard hypervisor service, function 0x7777: no hypervisor implements it. */
#define UNKNOWN_FID 0xc5007777u

struct conduit {
	loop_fn *loop;
	void (*once)(struct smccc_regs *regs);
};

static const struct conduit hvc = {loop_hvc, smccc_hvc}, smc = {loop_smc, smccc_smc};

static void measure(struct series *series, loop_fn *loop, uint64_t a, uint64_t b)
{
	while (series->count < series->batches)
		series_add(series, (int64_t)measure_loop(loop, series->n, a, b, 0));
	series_print(series);
}

/* Measure the call only if it does what the path's name says; a refusal would have another cost. */
static void measure_call(struct series *series, const struct conduit *conduit, uint32_t fid,
			 uint32_t arg, bool supported)
{
	struct smccc_regs regs = {{fid, arg}};

	fault_expect();
	conduit->once(&regs);
	if (fault_end().taken)
		series_skip(series, "the instruction is UNDEFINED here");
	else if (supported && (int64_t)regs.x[0] < 0)
		series_skip(series, "the call is NOT_SUPPORTED here");
	else if (!supported && (int32_t)regs.x[0] != PVTIME_SMCCC_NOT_SUPPORTED)
		series_skip(series, "x0 is 0x%lx: the hypervisor implements this call", regs.x[0]);
	else
		measure(series, conduit->loop, fid, arg);
}

void path_empty(struct series *series)
{
	measure(series, loop_empty, 0, 0);
}

void path_features_hvc(struct series *series)
{
	measure_call(series, &hvc, PVTIME_FID_FEATURES, PVTIME_FID_ST, true);
}

void path_features_smc(struct series *series)
{
	measure_call(series, &smc, PVTIME_FID_FEATURES, PVTIME_FID_ST, true);
}

void path_version_hvc(struct series *series)
{
	measure_call(series, &hvc, PVTIME_SMCCC_FID_VERSION, 0, true);
}

void path_version_smc(struct series *series)
{
	measure_call(series, &smc, PVTIME_SMCCC_FID_VERSION, 0, true);
}

void path_st_hvc(struct series *series)
{
	measure_call(series, &hvc, PVTIME_FID_ST, 0, true);
}

void path_st_smc(struct series *series)
{
	measure_call(series, &smc, PVTIME_FID_ST, 0, true);
}

void path_unknown_hvc(struct series *series)
{
	measure_call(series, &hvc, UNKNOWN_FID, 0, false);
}

void path_unknown_smc(struct series *series)
{
	measure_call(series, &smc, UNKNOWN_FID, 0, false);
}

void path_idreg(struct series *series)
{
	measure(series, loop_idreg, 0, 0);
}

void path_gicd(struct series *series)
{
	measure(series, loop_load32, board.gicd.base + GICD_TYPER, 0);
}
