// SPDX-License-Identifier: BSD-2-Clause
/*
 * The buddy hard lockup detector, and CPUs that a hypervisor keeps waiting.
 * Such a CPU cannot take the interrupts of its watchdog. So another CPU judges
 * it by the time that it really had since its last one.
 */
#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/sched/cputime.h>
#include <linux/smp.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include <asm/barrier.h>
#include <asm/paravirt.h>
/* Some releases have it, with paravirt_steal_clock() of some architectures. */
#if __has_include(<asm/paravirt_api_clock.h>)
#include <asm/paravirt_api_clock.h>
#endif

#include "watchdog_steal.h"

/* The last interrupt of each CPU's watchdog, and what was stolen until then. */
static DEFINE_PER_CPU(u64, interrupt_at);
static DEFINE_PER_CPU(u64, interrupt_stolen);

static u64 stolen_of(unsigned int cpu)
{
	if (!static_key_false(&paravirt_steal_enabled))
		return 0;
	return paravirt_steal_clock(cpu);
}

/*
 * The watchdog of this CPU has an interrupt, or begins. Both numbers are of the
 * same instant, see running_clock(). If they are not, this CPU seems to have
 * had too little time, which is no report.
 */
void watchdog_steal_restart(void)
{
	unsigned int cpu = smp_processor_id();
	unsigned long flags;
	u64 at, stolen;
	int round;

	local_irq_save(flags); /* the watchdog's interrupt calls this, too */
	for (round = 0; round < 4; round++) {
		stolen = stolen_of(cpu);
		at = ktime_get_mono_fast_ns();
		if (stolen_of(cpu) == stolen)
			break;
	}
	WRITE_ONCE(per_cpu(interrupt_at, cpu), at);
	smp_wmb(); /* whoever sees the new stolen time sees the new instant */
	WRITE_ONCE(per_cpu(interrupt_stolen, cpu), stolen);
	local_irq_restore(flags);
}

/*
 * Has another CPU had the time of so many sample periods since its last
 * interrupt? A CPU from which nothing was stolen meanwhile always has.
 */
bool watchdog_steal_had_time(unsigned int cpu, unsigned int periods)
{
	s64 period = (s64)watchdog_thresh * 2 * NSEC_PER_SEC / 5;
	u64 now, then, stolen;

	/*
	 * This order, as we may be kept waiting as well: what is stolen until
	 * later, and since earlier, is too much rather than too little.
	 */
	stolen = READ_ONCE(per_cpu(interrupt_stolen, cpu));
	smp_rmb(); /* see watchdog_steal_restart() */
	then = READ_ONCE(per_cpu(interrupt_at, cpu));
	now = ktime_get_mono_fast_ns();
	stolen = stolen_of(cpu) - stolen;

	if ((s64)stolen <= 0)
		return true;
	return (s64)(now - then - stolen) >= periods * period;
}
