/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _KERNEL_WATCHDOG_STEAL_H
#define _KERNEL_WATCHDOG_STEAL_H

#include <linux/types.h>

#ifdef CONFIG_HARDLOCKUP_DETECTOR_STEAL
void watchdog_steal_restart(void);
void watchdog_steal_touched(unsigned int cpu);
bool watchdog_steal_had_time(unsigned int cpu, unsigned int periods);
#else
static inline void watchdog_steal_restart(void)
{
}
static inline void watchdog_steal_touched(unsigned int cpu)
{
}
static inline bool watchdog_steal_had_time(unsigned int cpu,
					   unsigned int periods)
{
	return true;
}
#endif

#endif
