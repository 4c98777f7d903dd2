/* SPDX-License-Identifier: BSD-2-Clause */
/* When the charge of a wait begins: a woken vCPU that has to wait for a CPU. */
#include "contention.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "prepare.h"
#include "suite.h"

#define ROUNDS	 40u
#define WATCH_MS 800u
/*
 * In units of the slack. ASLEEP: how long the sleeper sleeps at least, so that a charge for it
 * would show. HOLD: the longest time for which the waker has the CPU. AHEAD: the sleeper
 * runs for 0 to 3 times this before it sleeps.
 */
#define ASLEEP 3u
#define HOLD   10u
#define AHEAD  30u
#define STEP   2u /* between two polls */
#define END_MS 10000u
#define SGI    1u

/*
 * One round. The sleeper runs first, so that the scheduler does not give it the CPU at once when it
 * wakes. It then sleeps for longer than the slack. The waker has the CPU for a while, sends the
 * SGI, and continues. If both have a CPU each, no vCPU waits.
 */
static struct {
	struct reading before, after; /* of the sleeper, around its WFI */
	uint64_t sent;		      /* the counter right before the SGI; 0: not sent yet */
	uint32_t asleep, awake; /* the last round in which the sleeper fell asleep, and woke up */
	bool stop;
} wake;

static struct {
	unsigned rounds, waited, early, late;
	uint64_t most_ns, more_ns, less_ns;
} seen;

static uint64_t slacks_us(uint64_t slacks)
{
	return slacks * suite.slack_ns / 1000 + 1;
}

static void sleeper(void *arg)
{
	(void)arg;
	for (uint32_t round = 1;; round++) {
		spin_us(slacks_us(AHEAD * (round % 4)));
		take_interrupts();
		wake.before = gaps_read();
		__atomic_store_n(&wake.asleep, round, __ATOMIC_RELEASE);
		do {
			__asm__ volatile("dsb sy\n\twfi" : : : "memory");
		} while (!__atomic_load_n(&wake.sent, __ATOMIC_ACQUIRE));
		wake.after = gaps_read();
		take_interrupts();
		if (__atomic_load_n(&wake.stop, __ATOMIC_RELAXED))
			return;
		__atomic_store_n(&wake.awake, round, __ATOMIC_RELEASE);
		/* Waits until the waker has judged the round. */
		while (__atomic_load_n(&wake.sent, __ATOMIC_ACQUIRE))
			timer_sleep_until(counter_virtual() + ticks_of_us(slacks_us(STEP)));
	}
}

static bool reached(uint32_t *what, uint32_t round, uint64_t end, bool spin)
{
	while (__atomic_load_n(what, __ATOMIC_ACQUIRE) != round) {
		if (counter_virtual() > end)
			return false;
		if (spin)
			gaps_pass();
		else
			timer_sleep_until(counter_virtual() + ticks_of_us(slacks_us(STEP)));
	}
	return true;
}

static void send(void)
{
	__atomic_store_n(&wake.sent, counter_virtual(), __ATOMIC_RELEASE);
	gic_send_sgi(SGI, cpus[1].mpidr);
}

static void judge_round(void)
{
	uint64_t grown = wake.after.stolen_ns - wake.before.stolen_ns;
	uint64_t waited = ns_of(wake.after.counter - wake.sent);
	uint64_t more = grown > waited ? grown - waited : 0;
	uint64_t less = grown < waited ? waited - grown : 0;

	seen.rounds++;
	seen.waited += waited > 2 * suite.slack_ns;
	seen.most_ns = waited > seen.most_ns ? waited : seen.most_ns;
	seen.early += more > suite.slack_ns;
	seen.more_ns = more > seen.more_ns ? more : seen.more_ns;
	seen.late += less > suite.slack_ns;
	seen.less_ns = less > seen.less_ns ? less : seen.less_ns;
}

/* Runs rounds until `end`. A sleeper that does not answer gets END_MS more. */
static void waker(uint64_t end)
{
	uint64_t last = end + ticks_of_us(END_MS * 1000);

	for (uint32_t round = 1; round <= ROUNDS && counter_virtual() < end; round++) {
		if (!check(reached(&wake.asleep, round, last, false),
			   "CPU 1 is not scheduled: it did not fall asleep in time"))
			break;
		timer_sleep_until(counter_virtual() + ticks_of_us(slacks_us(ASLEEP)));
		spin_us(random_below(slacks_us(HOLD)));
		send();
		if (!check(reached(&wake.awake, round, last, true),
			   "CPU 1 did not wake up in time"))
			break;
		judge_round();
		__atomic_store_n(&wake.sent, 0, __ATOMIC_RELEASE);
	}
	reached(&wake.asleep, seen.rounds + 1, last, false);
	__atomic_store_n(&wake.stop, true, __ATOMIC_RELAXED);
	send();
}

void case_woken(void)
{
	unsigned odd;

	__builtin_memset(&wake, 0, sizeof wake);
	__builtin_memset(&seen, 0, sizeof seen);
	if (!cpu_begin(1, sleeper, NULL))
		return;
	waker(counter_virtual() + ticks_of_us(WATCH_MS * 1000));
	cpu_end(1, END_MS);
	odd = 1 + seen.rounds / GAPS_ODD_ONES;
	check(seen.early <= odd, "in %u of %u wake-ups, up to %lu ns before the SGI were charged",
	      seen.early, seen.rounds, seen.more_ns);
	/* Without competition, an idle CPU may need time to wake up itself. */
	check(seen.late <= odd || !contention_worst_ns(),
	      "in %u of %u wake-ups, up to %lu ns of waiting were not charged", seen.late,
	      seen.rounds, seen.less_ns);
	observe("%u wake-ups, of which %u had to wait, for %lu ns at most; charged to within %lu ns",
		seen.rounds, seen.waited, seen.most_ns,
		seen.more_ns > seen.less_ns ? seen.more_ns : seen.less_ns);
	if (!seen.waited)
		skip("no wake-up had to wait for longer than %lu ns", seen.most_ns);
}
