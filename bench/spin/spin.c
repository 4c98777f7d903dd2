/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that only computes, on all its CPUs: no timer, no interrupt, no call. With until_ms=MS,
 * its first CPU looks for gaps in its own time meanwhile, holds them against what it was told was
 * stolen from it, and says so:
 *
 *	SPIN stolen_ns=NS gaps=N most_ns=NS least_ns=NS sum_ns=NS pass_ns=NS passes=N watched_ns=NS
 *
 * stolen_ns is read at report_ms, when nobody who competes is left. Of all differences of a gap and
 * what was stolen in it: the greatest, the least, the sum. In each is what it takes to see the gap:
 * pass_ns is that, of so many passes without one. Without until_ms it goes on for ever. With
 * burst=N, 50 otherwise, it looks at the counter after so many rounds of 64 instructions: a gap is
 * what is longer than two passes.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

#define NS_PER_S 1000000000u
#define PASSES	 100u
/* from one look at the counter to the next: it is dear where instructions are counted */
#define BURST 50u

/*
 * That many rounds of 64 instructions. As time they are as good as any, and an emulator has little
 * to do for them: a minute of this is a few seconds.
 */
static void compute(uint64_t rounds)
{
	__asm__ volatile("1:	.rept 62\n"
			 "	nop\n"
			 "	.endr\n"
			 "	subs	%0, %0, #1\n"
			 "	b.ne	1b"
			 : "+r"(rounds)
			 :
			 : "cc");
}

static void spin(void *arg)
{
	(void)arg;
	for (;;)
		compute(UINT64_MAX);
}

static struct pvtime_sample sample(void)
{
	struct pvtime_sample s;

	pvtime_sample_begin(&s, pvtime_cpu());
	while (!pvtime_sample_end(&s, pvtime_cpu(), pvtime_counter()))
		;
	return s;
}

struct gaps {
	uint64_t count;
	int64_t most_ns, least_ns, sum_ns;
};

static uint64_t ns(uint64_t ticks)
{
	return ticks * (NS_PER_S / timer_frequency());
}

static void take_gap(struct gaps *gaps, uint64_t ticks, uint64_t stolen_ns)
{
	int64_t more_ns = (int64_t)ns(ticks) - (int64_t)stolen_ns;

	if (!gaps->count || more_ns > gaps->most_ns)
		gaps->most_ns = more_ns;
	if (!gaps->count || more_ns < gaps->least_ns)
		gaps->least_ns = more_ns;
	gaps->sum_ns += more_ns;
	gaps->count++;
}

/*
 * All gaps that are longer than that, until the counter is at `end` or `most` were taken. With 0,
 * passes of the loop in which nothing was stolen.
 */
static void watch(struct gaps *gaps, uint64_t longer_ticks, uint64_t end, uint64_t most,
		  uint64_t burst)
{
	struct pvtime_sample before = sample();
	uint64_t last = before.counter, now;
	bool taken = true;

	while ((now = counter_virtual()) < end && gaps->count < most) {
		/* Where a pass follows one that was taken, the rest of that is in it. */
		taken = longer_ticks ? now - last >= longer_ticks : !taken;
		if (taken) {
			struct pvtime_sample after = sample();

			if (longer_ticks || after.stolen_ns == before.stolen_ns)
				take_gap(gaps, after.counter - last,
					 after.stolen_ns - before.stolen_ns);
			/* From here on, so that no time is between two gaps. */
			before = after;
			now = after.counter;
		}
		last = now;
		compute(burst);
	}
}

int main(void)
{
	uint64_t until = board_arg("until_ms", 0), burst = board_arg("burst", BURST), begin;
	struct gaps gaps = {0, 0, 0, 0}, passes = {0, 0, 0, 0};

	/* Without stolen time, nothing is. */
	pvtime_register();
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, spin, NULL);
	if (!until)
		spin(NULL);
	watch(&passes, 0, UINT64_MAX, PASSES, burst);
	begin = counter_virtual();
	watch(&gaps, 2 * (uint64_t)passes.sum_ns / passes.count / ns(1), timer_ticks(until),
	      UINT64_MAX, burst);
	uint64_t watched_ns = ns(counter_virtual() - begin);
	timer_sleep_until(timer_ticks(board_arg("report_ms", until)));
	console_print("SPIN stolen_ns=%lu gaps=%lu most_ns=%ld least_ns=%ld sum_ns=%ld ",
		      pvtime_guest_stolen_ns(pvtime_cpu()), gaps.count, gaps.most_ns, gaps.least_ns,
		      gaps.sum_ns);
	console_print("pass_ns=%ld passes=%lu watched_ns=%lu\n", passes.sum_ns, passes.count,
		      watched_ns);
	return 0;
}
