/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that only computes, on all its CPUs, without timer, interrupts or calls. Without until_ms
 * it computes for ever. With until_ms=MS, its first CPU meanwhile watches for gaps in its own time,
 * compares each with the time that was stolen in it, and prints:
 *
 *	SPIN stolen_ns=NS gaps=N most_ns=NS least_ns=NS sum_ns=NS pass_ns=NS passes=N watched_ns=NS
 *
 * stolen_ns is read at report_ms, when no competitor is left. most_ns, least_ns and sum_ns are the
 * greatest, the least and the sum of all differences of a gap and the time stolen in it. Each
 * difference includes the pass of the loop that sees the gap: pass_ns is the time of `passes`
 * passes without a gap. The first CPU looks at the counter after burst=N rounds of 64 instructions,
 * by default 50. A gap is longer than two passes.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

#define NS_PER_S 1000000000u
#define PASSES	 100u
/*
 * rounds from one look at the counter to the next: reading it is slow where QEMU counts
 * instructions
 */
#define BURST 50u

/*
 * Execute that many rounds of 64 instructions. NOPs take the same guest time as other instructions,
 * and the emulator is fast with them: a minute of guest time takes a few seconds.
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
 * Take all gaps of at least `longer_ticks`, until the counter is at `end` or `most` gaps were
 * taken. With longer_ticks 0, take passes of the loop in which nothing was stolen, to measure a
 * pass.
 */
static void watch(struct gaps *gaps, uint64_t longer_ticks, uint64_t end, uint64_t most,
		  uint64_t burst)
{
	struct pvtime_sample before = sample();
	uint64_t last = before.counter, now;
	bool taken = true;

	while ((now = counter_virtual()) < end && gaps->count < most) {
		/*
		 * With 0, take every second pass: the one after a pass that was taken contains the
		 * taking.
		 */
		taken = longer_ticks ? now - last >= longer_ticks : !taken;
		if (taken) {
			struct pvtime_sample after = sample();

			if (longer_ticks || after.stolen_ns == before.stolen_ns)
				take_gap(gaps, after.counter - last,
					 after.stolen_ns - before.stolen_ns);
			/* Continue from here, so that no time is lost between two gaps. */
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

	/* Without stolen time, all stolen_ns are 0. */
	pvtime_register();
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, spin, NULL);
	if (!until)
		spin(NULL);
	watch(&passes, 0, UINT64_MAX, PASSES, burst);
	begin = counter_virtual();
	watch(&gaps, 2 * (uint64_t)passes.sum_ns / PASSES / ns(1), timer_ticks(until), UINT64_MAX,
	      burst);
	uint64_t watched_ns = ns(counter_virtual() - begin);
	timer_sleep_until(timer_ticks(board_arg("report_ms", until)));
	console_print("SPIN stolen_ns=%lu gaps=%lu most_ns=%ld least_ns=%ld sum_ns=%ld ",
		      pvtime_guest_stolen_ns(pvtime_cpu()), gaps.count, gaps.most_ns, gaps.least_ns,
		      gaps.sum_ns);
	console_print("pass_ns=%ld passes=%lu watched_ns=%lu\n", passes.sum_ns, passes.count,
		      watched_ns);
	return 0;
}
