/* SPDX-License-Identifier: BSD-2-Clause */
#include <pvtime/smccc.h>
#include "board.h"
#include "psci.h"
#include "smccc.h"

#define PSCI_FID_CPU_SUSPEND   0xc4000001u
#define PSCI_FID_CPU_OFF       0x84000002u
#define PSCI_FID_CPU_ON	       0xc4000003u
#define PSCI_FID_AFFINITY_INFO 0xc4000004u
#define PSCI_FID_SYSTEM_OFF    0x84000008u
#define PSCI_FID_SYSTEM_RESET  0x84000009u

int64_t smccc_call(uint32_t fid, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	register uint64_t x0 __asm__("x0") = fid;
	register uint64_t x1 __asm__("x1") = arg1;
	register uint64_t x2 __asm__("x2") = arg2;
	register uint64_t x3 __asm__("x3") = arg3;

	/* SMCCC 1.1: x4 to x17 are preserved, and x0 to x3 are results. */
	if (board.smc)
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return (int64_t)x0;
}

static int64_t call(uint32_t fid, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return (int32_t)smccc_call(fid, arg1, arg2, arg3);
}

int64_t psci_version(void)
{
	return call(PVTIME_PSCI_FID_VERSION, 0, 0, 0);
}

int64_t psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
	return call(PSCI_FID_CPU_ON, mpidr, entry, context);
}

int64_t psci_affinity_info(uint64_t mpidr)
{
	return call(PSCI_FID_AFFINITY_INFO, mpidr, 0, 0);
}

int64_t psci_cpu_suspend(void)
{
	return call(PSCI_FID_CPU_SUSPEND, 0, 0, 0);
}

void psci_system_reset(void)
{
	call(PSCI_FID_SYSTEM_RESET, 0, 0, 0);
}

static _Noreturn void wait_for_ever(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void psci_cpu_off(void)
{
	call(PSCI_FID_CPU_OFF, 0, 0, 0);
	wait_for_ever();
}

void psci_system_off(void)
{
	call(PSCI_FID_SYSTEM_OFF, 0, 0, 0);
	wait_for_ever();
}
