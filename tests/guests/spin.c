/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin on every CPU until the virtual counter reaches until=TICKS, or until_ms=MS; then print the
 * stolen time of each, as the library reads it:
 *
 *	MARK cpu=N stolen_ns=NS
 *	SPIN cpu=N counter=TICKS freq=HZ stolen_ns=NS loops=N
 *
 * stolen_ns is `none` if the VM has no stolen time. Each CPU repeats its own MARK until nothing is
 * stolen between the reading and the end of the line. So the last MARK equals the ledger that
 * `pvtime lab --stamp` prints before it. SPIN has the same number. With the word once, the CPU
 * prints MARK only once: on KVM, each character is an exit at which other threads may run, so while
 * they compete, something is stolen during every line. With the word unaware, it does not look for
 * stolen time at all. With from_ms=MS, the guest sleeps until then, so that others can boot alone.
 *
 * The loop reads the counter rarely, as QEMU takes long to emulate a read of it where it counts
 * instructions. The loop's NOPs take guest time, but almost no time of QEMU, which translates a NOP
 * to nothing and checks its clock only at branches.
 */
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/timer.h"

#define BURST 50u

static struct result {
	uint64_t counter, stolen_ns, loops;
	bool done;
} results[CPU_MAX];
static int errors[CPU_MAX];

static uint64_t deadline(void)
{
	return board_arg("until", timer_ticks(board_arg("until_ms", 1000)));
}

static void mark(struct result *r)
{
	struct pvtime_sample sample;

	do {
		sample = pvtime_sample();
		console_print("MARK cpu=%u stolen_ns=%lu\n", cpu_self()->index, sample.stolen_ns);
	} while (pvtime_guest_stolen_ns(pvtime_cpu()) != sample.stolen_ns &&
		 !board_has_arg("once"));
	r->counter = sample.counter;
	r->stolen_ns = sample.stolen_ns;
}

static void spin(void *arg)
{
	struct result *r = arg;
	uint64_t end = deadline();

	while (counter_virtual() < end) {
		for (unsigned i = 0; i < BURST; i++)
			__asm__ volatile(".rept 120\n nop\n .endr" : : "r"(i));
		r->loops++;
	}
	if (errors[cpu_self()->index])
		r->counter = counter_virtual();
	else
		mark(r);
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
}

static int look(void)
{
	return board_has_arg("unaware") ? PVTIME_GUEST_NO_FEATURES : pvtime_register();
}

static void register_and_spin(void *arg)
{
	errors[cpu_self()->index] = look();
	spin(arg);
}

int main(void)
{
	if (board_has_arg("from_ms"))
		timer_sleep_until(timer_ticks(board_arg("from_ms", 0)));
	/* The first CPU maps the page alone, before the others start. */
	errors[0] = look();
	for (unsigned i = 1; i < cpu_count(); i++)
		cpu_start(i, register_and_spin, &results[i]);
	spin(&results[0]);
	for (unsigned i = 0; i < cpu_count(); i++) {
		while (!__atomic_load_n(&results[i].done, __ATOMIC_ACQUIRE))
			;
	}
	for (unsigned i = 0; i < cpu_count(); i++) {
		const struct result *r = &results[i];

		if (errors[i])
			console_print(
				"SPIN cpu=%u counter=%lu freq=%u stolen_ns=none loops=%lu # %s\n",
				i, r->counter, timer_frequency(), r->loops,
				pvtime_error_text(errors[i]));
		else
			console_print("SPIN cpu=%u counter=%lu freq=%u stolen_ns=%lu loops=%lu\n",
				      i, r->counter, timer_frequency(), r->stolen_ns, r->loops);
	}
	return 0;
}
