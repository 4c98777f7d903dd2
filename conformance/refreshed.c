/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How old the structure of a vCPU gets while it waits. All vCPUs spin and read each other's
 * structures. Afterwards each vCPU knows by its own gaps when it waited. The stolen time of a
 * waiting vCPU grows all the time. So if others read the same value at two moments of one gap, the
 * value was at the second moment at least as old as the time between the two. No value that others
 * read in the gap may be more than what the vCPU itself reads after it.
 */
#include "contention.h"
#include "suite.h"

#define LIMIT_US  100000u
#define LONG_US	  120000u /* waits that are long enough to show a missing refresh */
#define WATCH_MS  1300u
#define END_MS	  20000u
#define GAPS	  16u /* long gaps kept for each CPU */
#define SIGHTINGS 64u /* of another CPU: the last values that were seen */

/* A value of a waiting vCPU, and the counter when another vCPU saw it first and last. */
struct sighting {
	uint64_t value, first, last;
};

static struct watcher {
	struct gap gaps[GAPS];
	uint64_t after[GAPS]; /* its own stolen time at each gap's end, ns */
	unsigned gap_count;
	struct sighting seen[CPU_MAX][SIGHTINGS]; /* a ring for each other CPU */
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
		/* The value may have been published between the two readings of the counter. */
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
		if (ticks > ticks_of_us(LONG_US) && w->gap_count < GAPS) {
			w->after[w->gap_count] = now.stolen_ns;
			w->gaps[w->gap_count++] = (struct gap){last.counter, now.counter,
							       now.stolen_ns - last.stolen_ns};
		}
		last = now;
	} while (now.counter - begin < ticks_of_us(1000 * WATCH_MS));
}

/* The part of a sighting within the gap, from *first to *last. False: no part of it. */
static bool in_gap(const struct sighting *s, const struct gap *gap, uint64_t *first, uint64_t *last)
{
	*first = s->first > gap->begin ? s->first : gap->begin;
	*last = s->last < gap->end ? s->last : gap->end;
	return s->first && *first <= *last;
}

/*
 * The longest time in ns for which one value of `cpu` is known to have been in its structure during
 * that gap, by the sightings of all vCPUs.
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

/* The greatest value of `cpu` that another vCPU read within that gap; 0: none did. */
static uint64_t greatest(unsigned cpu, const struct gap *gap)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < cpu_count() * SIGHTINGS; i++) {
		const struct sighting *s = &watchers[i / SIGHTINGS].seen[cpu][i % SIGHTINGS];
		uint64_t first, last;

		if (in_gap(s, gap, &first, &last) && s->value > most)
			most = s->value;
	}
	return most;
}

void case_refreshed(void)
{
	uint64_t most_ns = 0, longest_ns = 0;
	unsigned waits = 0;

	if (contention_worst_ns() < LONG_US * 1000ull) {
		skip("no vCPU waits for more than %u ms", LONG_US / 1000);
		return;
	}
	__builtin_memset(watchers, 0, sizeof watchers);
	begin = counter_virtual();
	if (!on_all_run(watch, END_MS))
		return;
	for (unsigned i = 0; i < cpu_count() * GAPS; i++) {
		unsigned cpu = i / GAPS;
		const struct gap *gap = &watchers[cpu].gaps[i % GAPS];
		uint64_t ns = ns_of(gap->end - gap->begin), age, seen_ns;

		/* Only a gap that was stolen throughout was a wait. */
		if (i % GAPS >= watchers[cpu].gap_count || gap->stolen_ns + suite.slack_ns < ns)
			continue;
		age = oldest(cpu, gap);
		check(age <= LIMIT_US * 1000ull + suite.slack_ns,
		      "CPU %u waited for %lu us, and for %lu us its structure was not updated", cpu,
		      ns / 1000, age / 1000);
		seen_ns = greatest(cpu, gap);
		check(seen_ns <= watchers[cpu].after[i % GAPS],
		      "CPU %u waited, and others read %lu ns meanwhile, but it read %lu ns afterwards",
		      cpu, seen_ns, watchers[cpu].after[i % GAPS]);
		waits++;
		most_ns = age > most_ns ? age : most_ns;
		longest_ns = ns > longest_ns ? ns : longest_ns;
	}
	if (waits)
		observe("%u waits of up to %lu us; values were up to %lu us old", waits,
			longest_ns / 1000, most_ns / 1000);
	else
		skip("no vCPU waited for more than %u ms", LONG_US / 1000);
}
