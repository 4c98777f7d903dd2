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

#include "watchdog_steal.h"

/* An instant, and what was stolen from a CPU until then, both in ns. */
struct steal_at {
	u64 at;
	u64 stolen;
};

/* The last interrupt of a CPU's watchdog, which that CPU writes. */
static DEFINE_PER_CPU(struct steal_at, watchdog_steal_interrupt);
/* When the CPU that watches it found touch_nmi_watchdog() called. */
static DEFINE_PER_CPU(struct steal_at, watchdog_steal_touch);

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
	int tries;

	local_irq_save(flags); /* the watchdog's interrupt calls this, too */
	for (tries = 0; tries < 4; tries++) {
		stolen = stolen_of(cpu);
		at = ktime_get_mono_fast_ns();
		if (stolen_of(cpu) == stolen)
			break;
	}
	WRITE_ONCE(per_cpu(watchdog_steal_interrupt, cpu).at, at);
	smp_wmb(); /* whoever sees the new stolen time sees the new instant */
	WRITE_ONCE(per_cpu(watchdog_steal_interrupt, cpu).stolen, stolen);
	local_irq_restore(flags);
}

/*
 * Another CPU, which this one watches, has called touch_nmi_watchdog(): its
 * limit begins again here. The stolen time is read first. If this CPU is kept
 * waiting before it reads the clock, the other one seems to have had too little
 * time, which is no report.
 */
void watchdog_steal_touched(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(watchdog_steal_touch, cpu).stolen, stolen_of(cpu));
	WRITE_ONCE(per_cpu(watchdog_steal_touch, cpu).at,
		   ktime_get_mono_fast_ns());
}

/* From when on to judge a CPU: its interrupt, or what was found after it. */
static struct steal_at judged_from(unsigned int cpu)
{
	struct steal_at from;

	from.stolen = READ_ONCE(per_cpu(watchdog_steal_interrupt, cpu).stolen);
	smp_rmb(); /* see watchdog_steal_restart() */
	from.at = READ_ONCE(per_cpu(watchdog_steal_interrupt, cpu).at);
	if (READ_ONCE(per_cpu(watchdog_steal_touch, cpu).at) > from.at) {
		from.at = READ_ONCE(per_cpu(watchdog_steal_touch, cpu).at);
		from.stolen =
			READ_ONCE(per_cpu(watchdog_steal_touch, cpu).stolen);
	}
	return from;
}

/*
 * Has another CPU had the time of so many sample periods, less half a one,
 * since its last interrupt? Half, because the CPU that watches looks at its own
 * interrupts, which may come a little early. A CPU from which nothing was stolen
 * meanwhile always has.
 */
bool watchdog_steal_had_time(unsigned int cpu, unsigned int periods)
{
	/* kernel/watchdog.c's sample_period */
	s64 period = (s64)watchdog_thresh * 2 * NSEC_PER_SEC / 5;
	struct steal_at from = judged_from(cpu);
	u64 now, stolen;

	/*
	 * This order, as we may be kept waiting as well: what is stolen until
	 * later, and since earlier, is too much rather than too little.
	 */
	now = ktime_get_mono_fast_ns();
	stolen = stolen_of(cpu) - from.stolen;

	if ((s64)stolen <= 0)
		return true;
	return (s64)(now - from.at - stolen) >= periods * period - period / 2;
}
