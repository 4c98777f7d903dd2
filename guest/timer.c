/* SPDX-License-Identifier: BSD-2-Clause */
#include "board.h"
#include "gic.h"
#include "timer.h"

#define CTL_ENABLE 1u

void timer_set(enum timer timer, uint64_t deadline)
{
	if (timer == TIMER_VIRTUAL) {
		sysreg_write("cntv_cval_el0", deadline);
		sysreg_write("cntv_ctl_el0", CTL_ENABLE);
	} else {
		sysreg_write("cntp_cval_el0", deadline);
		sysreg_write("cntp_ctl_el0", CTL_ENABLE);
	}
	isb();
}

void timer_stop(enum timer timer)
{
	if (timer == TIMER_VIRTUAL)
		sysreg_write("cntv_ctl_el0", 0);
	else
		sysreg_write("cntp_ctl_el0", 0);
	isb();
}

void timer_sleep_until(uint64_t deadline)
{
	gic_enable(board.vtimer);
	timer_set(TIMER_VIRTUAL, deadline);
	while (counter_virtual() < deadline)
		__asm__ volatile("dsb sy\n\twfi" : : : "memory");
	timer_stop(TIMER_VIRTUAL);
}
