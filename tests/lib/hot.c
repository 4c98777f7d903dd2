/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests/lib/size.t: pvtime_switch_in() once, for a vCPU that has waited and has a structure.
 */
#include <pvtime/ledger.h>

void _start(void);

void _start(void)
{
	static struct pvtime_stolen page;
	static struct pvtime_vcpu v;
	register uint64_t code __asm__("x0"), call __asm__("x8");

	pvtime_vcpu_init(&v, PVTIME_DIALECT_1_0, 62500000, 1000);
	pvtime_map(&v.view, &page);
	pvtime_account(&v, PVTIME_READY, 1100);
	pvtime_switch_in(&v, 2100);
	code = page.stolen_ns != 16000;
	call = 93; /* exit */
	__asm__ volatile("svc #0" : : "r"(code), "r"(call));
	__builtin_unreachable();
}
