/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest library, include/pvtime/guest.h, on the hypervisor under test. */
#include <pvtime/guest.h>
#include "contention.h"
#include "guest/smccc.h"
#include "suite.h"

#define SAMPLE_MS 60u
#define TIMES	  3u

static struct pvtime_guest_cpu cpu;
static struct pvtime_guest guest;
static struct pvtime_sample last;

static struct {
	uint64_t samples, changes, backwards, over;
	uint64_t stolen_ns, elapsed_ns;
} seen;

static int64_t conduit(uint32_t fid, uint64_t arg1)
{
	return smccc_call(fid, arg1, 0, 0);
}

static struct pvtime_sample take_sample(void)
{
	struct pvtime_sample s;

	pvtime_sample_begin(&s, &cpu);
	while (!pvtime_sample_end(&s, &cpu, pvtime_counter()))
		;
	return s;
}

static void take_samples(uint64_t ticks)
{
	uint64_t end = last.counter + ticks;

	while (last.counter < end) {
		struct pvtime_sample now = take_sample();
		uint64_t elapsed = ns_of(now.counter - last.counter);
		uint64_t most =
			elapsed + now.slack_ns + gaps_rounding_ns(now.counter - last.counter);

		seen.samples++;
		if (now.stolen_ns < last.stolen_ns || now.counter < last.counter) {
			seen.backwards++;
		} else {
			seen.changes += now.stolen_ns != last.stolen_ns;
			seen.over += now.stolen_ns - last.stolen_ns > most;
			seen.over +=
				pvtime_not_withheld_ns(&last, &now, timer_frequency()) > elapsed;
		}
		last = now;
		gaps_pass();
	}
}

/*
 * Register, take samples, and detach. The library must be right whatever the hypervisor does to the
 * structure meanwhile.
 */
static bool use_once(void)
{
	uint64_t kept = pvtime_guest_stolen_ns(&cpu), ipa = 0;
	int error = pvtime_guest_locate(&guest, &cpu, &ipa);
	struct pvtime_sample first;

	if (!check(!error, "pvtime_guest_locate() returns %d", error) ||
	    !check(ipa == suite.ipa[0],
		   "pvtime_guest_locate() finds 0x%lx, but PV_TIME_ST gave 0x%lx", ipa,
		   suite.ipa[0]))
		return false;
	error = pvtime_guest_attach(&cpu, (const struct pvtime_stolen *)(uintptr_t)ipa);
	if (!check(!error, "pvtime_guest_attach() returns %d", error))
		return false;
	first = last = take_sample();
	check(first.stolen_ns >= kept,
	      "the value went from %lu ns to %lu ns when the structure was attached again", kept,
	      first.stolen_ns);
	take_samples(ticks_of_us(SAMPLE_MS * 1000));
	seen.stolen_ns += last.stolen_ns - first.stolen_ns;
	seen.elapsed_ns += ns_of(last.counter - first.counter);
	pvtime_guest_detach(&cpu);
	kept = pvtime_guest_stolen_ns(&cpu);
	return check(kept >= last.stolen_ns,
		     "the value went from %lu ns to %lu ns when the structure was detached",
		     last.stolen_ns, kept);
}

void case_library(void)
{
	int error = pvtime_guest_discover(&guest, conduit,
					  suite.beta2 ? PVTIME_DIALECT_BETA2 : PVTIME_DIALECT_1_0);

	if (!check(!error, "pvtime_guest_discover() returns %d", error) || !contention_begin())
		return;
	cpu = (struct pvtime_guest_cpu){0};
	__builtin_memset(&seen, 0, sizeof seen);
	for (unsigned i = 0; i < TIMES; i++) {
		if (!use_once())
			break;
	}
	contention_end();
	check(!seen.backwards, "%lu of %lu samples went back", seen.backwards, seen.samples);
	check(!seen.over,
	      "%lu times the stolen time, or the time not withheld, exceeded the elapsed time, in %lu samples",
	      seen.over, seen.samples);
	observe("%lu samples, %lu changes, %lu of %lu us stolen", seen.samples, seen.changes,
		seen.stolen_ns / 1000, seen.elapsed_ns / 1000);
	if (!seen.changes)
		skip("stolen time did not grow: nothing competed for the CPU");
}
