/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/clock.h"
#include "tools/probe/facts.h"
#include "tools/probe/thread.h"
#include "tools/report.h"
#include "tools/top/rates.h"

/* To search /proc costs much more than to read the files of known threads. */
#define SEARCH_NS UINT64_C(5000000000)

/* A vCPU's thread, with its counts when they were read last. */
struct top_rate {
	uint32_t process, thread;
	bool read; /* the counts below are valid */
	uint64_t made_ticks, ran_ns, waited_ns;
};

static int by_process(const void *a, const void *b)
{
	const struct top_rate *x = a, *y = b;

	if (x->process != y->process)
		return x->process > y->process ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/*
 * Read the counts of a vCPU. Returns whether it is the same thread as the last time; then `thread`
 * has what its counts have grown by.
 */
static bool advance(struct top_rate *rate, struct top_thread *thread, int root)
{
	struct top_rate old = *rate;
	struct probe_thread now;

	if (!probe_thread_times(&now, root, rate->process, rate->thread)) {
		rate->read = false;
		return false;
	}
	rate->read = true;
	rate->made_ticks = now.made_ticks;
	rate->ran_ns = now.ran_ns;
	rate->waited_ns = now.waited_ns;
	*thread = (struct top_thread){.thread = rate->thread,
				      .process = rate->process,
				      .serial = (uint32_t)now.made_ticks,
				      .cpu = now.cpu,
				      .run_ns = now.ran_ns - old.ran_ns,
				      .stolen_ns = now.waited_ns - old.waited_ns};
	return old.read && old.made_ticks == now.made_ticks && now.ran_ns >= old.ran_ns &&
	       now.waited_ns >= old.waited_ns;
}

static size_t count_vcpus(const struct probe_vms *vms)
{
	size_t count = 0;

	for (size_t i = 0; i < vms->count; i++)
		count += vms->vm[i].count;
	return count;
}

/* Take a vCPU that was found, with the counts that are known of it. */
static bool take(struct top_rates *next, const struct top_rates *old, uint32_t process,
		 uint32_t thread)
{
	struct top_rate *rate = &next->vcpus[next->count++];

	*rate = (struct top_rate){.process = process, .thread = thread};
	const struct top_rate *known =
		old->count == 0 ? NULL
				: bsearch(rate, old->vcpus, old->count, sizeof(*rate), by_process);
	if (known != NULL)
		*rate = *known;
	return top_limits_add(&next->limits, next->root, process, thread);
}

static bool take_all(struct top_rates *next, const struct top_rates *old,
		     const struct probe_vms *vms)
{
	next->vcpus = calloc(count_vcpus(vms) + 1, sizeof(*next->vcpus));
	if (next->vcpus == NULL)
		return false;
	for (size_t i = 0; i < vms->count; i++)
		for (size_t k = 0; k < vms->vm[i].count; k++)
			if (!take(next, old, vms->vm[i].pid, vms->vm[i].vcpu[k].tid))
				return false;
	if (next->count > 0)
		qsort(next->vcpus, next->count, sizeof(*next->vcpus), by_process);
	top_limits_sort(&next->limits, &old->limits, next->root);
	return true;
}

/* Find the vCPUs anew. */
static bool search(struct top_rates *rates)
{
	const struct probe_pids all = {.count = 0};
	struct probe_facts facts = {.tick_hz = (unsigned)sysconf(_SC_CLK_TCK)};
	struct top_rates next = {
		.root = rates->root, .why = rates->why, .searched_ns = clock_now_ns()};

	bool good = probe_vms(&facts, rates->root, &all) && take_all(&next, rates, &facts.vms);
	probe_facts_free(&facts);
	if (!good) {
		top_rates_free(&next);
		return false;
	}
	top_rates_free(rates);
	*rates = next;
	return true;
}

static bool read_known(struct top_rates *rates, struct top_sample *sample)
{
	sample->threads = calloc(rates->count + 1, sizeof(*sample->threads));
	if (sample->threads == NULL)
		return false;
	for (size_t i = 0; i < rates->count; i++)
		sample->count +=
			advance(&rates->vcpus[i], &sample->threads[sample->count], rates->root);
	return top_limits_read(&rates->limits, sample, rates->root);
}

bool top_rates_read(struct top_rates *rates, struct top_sample *sample)
{
	bool due = rates->searched_ns == 0 || clock_now_ns() - rates->searched_ns >= SEARCH_NS;

	*sample = (struct top_sample){.unknown = rates->why};
	if (read_known(rates, sample) && (!due || search(rates)))
		return true;
	report("top: %s", strerror(ENOMEM));
	top_sample_free(sample);
	return false;
}

void top_rates_free(struct top_rates *rates)
{
	free(rates->vcpus);
	top_limits_free(&rates->limits);
	rates->vcpus = NULL;
	rates->count = 0;
}
