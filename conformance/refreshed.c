/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How old the structure of a vCPU gets while it waits. All vCPUs spin and look at each
 * other's. Which of them waited, and when, each knows afterwards, by its own gaps. While it waits
 * its stolen time grows all the time, so a value that was there at two moments of one gap is at
 * least as old, at the second, as the time between.
 */
#include "contention.h"
#include "suite.h"

#define LIMIT_US  100000u
#define LONG_US	  120000u /* a wait in which it would be seen if it were not refreshed */
#define WATCH_MS  1300u
#define END_MS	  20000u
#define GAPS	  16u /* long ones, for each CPU */
#define SIGHTINGS 64u /* in one turn of a CPU at most so many values of another are kept */

/*
 * A value of a waiting vCPU, and when one of the others saw it for the first and for the last time.
 */
struct sighting {
	uint64_t value, first, last;
};

static struct watcher {
	struct gap gaps[GAPS];
	unsigned gap_count;
	struct sighting seen[CPU_MAX][SIGHTINGS]; /* of each other CPU: the last ones */
	unsigned seen_count[CPU_MAX];
} watchers[CPU_MAX];

static uint64_t begin;

static void look(struct watcher *w, unsigned self)
{
	for (unsigned cpu = 0; cpu < cpu_count(); cpu++) {
		uint64_t before = counter_virtual(), value;
		struct sighting *s = &w->seen[cpu][w->seen_count[cpu] % SIGHTINGS];

		if (cpu == self)
			continue;
		value = stolen_ns(cpu);
		if (s->first && s->value == value) {
			s->last = before;
			continue;
		}
		if (s->first)
			s = &w->seen[cpu][++w->seen_count[cpu] % SIGHTINGS];
		/* It may have been published between the two readings. */
		*s = (struct sighting){value, counter_virtual(), before};
		if (s->last < s->first)
			s->last = s->first;
	}
}

static void watch(unsigned self)
{
	struct watcher *w = &watchers[self];
	struct reading last = gaps_read(), now;

	do {
		uint64_t ticks;

		look(w, self);
		gaps_pass();
		now = gaps_read();
		ticks = now.counter - last.counter;
		if (ticks > ticks_of_us(LONG_US) && w->gap_count < GAPS)
			w->gaps[w->gap_count++] = (struct gap){last.counter, now.counter,
							       now.stolen_ns - last.stolen_ns};
		last = now;
	} while (now.counter - begin < ticks_of_us(1000 * WATCH_MS));
}

/* The part of a sighting that is in the gap, from *first to *last. */
static bool in_gap(const struct sighting *s, const struct gap *gap, uint64_t *first, uint64_t *last)
{
	*first = s->first > gap->begin ? s->first : gap->begin;
	*last = s->last < gap->end ? s->last : gap->end;
	return s->first && *first <= *last;
}

/*
 * The longest that one value of `cpu` is known to have stood in that gap, by all that were looking.
 */
static uint64_t oldest(unsigned cpu, const struct gap *gap)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < cpu_count() * SIGHTINGS; i++) {
		const struct sighting *s = &watchers[i / SIGHTINGS].seen[cpu][i % SIGHTINGS];
		uint64_t first, last;

		if (!in_gap(s, gap, &first, &last))
			continue;
		for (unsigned k = 0; k < cpu_count() * SIGHTINGS; k++) {
			const struct sighting *t =
				&watchers[k / SIGHTINGS].seen[cpu][k % SIGHTINGS];
			uint64_t other_first, other_last;

			if (t->value != s->value || !in_gap(t, gap, &other_first, &other_last))
				continue;
			first = other_first < first ? other_first : first;
			last = other_last > last ? other_last : last;
		}
		most = last - first > most ? last - first : most;
	}
	return ns_of(most);
}

void case_refreshed(void)
{
	uint64_t most_ns = 0, longest_ns = 0;
	unsigned waits = 0;

	if (contention_worst_ns() < LONG_US * 1000ull) {
		skip("nobody waits for more than %u ms", LONG_US / 1000);
		return;
	}
	__builtin_memset(watchers, 0, sizeof watchers);
	begin = counter_virtual();
	if (!on_all_run(watch, END_MS))
		return;
	for (unsigned i = 0; i < cpu_count() * GAPS; i++) {
		unsigned cpu = i / GAPS;
		const struct gap *gap = &watchers[cpu].gaps[i % GAPS];
		uint64_t ns = ns_of(gap->end - gap->begin), age;

		/* It has waited for all of it, not merely been away. */
		if (i % GAPS >= watchers[cpu].gap_count || gap->stolen_ns + suite.slack_ns < ns)
			continue;
		age = oldest(cpu, gap);
		check(age <= LIMIT_US * 1000ull + suite.slack_ns,
		      "CPU %u waited for %lu us, and for %lu us its structure stood still", cpu,
		      ns / 1000, age / 1000);
		waits++;
		most_ns = age > most_ns ? age : most_ns;
		longest_ns = ns > longest_ns ? ns : longest_ns;
	}
	if (waits)
		observe("%u waits of up to %lu us, values up to %lu us old", waits,
			longest_ns / 1000, most_ns / 1000);
	else
		skip("nobody waited for more than %u ms", LONG_US / 1000);
}
