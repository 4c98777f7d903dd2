/* SPDX-License-Identifier: BSD-2-Clause */
/* What other vCPUs read in a vCPU's structure, while it runs and while it waits. */
#include "contention.h"
#include "suite.h"

#define OBSERVE_MS 200u
#define END_MS	   20000u

/* What one CPU has read in another CPU's structure, or in its own. */
struct view {
	uint64_t value;
	/* ticks: the value was published no earlier than this; 0: not known yet */
	uint64_t since;
	uint64_t looked; /* ticks: the counter before the last look */
	uint64_t changes, backwards, over;
	uint64_t worst_from, worst_to, worst_ns;
};

static struct view views[CPU_MAX][CPU_MAX];
static uint64_t end;

/*
 * The last value may have been old, so the new one may differ by more than the time between two
 * looks; but by no more than the time since the earliest moment at which the last value can have
 * been published.
 */
static void judge_change(struct view *v, uint64_t value, uint64_t after)
{
	uint64_t ticks = after - v->since;

	v->changes++;
	if (value < v->value) {
		v->backwards++;
	} else if (v->since && value - v->value > ns_of(ticks) + gaps_rounding_ns(ticks)) {
		v->over++;
		v->worst_ns = ns_of(ticks);
	} else {
		return;
	}
	v->worst_from = v->value;
	v->worst_to = value;
}

static void look(unsigned self)
{
	uint64_t before = counter_virtual(), values[CPU_MAX], after;
	unsigned count = cpu_count();

	for (unsigned cpu = 0; cpu < count; cpu++)
		values[cpu] = stolen_ns(cpu);
	after = counter_virtual();
	for (unsigned cpu = 0; cpu < count; cpu++) {
		struct view *v = &views[self][cpu];

		if (v->looked && values[cpu] != v->value) {
			judge_change(v, values[cpu], after);
			v->since = v->looked;
		}
		v->value = values[cpu];
		v->looked = before;
	}
}

static void observe_all(unsigned self)
{
	while (counter_virtual() < end) {
		for (unsigned i = 0; i < 16; i++)
			look(self);
		gaps_pass();
	}
}

void case_observers(void)
{
	uint64_t changes = 0;

	__builtin_memset(views, 0, sizeof views);
	end = counter_virtual() + ticks_of_us(OBSERVE_MS * 1000);
	if (!on_all_run(observe_all, END_MS))
		return;
	for (unsigned i = 0; i < cpu_count() * cpu_count(); i++) {
		unsigned self = i / cpu_count(), cpu = i % cpu_count();
		const struct view *v = &views[self][cpu];

		changes += self != cpu ? v->changes : 0;
		check(!v->backwards,
		      "CPU %u saw CPU %u's stolen time go back from %lu to %lu ns; %lu times in all",
		      self, cpu, v->worst_from, v->worst_to, v->backwards);
		check(!v->over,
		      "CPU %u saw CPU %u's stolen time grow from %lu to %lu ns in %lu ns; %lu times too fast in all",
		      self, cpu, v->worst_from, v->worst_to, v->worst_ns, v->over);
	}
	if (changes)
		observe("other vCPUs saw %lu changes", changes);
	else
		skip("no vCPU saw another vCPU's stolen time grow");
}
