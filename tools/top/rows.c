/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/top/line.h"
#include "tools/top/rows.h"

static int by_thread(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	if (x->sum.process != y->sum.process)
		return x->sum.process > y->sum.process ? 1 : -1;
	return (x->sum.thread > y->sum.thread) - (x->sum.thread < y->sum.thread);
}

/* The row of a vCPU, or of a VM by thread 0; NULL: there is none. */
static const struct top_row *find(const struct top_row *all, size_t count, uint32_t process,
				  uint32_t thread)
{
	const struct top_row key = {.sum = {.process = process, .thread = thread}};

	return count == 0 ? NULL : bsearch(&key, all, count, sizeof(*all), by_thread);
}

const struct top_row *top_rows_vm(const struct top_rows *rows, uint32_t process)
{
	return find(rows->vms, rows->vm_count, process, 0);
}

/* Name the VM of the row, whose process is known. */
static void name_vm(struct top_row *row, char *name, const struct top_rows *before, int root)
{
	const struct top_row *old = before != NULL ? top_rows_vm(before, row->sum.process) : NULL;

	row->vm = name;
	if (old != NULL && old->vm[0] != '\0') {
		snprintf(name, TOP_TEXT, "%s", old->vm);
		row->vm_columns = old->vm_columns;
	} else {
		probe_vm_name(name, TOP_TEXT, root, row->sum.process);
		row->vm_columns = top_columns(name);
	}
}

static void number_vcpu(struct top_row *row, const struct top_rows *before, int root)
{
	const struct top_row *old = before != NULL ? find(before->vcpus, before->vcpu_count,
							  row->sum.process, row->sum.thread)
						   : NULL;

	if (old != NULL && old->numbered)
		row->number = old->number;
	row->numbered = (old != NULL && old->numbered) ||
			top_vcpu_number(&row->number, root, row->sum.process, row->sum.thread);
}

/* Add a vCPU to its VM. */
static void add(struct top_row *vm, const struct top_thread *thread)
{
	if (vm->vcpus == 0)
		vm->sum.cpu = thread->cpu;
	vm->many_cpus |= vm->sum.cpu != thread->cpu;
	vm->vcpus++;
	vm->sum.run_ns += thread->run_ns;
	vm->sum.stolen_ns += thread->stolen_ns;
	for (int i = 0; i < TOP_CAUSES; i++)
		vm->sum.by_cause[i] += thread->by_cause[i];
	vm->sum.unattributed += thread->unattributed;
}

static struct top_row *begin_vm(struct top_rows *rows, const struct top_thread *first,
				const struct top_choice *choice, const struct top_rows *before,
				int root)
{
	struct top_row *vm = &rows->vms[rows->vm_count];

	*vm = (struct top_row){.sum = {.process = first->process}, .threads = first};
	name_vm(vm, rows->names[rows->vm_count++], before, root);
	vm->chosen = top_choice_has(choice, first->process, vm->vm);
	return vm;
}

static void take_threads(struct top_rows *rows, const struct top_sample *sample,
			 const struct top_choice *choice, const struct top_rows *before, int root)
{
	struct top_row *vm = NULL;

	for (size_t i = 0; i < sample->count; i++) {
		const struct top_thread *thread = &sample->threads[i];

		if (vm == NULL || thread->process != vm->sum.process)
			vm = begin_vm(rows, thread, choice, before, root);
		struct top_row *row = &rows->vcpus[rows->vcpu_count++];
		*row = *vm;
		row->sum = *thread;
		row->threads = thread;
		row->vcpus = 1;
		row->many_cpus = false;
		number_vcpu(row, before, root);
		add(vm, thread);
	}
}

/* One more element than needed, so that an empty list is no NULL. */
bool top_rows_make(struct top_rows *rows, const struct top_sample *sample,
		   const struct top_choice *choice, const struct top_rows *before, int root)
{
	*rows = (struct top_rows){.interval_ns = sample->interval_ns, .root = root};
	rows->vms = calloc(sample->count + 1, sizeof(*rows->vms));
	rows->vcpus = calloc(sample->count + 1, sizeof(*rows->vcpus));
	rows->names = calloc(sample->count + 1, sizeof(*rows->names));
	if (rows->vms == NULL || rows->vcpus == NULL || rows->names == NULL) {
		top_rows_free(rows);
		return false;
	}
	take_threads(rows, sample, choice, before, root);
	return true;
}

void top_rows_free(struct top_rows *rows)
{
	free(rows->vms);
	free(rows->vcpus);
	free(rows->names);
	*rows = (struct top_rows){.vms = NULL};
}
