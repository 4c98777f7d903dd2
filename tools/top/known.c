/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/known.h"
#include "tools/top/names.h"

/* There is room for one element more, as malloc() may return NULL for an empty array. */
static bool make_room(struct top_known *known, size_t count)
{
	known->threads = malloc((count + 1) * sizeof(*known->threads));
	known->names = malloc((count + 1) * sizeof(*known->names));
	return top_index_make(&known->by_thread, count) &&
	       top_index_make(&known->by_process, count) && known->threads != NULL &&
	       known->names != NULL;
}

/* A thread that has the PID of an earlier one has another serial number. NULL: it is new. */
static const struct top_known_thread *find(const struct top_known *known,
					   const struct top_thread *thread)
{
	size_t place = known->thread_count == 0 ? TOP_NOWHERE
						: top_index_find(&known->by_thread, thread->thread);

	return place != TOP_NOWHERE && known->threads[place].serial == thread->serial
		       ? &known->threads[place]
		       : NULL;
}

/* Add a thread to the VM that has no name yet. */
static void add(struct top_known *known, const struct top_thread *thread,
		const struct top_known_thread *old)
{
	struct top_known_thread *to = &known->threads[known->thread_count];

	top_index_put(&known->by_thread, thread->thread, known->thread_count++);
	if (old != NULL) {
		*to = *old;
	} else {
		*to = (struct top_known_thread){.serial = thread->serial};
		to->numbered =
			top_vcpu_number(&to->number, known->root, thread->process, thread->thread);
		known->fresh++;
	}
	to->vm = known->vm_count;
	known->unknown += to->guest.guest == TOP_GUEST_UNKNOWN;
}

/*
 * Add the VM whose first thread is the sample's `first`, and return the first one of the next VM.
 * Its name is known if one of its threads is.
 */
static size_t add_vm(struct top_known *known, const struct top_known *before,
		     const struct top_sample *sample, size_t first)
{
	uint32_t process = sample->threads[first].process;
	char *name = known->names[known->vm_count];
	const char *old_name = NULL;
	size_t i = first;

	for (; i < sample->count && sample->threads[i].process == process; i++) {
		const struct top_known_thread *old = find(before, &sample->threads[i]);

		if (old != NULL)
			old_name = before->names[old->vm];
		add(known, &sample->threads[i], old);
	}
	if (old_name != NULL)
		memcpy(name, old_name, PROBE_NAME);
	else
		probe_vm_name(name, PROBE_NAME, known->root, process);
	top_index_put(&known->by_process, process, known->vm_count++);
	return i;
}

bool top_known_follow(struct top_known *known, const struct top_sample *sample)
{
	struct top_known now = {.root = known->root};

	if (!make_room(&now, sample->count)) {
		top_known_free(&now);
		return false;
	}
	for (size_t i = 0; i < sample->count;)
		i = add_vm(&now, known, sample, i);
	top_known_free(known);
	*known = now;
	return true;
}

void top_known_take(struct top_known *known, const struct top_fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t place = top_index_find(&known->by_thread, facts[i].thread);

		if (place != TOP_NOWHERE)
			top_guest_take(&known->threads[place].guest, &facts[i]);
	}
}

static void tell_thieves(const struct top_known *known, struct top_sample *sample)
{
	for (size_t i = 0; i < sample->thief_count; i++) {
		struct top_thief *thief = &sample->thieves[i];
		size_t vm = thief->cause == TOP_VM
				    ? top_index_find(&known->by_process, thief->process)
				    : TOP_NOWHERE;

		if (vm != TOP_NOWHERE)
			thief->vm = sample->names[vm];
	}
}

/* The sample keeps the names, as it may be shown when its VM is no longer known. */
bool top_known_tell(const struct top_known *known, struct top_sample *sample)
{
	sample->names = malloc((known->vm_count + 1) * sizeof(*sample->names));
	if (sample->names == NULL)
		return false;
	memcpy(sample->names, known->names, known->vm_count * sizeof(*sample->names));
	for (size_t i = 0; i < sample->count; i++) {
		const struct top_known_thread *from = &known->threads[i];
		struct top_thread *thread = &sample->threads[i];

		thread->vm = sample->names[from->vm];
		thread->numbered = from->numbered;
		thread->number = from->number;
		thread->guest = from->guest.guest;
	}
	tell_thieves(known, sample);
	return true;
}

void top_known_free(struct top_known *known)
{
	top_index_free(&known->by_thread);
	top_index_free(&known->by_process);
	free(known->threads);
	free(known->names);
	*known = (struct top_known){.root = known->root};
}
