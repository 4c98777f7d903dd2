/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/top/index.h"
#include "tools/top/order.h"
#include "tools/top/sample.h"

#define FEW 16u

/* While a sample is made of the tables. */
struct making {
	struct top_sample *sample;
	const struct top_tables *tables;
	struct top_index index; /* of the sample's threads, by their numbers */
	size_t *place;		/* of each of them in the tables */
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
	return top_index_find(&making->index, thread);
}

static struct top_thread thread_of(const struct top_vcpu *vcpu, uint32_t epoch)
{
	const struct top_counts *counts = &vcpu->counts[epoch];
	struct top_thread thread = {
		.thread = vcpu->pid & ~TOP_EXITED,
		.process = vcpu->tgid,
		.cpu = vcpu->cpu,
		.group = vcpu->group,
		.serial = vcpu->serial,
		.exited = (vcpu->pid & TOP_EXITED) != 0,
		.run_ns = counts->run,
		.interrupts_ns = counts->interrupts,
		.stolen_ns = counts->stolen,
		.unattributed = counts->overrun + counts->unfollowed + counts->unknown,
	};

	for (int cause = 0; cause < TOP_CAUSES; cause++)
		thread.thief_count += counts->others[cause] > 0;
	return thread;
}

/* In the order of processes and threads. Each vCPU has counted its others. */
static bool take_threads(struct making *making)
{
	const struct top_tables *tables = making->tables;
	size_t count = tables->vcpu_count;
	struct top_order *order = malloc((2 * count + 1) * sizeof(*order));

	if (order == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct top_vcpu *vcpu = &tables->vcpus[i];

		order[i] = (struct top_order){
			(uint64_t)vcpu->tgid << 32 | (vcpu->pid & ~TOP_EXITED), i};
	}
	const struct top_order *sorted = top_order_sort(order, order + count, count);
	for (size_t i = 0; i < count; i++) {
		size_t from = sorted[i].place;

		making->place[i] = from;
		making->sample->threads[i] = thread_of(&tables->vcpus[from], tables->epoch);
		top_index_put(&making->index, making->sample->threads[i].thread, i);
	}
	making->sample->count = count;
	free(order);
	return true;
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
		.cpu = pair->cpu,
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

/* Give each vCPU room for all its thieves, and no thief yet. */
static void place_thieves(const struct making *making)
{
	const struct top_tables *tables = making->tables;
	struct top_sample *sample = making->sample;

	for (size_t i = 0; i < tables->cell_count; i++) {
		size_t victim = find(making, tables->pairs[i].victim);

		if (victim != TOP_NOWHERE)
			sample->threads[victim].thief_count++;
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
static void take_others(const struct making *making)
{
	for (size_t i = 0; i < making->sample->count; i++) {
		const struct top_vcpu *vcpu = &making->tables->vcpus[making->place[i]];
		const struct top_counts *counts = &vcpu->counts[making->tables->epoch];
		struct top_thread *victim = &making->sample->threads[i];

		for (int cause = 0; cause < TOP_CAUSES; cause++) {
			struct top_thief others = {.cause = (enum top_cause)cause,
						   .victim = victim->thread,
						   .cpu = TOP_NO_CPU,
						   .name = TOP_OTHERS,
						   .ns = counts->others[cause]};

			if (others.ns > 0)
				add(making, victim, others);
		}
	}
}

static void take_cells(const struct making *making)
{
	for (size_t i = 0; i < making->tables->cell_count; i++) {
		const struct top_pair *pair = &making->tables->pairs[i];
		const struct top_cell *cell = &making->tables->cells[i];
		size_t place = find(making, pair->victim);

		if (place == TOP_NOWHERE)
			continue;
		struct top_thread *victim = &making->sample->threads[place];
		add(making, victim,
		    thief_of(cause_of(making, victim, pair, cell->name), pair, cell));
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

/* There is room for one element more, as malloc() may return NULL for an empty array. */
static bool make_room(struct making *making)
{
	const struct top_tables *tables = making->tables;
	struct top_sample *sample = making->sample;
	size_t thieves = tables->cell_count + TOP_CAUSES * tables->vcpu_count;

	sample->threads = malloc((tables->vcpu_count + 1) * sizeof(*sample->threads));
	sample->thieves = malloc((thieves + 1) * sizeof(*sample->thieves));
	making->place = malloc((tables->vcpu_count + 1) * sizeof(*making->place));
	return top_index_make(&making->index, tables->vcpu_count) && sample->threads != NULL &&
	       sample->thieves != NULL && making->place != NULL;
}

bool top_sample_make(struct top_sample *sample, const struct top_tables *tables)
{
	struct making making = {.sample = sample, .tables = tables};

	*sample = (struct top_sample){.threads = NULL};
	bool good = make_room(&making) && take_threads(&making);
	if (good) {
		place_thieves(&making);
		take_others(&making);
		take_cells(&making);
		sort_thieves(sample);
	} else {
		top_sample_free(sample);
	}
	top_index_free(&making.index);
	free(making.place);
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
