/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/top/known.h"
#include "tools/top/names.h"

static int by_thread(const void *a, const void *b)
{
	const struct top_known_thread *x = a, *y = b;

	if (x->process != y->process)
		return x->process > y->process ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

static int by_process(const void *a, const void *b)
{
	const struct top_known_vm *x = a, *y = b;

	return (x->process > y->process) - (x->process < y->process);
}

/* The thread, if it is still the same one; NULL: it is new. */
static const struct top_known_thread *find_thread(const struct top_known *known,
						  const struct top_thread *thread)
{
	const struct top_known_thread key = {.process = thread->process, .thread = thread->thread};
	const struct top_known_thread *found =
		known->thread_count == 0 ? NULL
					 : bsearch(&key, known->threads, known->thread_count,
						   sizeof(*known->threads), by_thread);

	return found != NULL && found->serial == thread->serial ? found : NULL;
}

static const struct top_known_vm *find_vm(const struct top_known *known, uint32_t process)
{
	const struct top_known_vm key = {.process = process};

	return known->vm_count == 0 ? NULL
				    : bsearch(&key, known->vms, known->vm_count,
					      sizeof(*known->vms), by_process);
}

/* `first` is the first of the VM's threads. A VM is known if one of them is. */
static void name_vm(struct top_known_vm *vm, const struct top_known *before,
		    const struct top_sample *sample, size_t first)
{
	const struct top_known_vm *old = NULL;

	vm->process = sample->threads[first].process;
	for (size_t i = first;
	     old == NULL && i < sample->count && sample->threads[i].process == vm->process; i++)
		if (find_thread(before, &sample->threads[i]) != NULL)
			old = find_vm(before, vm->process);
	if (old != NULL)
		*vm = *old;
	else
		probe_vm_name(vm->name, sizeof(vm->name), before->root, vm->process);
}

static void number_thread(struct top_known_thread *to, const struct top_known *before,
			  const struct top_thread *thread)
{
	const struct top_known_thread *old = find_thread(before, thread);

	if (old != NULL) {
		*to = *old;
		return;
	}
	*to = (struct top_known_thread){
		.process = thread->process, .thread = thread->thread, .serial = thread->serial};
	to->numbered = top_vcpu_number(&to->number, before->root, to->process, to->thread);
}

static bool take(struct top_known *now, const struct top_known *before,
		 const struct top_sample *sample)
{
	*now = (struct top_known){.root = before->root};
	/* One more element than needed, so that an empty list is no NULL. */
	now->threads = calloc(sample->count + 1, sizeof(*now->threads));
	now->vms = calloc(sample->count + 1, sizeof(*now->vms));
	if (now->threads == NULL || now->vms == NULL)
		return false;
	for (size_t i = 0; i < sample->count; i++) {
		if (i == 0 || sample->threads[i].process != sample->threads[i - 1].process)
			name_vm(&now->vms[now->vm_count++], before, sample, i);
		number_thread(&now->threads[now->thread_count++], before, &sample->threads[i]);
	}
	return true;
}

/* The sample keeps the names, as it may be shown when its VM is no longer known. */
static bool copy_names(struct top_sample *sample, const struct top_known *known)
{
	sample->names = calloc(known->vm_count + 1, sizeof(*sample->names));
	if (sample->names == NULL)
		return false;
	for (size_t i = 0; i < known->vm_count; i++)
		memcpy(sample->names[i], known->vms[i].name, PROBE_NAME);
	return true;
}

static const char *name_in(const struct top_sample *sample, const struct top_known *known,
			   uint32_t process)
{
	const struct top_known_vm *vm = find_vm(known, process);

	return vm != NULL ? sample->names[vm - known->vms] : NULL;
}

static void tell(struct top_sample *sample, const struct top_known *known)
{
	for (size_t i = 0; i < sample->count; i++) {
		struct top_thread *thread = &sample->threads[i];
		const struct top_known_thread *found = find_thread(known, thread);

		thread->vm = name_in(sample, known, thread->process);
		thread->numbered = found != NULL && found->numbered;
		thread->number = found != NULL ? found->number : 0;
	}
	for (size_t i = 0; i < sample->thief_count; i++)
		if (sample->thieves[i].cause == TOP_VM)
			sample->thieves[i].vm = name_in(sample, known, sample->thieves[i].process);
}

bool top_known_tell(struct top_known *known, struct top_sample *sample)
{
	struct top_known now;
	bool good = take(&now, known, sample) && copy_names(sample, &now);

	if (good) {
		tell(sample, &now);
		top_known_free(known);
		*known = now;
	} else {
		top_known_free(&now);
	}
	return good;
}

void top_known_free(struct top_known *known)
{
	free(known->threads);
	free(known->vms);
	*known = (struct top_known){.root = known->root};
}
