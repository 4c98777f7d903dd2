/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/sample.h"

static int by_thread(const void *a, const void *b)
{
	const struct top_thread *x = a, *y = b;

	return (x->thread > y->thread) - (x->thread < y->thread);
}

static int by_process(const void *a, const void *b)
{
	const struct top_thread *x = a, *y = b;

	if (x->process != y->process)
		return x->process > y->process ? 1 : -1;
	return by_thread(a, b);
}

/* By victim, and then the worst first. */
static int by_victim(const void *a, const void *b)
{
	const struct top_thief *x = a, *y = b;

	if (x->victim != y->victim)
		return x->victim > y->victim ? 1 : -1;
	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* While sample->threads is sorted by thread. */
static struct top_thread *find(const struct top_sample *sample, uint32_t thread)
{
	struct top_thread key = {.thread = thread};

	return sample->count == 0 ? NULL
				  : bsearch(&key, sample->threads, sample->count,
					    sizeof(*sample->threads), by_thread);
}

static void take_threads(struct top_sample *sample, const struct top_elements *vcpus)
{
	for (size_t i = 0; i < vcpus->count; i++) {
		const struct top_vcpu *vcpu = (const struct top_vcpu *)(void *)vcpus->values + i;

		sample->threads[sample->count++] = (struct top_thread){
			.thread = ((const uint32_t *)(void *)vcpus->keys)[i],
			.process = vcpu->tgid,
			.cpu = vcpu->cpu,
			.group = vcpu->group,
			.serial = vcpu->serial,
			.exited = vcpu->exited != 0,
		};
	}
	if (sample->count > 0)
		qsort(sample->threads, sample->count, sizeof(*sample->threads), by_thread);
}

static void take_totals(const struct top_sample *sample, const struct top_elements *totals,
			uint32_t epoch)
{
	for (size_t i = 0; i < totals->count; i++) {
		const struct top_victim *victim =
			(const struct top_victim *)(void *)totals->keys + i;
		struct top_thread *thread = find(sample, victim->pid);

		if (victim->epoch != epoch || thread == NULL)
			continue;
		const struct top_counts *counts =
			(const struct top_counts *)(void *)totals->values + i;
		thread->run_ns = counts->run;
		thread->stolen_ns = counts->stolen;
		thread->unattributed =
			counts->overrun + counts->unfollowed + counts->lost + counts->unknown;
	}
}

static enum top_cause cause_of(const struct top_sample *sample, const struct top_thread *victim,
			       const struct top_pair *pair)
{
	if (pair->tgid == TOP_QUOTA_TGID)
		return TOP_QUOTA;
	if (pair->tgid == 0)
		return pair->pid == 0 ? TOP_IDLE : TOP_KERNEL;
	if (pair->tgid == victim->process)
		return TOP_SELF;
	return find(sample, pair->pid) != NULL ? TOP_VM : TOP_PROCESS;
}

static void take_cells(struct top_sample *sample, const struct top_elements *cells, uint32_t epoch)
{
	for (size_t i = 0; i < cells->count; i++) {
		const struct top_pair *pair = (const struct top_pair *)(void *)cells->keys + i;
		const struct top_cell *cell = (const struct top_cell *)(void *)cells->values + i;
		struct top_thread *victim = find(sample, pair->victim);

		if (pair->epoch != epoch || victim == NULL)
			continue;
		struct top_thief *thief = &sample->thieves[sample->thief_count++];
		*thief = (struct top_thief){
			.cause = cause_of(sample, victim, pair),
			.victim = pair->victim,
			.cgroup = cell->cgroup,
			.ns = cell->ns,
		};
		if (thief->cause != TOP_QUOTA) {
			thief->thread = pair->pid;
			thief->process = pair->tgid;
		}
		memcpy(thief->name, cell->name, sizeof(thief->name));
		thief->name[TOP_NAME - 1] = '\0';
		victim->by_cause[thief->cause] += cell->ns;
	}
	if (sample->thief_count > 0)
		qsort(sample->thieves, sample->thief_count, sizeof(*sample->thieves), by_victim);
	for (size_t i = sample->thief_count; i-- > 0;) {
		struct top_thread *victim = find(sample, sample->thieves[i].victim);

		victim->thieves = &sample->thieves[i];
		victim->thief_count++;
	}
}

/* One more element than needed, so that an empty list is no NULL. */
static bool make_room(struct top_sample *sample, const struct top_tables *tables)
{
	sample->threads = calloc(tables->vcpus.count + 1, sizeof(*sample->threads));
	sample->thieves = calloc(tables->cells.count + 1, sizeof(*sample->thieves));
	return sample->threads != NULL && sample->thieves != NULL;
}

bool top_sample_make(struct top_sample *sample, const struct top_tables *tables, uint32_t epoch)
{
	*sample = (struct top_sample){.threads = NULL};
	if (!make_room(sample, tables)) {
		top_sample_free(sample);
		return false;
	}
	take_threads(sample, &tables->vcpus);
	take_totals(sample, &tables->totals, epoch);
	take_cells(sample, &tables->cells, epoch);
	if (sample->count > 0)
		qsort(sample->threads, sample->count, sizeof(*sample->threads), by_process);
	return true;
}

int64_t top_excess(const struct top_thread *thread)
{
	uint64_t sum = thread->unattributed;

	for (int i = 0; i < TOP_CAUSES; i++)
		sum += thread->by_cause[i];
	return (int64_t)(sum - thread->stolen_ns);
}

void top_sample_free(struct top_sample *sample)
{
	free(sample->threads);
	free(sample->thieves);
	free(sample->names);
	free(sample->throttled);
	*sample = (struct top_sample){.threads = NULL};
}
