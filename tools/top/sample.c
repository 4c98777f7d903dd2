/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/top/index.h"
#include "tools/top/order.h"
#include "tools/top/sample.h"

#define FEW 16u

/* The places that the sample's threads have, while it is made. */
struct making {
	struct top_sample *sample;
	struct top_index *index; /* of threads, by their numbers */
	uint32_t epoch;
};

/* The worst first. */
static int by_time(const void *a, const void *b)
{
	const struct top_thief *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* A thread's place in the sample, or TOP_NOWHERE. */
static size_t find(const struct making *making, uint32_t thread)
{
	return top_index_find(making->index, thread);
}

/* In the order of processes and threads. */
static bool take_threads(struct making *making, const struct top_elements *vcpus)
{
	const uint32_t *keys = (const void *)vcpus->keys;
	const struct top_vcpu *vcpu = (const void *)vcpus->values;
	struct top_order *order = malloc((2 * vcpus->count + 1) * sizeof(*order));

	if (order == NULL)
		return false;
	for (size_t i = 0; i < vcpus->count; i++)
		order[i] = (struct top_order){(uint64_t)vcpu[i].tgid << 32 | keys[i], i};
	const struct top_order *sorted = top_order_sort(order, order + vcpus->count, vcpus->count);
	for (size_t i = 0; i < vcpus->count; i++) {
		size_t from = sorted[i].place;

		making->sample->threads[i] = (struct top_thread){
			.thread = keys[from],
			.process = vcpu[from].tgid,
			.cpu = vcpu[from].cpu,
			.group = vcpu[from].group,
			.serial = vcpu[from].serial,
			.exited = (vcpu[from].pid & TOP_EXITED) != 0,
			.run_ns = vcpu[from].run[making->epoch],
			.interrupts_ns = vcpu[from].interrupts[making->epoch],
		};
		top_index_put(making->index, keys[from], i);
	}
	making->sample->count = vcpus->count;
	free(order);
	return true;
}

static void take_totals(const struct making *making, const struct top_elements *totals)
{
	const struct top_victim *victim = (const void *)totals->keys;
	const struct top_counts *counts = (const void *)totals->values;

	for (size_t i = 0; i < totals->count; i++) {
		size_t place = find(making, victim[i].pid);

		if (victim[i].epoch != making->epoch || place == TOP_NOWHERE)
			continue;
		struct top_thread *thread = &making->sample->threads[place];
		thread->stolen_ns = counts[i].stolen;
		thread->unattributed = counts[i].overrun + counts[i].unfollowed + counts[i].unknown;
		for (int cause = 0; cause < TOP_CAUSES; cause++)
			thread->thief_count += counts[i].others[cause] > 0;
	}
}

/*
 * Whether the kernel runs this thread for the process: its number is in the names of vhost workers,
 * up to Linux 6.3, and of an x86-64 VM's interval timer.
 */
static bool works_for(const char *name, uint32_t process)
{
	static const char vhost[] = "vhost-", timer[] = "kvm-pit/";
	char number[TOP_NAME];
	size_t skip = strncmp(name, vhost, strlen(vhost)) == 0	 ? strlen(vhost)
		      : strncmp(name, timer, strlen(timer)) == 0 ? strlen(timer)
								 : 0;

	if (skip == 0)
		return false;
	snprintf(number, sizeof(number), "%u", process);
	return strncmp(name + skip, number, TOP_NAME - skip) == 0;
}

static enum top_cause cause_of(const struct making *making, const struct top_thread *victim,
			       const struct top_pair *pair, const char *name)
{
	if (pair->tgid == TOP_QUOTA_TGID)
		return TOP_QUOTA;
	if (pair->tgid == victim->process || (pair->tgid == 0 && works_for(name, victim->process)))
		return TOP_SELF;
	if (pair->tgid == 0)
		return pair->pid == 0 ? TOP_IDLE : TOP_KERNEL;
	return find(making, pair->pid) != TOP_NOWHERE ? TOP_VM : TOP_PROCESS;
}

static struct top_thief thief_of(enum top_cause cause, const struct top_pair *pair,
				 const struct top_cell *cell)
{
	struct top_thief thief = {
		.cause = cause,
		.victim = pair->victim,
		.cgroup = cell->cgroup,
		.ns = cell->ns,
	};

	if (cause != TOP_QUOTA) {
		thief.thread = pair->pid;
		thief.process = pair->tgid;
	}
	memcpy(thief.name, cell->name, sizeof(thief.name));
	thief.name[TOP_NAME - 1] = '\0';
	return thief;
}

/* Likewise that of a cell's victim; nowhere if the cell is of the other epoch. */
static size_t victim_of(const struct making *making, const struct top_pair *pair)
{
	return pair->epoch == making->epoch ? find(making, pair->victim) : TOP_NOWHERE;
}

/* Each vCPU has counted its others. Give it room for all thieves, and no thief yet. */
static void place_thieves(const struct making *making, const struct top_elements *cells)
{
	struct top_sample *sample = making->sample;
	const struct top_pair *pair = (const void *)cells->keys;

	for (size_t i = 0; i < cells->count; i++) {
		size_t place = victim_of(making, &pair[i]);

		if (place != TOP_NOWHERE)
			sample->threads[place].thief_count++;
	}
	for (size_t i = 0; i < sample->count; i++) {
		struct top_thread *thread = &sample->threads[i];

		thread->thieves = &sample->thieves[sample->thief_count];
		sample->thief_count += thread->thief_count;
		thread->thief_count = 0;
	}
}

static void add(const struct making *making, struct top_thread *victim, struct top_thief thief)
{
	size_t first = (size_t)(victim->thieves - making->sample->thieves);

	making->sample->thieves[first + victim->thief_count++] = thief;
	victim->by_cause[thief.cause] += thief.ns;
}

/* Thieves for which the program had no room are one for each cause. */
static void take_others(const struct making *making, const struct top_elements *totals)
{
	const struct top_victim *key = (const void *)totals->keys;
	const struct top_counts *counts = (const void *)totals->values;

	for (size_t i = 0; i < totals->count; i++) {
		size_t place = find(making, key[i].pid);

		if (key[i].epoch != making->epoch || place == TOP_NOWHERE)
			continue;
		struct top_thread *victim = &making->sample->threads[place];
		for (int cause = 0; cause < TOP_CAUSES; cause++) {
			struct top_thief others = {.cause = (enum top_cause)cause,
						   .victim = victim->thread,
						   .name = TOP_OTHERS,
						   .ns = counts[i].others[cause]};

			if (others.ns > 0)
				add(making, victim, others);
		}
	}
}

static void take_cells(const struct making *making, const struct top_elements *cells)
{
	const struct top_pair *pair = (const void *)cells->keys;
	const struct top_cell *cell = (const void *)cells->values;

	for (size_t i = 0; i < cells->count; i++) {
		size_t place = victim_of(making, &pair[i]);

		if (place == TOP_NOWHERE)
			continue;
		struct top_thread *victim = &making->sample->threads[place];
		add(making, victim,
		    thief_of(cause_of(making, victim, &pair[i], cell[i].name), &pair[i], &cell[i]));
	}
}

/* Most vCPUs have few thieves: for these, insertion takes a tenth of qsort()'s instructions. */
static void sort_few(struct top_thief *thief, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct top_thief moved = thief[i];
		size_t at = i;

		for (; at > 0 && by_time(&moved, &thief[at - 1]) < 0; at--)
			thief[at] = thief[at - 1];
		thief[at] = moved;
	}
}

static void sort_thieves(const struct top_sample *sample)
{
	size_t first = 0;

	for (size_t i = 0; i < sample->count; i++) {
		size_t count = sample->threads[i].thief_count;

		if (count <= FEW)
			sort_few(sample->thieves + first, count);
		else
			qsort(sample->thieves + first, count, sizeof(*sample->thieves), by_time);
		first += count;
	}
}

/* One more element than needed, so that an empty list is no NULL. */
static bool make_room(struct making *making, const struct top_tables *tables)
{
	struct top_sample *sample = making->sample;

	size_t thieves = tables->cells.count + TOP_CAUSES * tables->totals.count;
	sample->threads = malloc((tables->vcpus.count + 1) * sizeof(*sample->threads));
	sample->thieves = malloc((thieves + 1) * sizeof(*sample->thieves));
	return top_index_make(making->index, tables->vcpus.count) && sample->threads != NULL &&
	       sample->thieves != NULL;
}

bool top_sample_make(struct top_sample *sample, const struct top_tables *tables, uint32_t epoch)
{
	struct top_sample made = {.threads = NULL};
	struct top_index index;
	struct making making = {.sample = &made, .index = &index, .epoch = epoch};

	bool good = make_room(&making, tables) && take_threads(&making, &tables->vcpus);
	if (good) {
		take_totals(&making, &tables->totals);
		place_thieves(&making, &tables->cells);
		take_others(&making, &tables->totals);
		take_cells(&making, &tables->cells);
		sort_thieves(&made);
	} else {
		top_sample_free(&made);
	}
	top_index_free(&index);
	*sample = made;
	return good;
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
