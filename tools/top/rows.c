/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "tools/top/guest.h"
#include "tools/top/line.h"
#include "tools/top/part.h"
#include "tools/top/rows.h"

/* Add a vCPU to its VM. */
static void add(struct top_row *vm, const struct top_thread *thread)
{
	if (vm->vcpus == 0)
		vm->sum.cpu = thread->cpu;
	vm->many_cpus |= vm->sum.cpu != thread->cpu;
	vm->vcpus++;
	vm->sum.run_ns += thread->run_ns;
	vm->sum.stolen_ns += thread->stolen_ns;
	vm->sum.interrupts_ns += thread->interrupts_ns;
	for (int i = 0; i < TOP_CAUSES; i++)
		vm->sum.by_cause[i] += thread->by_cause[i];
	vm->sum.unattributed += thread->unattributed;
}

/* Returns how many; none if the causes are not known. */
static size_t take_shares(struct top_rows *rows, const struct top_thread *thread)
{
	size_t count = rows->unknown == NULL ? thread->thief_count : 0;

	for (size_t i = 0; i < count; i++)
		rows->shares[rows->share_count++] = (struct top_share){&thread->thieves[i], thread};
	return count;
}

static struct top_row *begin_vm(struct top_rows *rows, size_t first,
				const struct top_choice *choice)
{
	struct top_row *vm = &rows->vms[rows->vm_count++];
	const struct top_thread *thread = &rows->sample.threads[first];

	*vm = (struct top_row){.kind = TOP_ROW_VM, .name = thread->vm};
	vm->shares = &rows->shares[rows->share_count];
	vm->sum.process = thread->process;
	vm->sum.guest = top_guest_of_vm(&rows->sample, first);
	vm->name_columns = top_columns(vm->name);
	vm->chosen = top_choice_has(choice, thread->process, vm->name);
	return vm;
}

/* Both the VMs and the quotas are in the order of their processes. */
static void take_throttled(struct top_rows *rows)
{
	const struct top_sample *sample = &rows->sample;
	size_t at = 0;

	for (size_t i = 0; i < rows->vm_count; i++) {
		struct top_row *vm = &rows->vms[i];

		while (at < sample->throttled_count &&
		       sample->throttled[at].process < vm->sum.process)
			at++;
		vm->throttled = &sample->throttled[at];
		while (at < sample->throttled_count &&
		       sample->throttled[at].process == vm->sum.process) {
			vm->throttled_count++;
			at++;
		}
		if (vm->throttled_count > 0)
			vm->sum.by_cause[TOP_QUOTA] = vm->throttled->ns;
	}
}

static void take_threads(struct top_rows *rows, const struct top_choice *choice)
{
	struct top_row *vm = NULL;

	for (size_t i = 0; i < rows->sample.count; i++) {
		const struct top_thread *thread = &rows->sample.threads[i];

		if (vm == NULL || thread->process != vm->sum.process)
			vm = begin_vm(rows, i, choice);
		struct top_row *row = &rows->vcpus[rows->vcpu_count++];
		*row = *vm;
		row->kind = TOP_ROW_VCPU;
		row->sum = *thread;
		row->vcpus = 1;
		row->many_cpus = false;
		row->shares = &rows->shares[rows->share_count];
		row->share_count = take_shares(rows, thread);
		vm->share_count += row->share_count;
		add(vm, thread);
	}
}

/* There is room for one element more, as malloc() may return NULL for an empty array. */
bool top_rows_make(struct top_rows *rows, const struct top_sample *sample,
		   const struct top_choice *choice, struct top_cgroups *cgroups)
{
	*rows = (struct top_rows){
		.interval_ns = sample->interval_ns,
		.unknown = sample->unknown,
		.sample = *sample,
		.cgroups = cgroups,
	};
	/* clang's analyzer does not see that begin_vm() writes each: hence calloc(). */
	rows->vms = calloc(sample->count + 1, sizeof(*rows->vms));
	rows->vcpus = malloc((sample->count + 1) * sizeof(*rows->vcpus));
	rows->shares = malloc((sample->thief_count + 1) * sizeof(*rows->shares));
	if (rows->vms == NULL || rows->vcpus == NULL || rows->shares == NULL) {
		top_rows_free(rows);
		return false;
	}
	take_threads(rows, choice);
	if (rows->unknown != NULL)
		take_throttled(rows);
	return true;
}

void top_rows_free(struct top_rows *rows)
{
	free(rows->vms);
	free(rows->vcpus);
	free(rows->shares);
	top_parts_free(rows->parts);
	*rows = (struct top_rows){.vms = NULL};
}
