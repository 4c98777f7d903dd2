/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_TIMER_H
#define GUEST_TIMER_H

#include <stdint.h>
#include "sysreg.h"

/* The generic timer: counters in ticks of timer_frequency() Hz. */
static inline uint64_t counter_virtual(void)
{
	isb();
	return sysreg_read("cntvct_el0");
}

static inline uint64_t counter_physical(void)
{
	isb();
	return sysreg_read("cntpct_el0");
}

static inline uint32_t timer_frequency(void)
{
	return (uint32_t)sysreg_read("cntfrq_el0");
}

static inline uint64_t timer_ticks(uint64_t ms)
{
	return timer_frequency() * ms / 1000;
}

enum timer {
	TIMER_VIRTUAL,
	TIMER_PHYSICAL,
};

/* Interrupt when the timer's counter reaches `deadline`. Its INTID is in the board's FDT. */
void timer_set(enum timer timer, uint64_t deadline);
void timer_stop(enum timer timer);

/*
 * Sleep in WFI until the virtual counter reaches `deadline`. Other interrupts end a WFI early; this
 * then executes the next WFI. The caller must mask interrupts, and they stay masked. An interrupt
 * that is pending and enabled makes this a busy wait.
 */
void timer_sleep_until(uint64_t deadline);

#endif
