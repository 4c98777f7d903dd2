// SPDX-License-Identifier: BSD-2-Clause
/*
 * The clock of the soft lockup detector: the time that this CPU really had. It
 * stands still while the hypervisor keeps the vCPU waiting for a CPU.
 */
#include <linux/irqflags.h>
#include <linux/jump_label.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <linux/sched/cputime.h>
#include <linux/smp.h>

#include <asm/paravirt.h>

/* What running_clock() read last, and the sum of what it found. */
struct running {
	u64 clock;
	u64 stolen;
	u64 sum;
};

static DEFINE_PER_CPU(struct running, running_clock_last);

/*
 * Read this CPU's clock and stolen time of the same instant: the vCPU may be
 * kept waiting between the two. A hypervisor whose number differs at each
 * reading must not hold us here. After four tries, the clock may be later than
 * the stolen time, and the next call makes up for the difference.
 */
static void sample(u64 *clock, u64 *stolen)
{
	int cpu = smp_processor_id();
	int tries;

	for (tries = 0; tries < 4; tries++) {
		*stolen = paravirt_steal_clock(cpu);
		*clock = local_clock();
		if (paravirt_steal_clock(cpu) == *stolen)
			break;
	}
}

/*
 * The sum is made of differences, so that it never goes back and never runs
 * ahead. Stolen time is not always a part of our clock: it reads as 0 until
 * this CPU has its structure, which may begin with what was stolen before this
 * kernel was started, and a hypervisor may begin at 0 again. Such a step costs
 * the time since the last call at most.
 */
u64 running_clock(void)
{
	u64 clock, stolen, elapsed, sum;
	unsigned long flags;
	struct running *r;

	if (!static_key_false(&paravirt_steal_enabled))
		return local_clock();

	/* The detector's timer interrupts its thread. */
	local_irq_save(flags);
	r = this_cpu_ptr(&running_clock_last);
	sample(&clock, &stolen);
	elapsed = clock - r->clock;
	if (stolen > r->stolen)
		elapsed -= min(elapsed, stolen - r->stolen);
	r->clock = clock;
	r->stolen = stolen;
	r->sum += elapsed;
	sum = r->sum;
	local_irq_restore(flags);

	return sum;
}
