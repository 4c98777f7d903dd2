/* SPDX-License-Identifier: BSD-2-Clause */
/* Ticks to ns: exact, against long multiplication and division. */
#include <pvtime/convert.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

/* floor(ticks * 10^9 / freq): a 128-bit product of 32-bit digits, divided bit by bit. */
static uint64_t model(uint64_t ticks, uint32_t freq)
{
	uint64_t low = (ticks & UINT32_MAX) * 1000000000u,
		 high = (ticks >> 32) * 1000000000u + (low >> 32);
	uint32_t digit[3] = {(uint32_t)(high >> 32), (uint32_t)high, (uint32_t)low};
	uint64_t rest = 0, q = 0;

	for (unsigned int i = 0; i < 96; i++) {
		rest = rest << 1 | (digit[i / 32] >> (31 - i % 32) & 1);
		q <<= 1;
		if (rest >= freq) {
			rest -= freq;
			q |= 1;
		}
	}
	return q;
}

static const uint32_t freqs[] = {1,	   1000000,   19200000,	  24000000,
				 62500000, 999999999, 1000000000, UINT32_MAX};
#define N_FREQS (sizeof(freqs) / sizeof(freqs[0]))

#define YEARS_500 (500u * 31557600ull) /* in seconds */

static void check_edges(uint32_t f)
{
	const uint64_t end = YEARS_500 * f;
	const uint64_t ticks[] = {0,	   1,	2,	    f - 1, f, f + 1ull, 3ull * f + f / 7,
				  end - 1, end, end + f - 1};
	bool exact = true;

	for (unsigned int i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		/* At 2^32-1 Hz the counter itself is full after 136 years. */
		if (end / f != YEARS_500 && i >= 7)
			break;
		if (pvtime_ticks_to_ns(ticks[i], f) == model(ticks[i], f))
			continue;
		exact = false;
		tap_is_u64(pvtime_ticks_to_ns(ticks[i], f), model(ticks[i], f),
			   "%llu ticks at %u Hz are converted exactly",
			   (unsigned long long)ticks[i], f);
	}
	tap_ok(exact, "ticks are converted exactly at the edges at %u Hz", f);
}

static void check_random(void)
{
	uint64_t seed = 1, bad = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		uint32_t f = 1 + (uint32_t)random_below(&seed, UINT32_MAX);
		uint64_t t = next_random(&seed) >> random_below(&seed, 64);

		if (i % 2)
			f = freqs[random_below(&seed, N_FREQS)];
		if (t / f > YEARS_500)
			continue;
		if (pvtime_ticks_to_ns(t, f) != model(t, f) ||
		    pvtime_ticks_to_ns(t + 1, f) < model(t, f))
			bad++;
	}
	tap_is_u64(bad, 0,
		   "random ticks at random frequencies are converted exactly and monotonically");
}

int main(void)
{
	tap_is_u64(pvtime_ticks_to_ns(1, 62500000), 16, "a tick of 62.5 MHz is 16 ns");
	tap_is_u64(pvtime_ticks_to_ns(1, 24000000), 41, "a tick of 24 MHz is 41 ns, rounded down");
	tap_is_u64(pvtime_ticks_to_ns(3, 24000000), 125,
		   "three ticks of 24 MHz are 125 ns: the total is rounded, not each tick");
	tap_is_u64(pvtime_ticks_to_ns(12345, 1000000000), 12345, "a tick of 1 GHz is 1 ns");
	tap_is_u64(pvtime_ticks_to_ns(YEARS_500 * 1000000, 1000000), YEARS_500 * 1000000000u,
		   "500 years at 1 MHz are converted exactly");
	tap_is_u64(pvtime_ticks_to_ns(YEARS_500 * 1000000000u, 1000000000), YEARS_500 * 1000000000u,
		   "500 years at 1 GHz are converted exactly");
	for (unsigned int i = 0; i < N_FREQS; i++)
		check_edges(freqs[i]);
	check_random();
	return tap_done();
}
