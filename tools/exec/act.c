/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include "tools/exec/act.h"
#include "tools/exec/fdt.h"
#include "tools/exec/give.h"
#include "tools/exec/plan.h"
#include "tools/exec/process.h"
#include "tools/report.h"

struct act {
	const struct exec_job *job;
	struct exec_target to;
	struct exec_plan plan;
	unsigned vcpus;
};

static void tell(const struct act *a, const char *verb)
{
	report("exec: %s stolen time to %u vCPU%s at IPA 0x%jx, memory slot %u: %s", verb, a->vcpus,
	       a->vcpus == 1 ? "" : "s", (uintmax_t)a->plan.region.base, a->plan.slot, a->plan.how);
}

/*
 * Whether the guest was restored: a new guest starts with its MMU off, a restored one continues
 * with it on.
 */
static bool has_run(const struct act *a)
{
	for (size_t i = 0; i < a->to.kvm->vcpu_count; i++)
		if (a->to.kvm->vcpus[i].vm == a->to.vm && a->to.kvm->vcpus[i].ran)
			return true;
	return false;
}

static void give(const struct act *a)
{
	bool dry = a->job->options->dry_run;

	if (exec_give(&a->to, &a->plan, dry) && (dry || a->plan.found || a->job->options->verbose))
		tell(a, dry ? "would give" : "gives");
	if (has_run(a) && a->job->options->stolen_count == 0)
		report("exec: the guest has run before: if it had stolen time there, that restarts at 0 here; --stolen NS[,NS...] continues it");
}

/* The address in the VMM of `size` bytes of guest memory at `ipa`; 0: no slot has all of them. */
static uint64_t guest_memory(const struct exec_vm *vm, uint64_t ipa, uint64_t size)
{
	for (size_t i = 0; i < vm->slot_count; i++) {
		const struct exec_slot *slot = &vm->slots[i];

		if (ipa >= slot->range.base && ipa - slot->range.base < slot->range.size &&
		    size <= slot->range.size - (ipa - slot->range.base))
			return slot->memory + (ipa - slot->range.base);
	}
	return 0;
}

/* The FDT at `ipa`, malloc()ed, or NULL. */
static uint8_t *read_fdt(const struct act *a, uint64_t ipa, size_t *size)
{
	const struct exec_vm *vm = &a->to.kvm->vms[a->to.vm];
	uint64_t at = guest_memory(vm, ipa, EXEC_FDT_HEAD);
	uint8_t head[EXEC_FDT_HEAD], *fdt;

	if (at == 0 || !process_read(a->to.tid, at, head, sizeof(head)))
		return NULL;
	*size = exec_fdt_size(head);
	if (*size == 0 || guest_memory(vm, ipa, *size) == 0)
		return NULL;
	fdt = malloc(*size);
	if (fdt != NULL && !process_read(a->to.tid, at, fdt, *size)) {
		free(fdt);
		return NULL;
	}
	return fdt;
}

static const struct exec_vcpu *vcpu_0(const struct act *a)
{
	for (size_t i = 0; i < a->to.kvm->vcpu_count; i++)
		if (a->to.kvm->vcpus[i].vm == a->to.vm && a->to.kvm->vcpus[i].id == 0)
			return &a->to.kvm->vcpus[i];
	return NULL;
}

/* Read the ranges that the guest's FDT names; false: it has no FDT that can be read. */
static bool read_named(const struct act *a, struct exec_ranges *named)
{
	const struct exec_vcpu *first = vcpu_0(a);
	size_t size = 0;
	uint8_t *fdt = first != NULL ? read_fdt(a, first->x0, &size) : NULL;

	if (fdt == NULL)
		return false;
	const char *wrong = exec_fdt_ranges(fdt, size, named);
	if (wrong != NULL)
		report("exec: the guest's FDT: %s", wrong);
	free(fdt);
	return wrong == NULL;
}

static enum exec_place find_place(struct act *a)
{
	struct exec_ranges named = {.list = NULL};
	struct exec_known known = {
		.kvm = a->to.kvm,
		.vm = a->to.vm,
		.ipa_given = a->job->options->ipa_given,
		.ipa = a->job->options->ipa,
		.map = process_map(a->to.tid),
		.slots = a->job->slots,
	};

	known.fdt = read_named(a, &named);
	known.named = named.list;
	known.named_count = known.fdt ? named.count : 0;
	enum exec_place place = exec_plan(&known, &a->plan);
	free(named.list);
	return place;
}

/* Whether the descriptors still are the VM's and its vCPUs'. Counts the vCPUs. */
static bool files_are_right(struct act *a)
{
	int fd = exec_vm_fd(a->to.kvm, a->to.vm);
	bool right = fd >= 0 && process_file_is(a->to.tid, fd, "anon_inode:kvm-vm");

	for (size_t i = 0; i < a->to.kvm->vcpu_count; i++) {
		if (a->to.kvm->vcpus[i].vm != a->to.vm)
			continue;
		fd = exec_vcpu_fd(a->to.kvm, i);
		right = right && (fd < 0 || process_file_is(a->to.tid, fd, "anon_inode:kvm-vcpu"));
		a->vcpus += fd >= 0;
	}
	return right;
}

/* Whether the VMM itself gives its guest stolen time, or denies it. */
static bool is_settled(const struct act *a)
{
	const char *what = NULL;

	if (a->to.kvm->vms[a->to.vm].denied)
		what = "denies its guest the calls for stolen time (KVM_REG_ARM_STD_HYP_BMAP)";
	for (size_t i = 0; i < a->to.kvm->vcpu_count; i++)
		if (a->to.kvm->vcpus[i].vm == a->to.vm && a->to.kvm->vcpus[i].given)
			what = "gives its guest stolen time itself";
	if (what != NULL)
		report("exec: the VMM %s; pvtime changes nothing", what);
	return what != NULL;
}

/* Whether --stolen, if given, has a number for each vCPU. */
static bool has_numbers(const struct act *a)
{
	size_t count = a->job->options->stolen_count;

	for (size_t i = 0; i < a->to.kvm->vcpu_count && count != 0; i++)
		if (a->to.kvm->vcpus[i].vm == a->to.vm && a->to.kvm->vcpus[i].id >= count) {
			report("exec: the guest gets no stolen time: --stolen has %zu number%s, and the VM a vCPU %u; expected one for each",
			       count, count == 1 ? "" : "s", a->to.kvm->vcpus[i].id);
			return false;
		}
	return true;
}

void exec_begin(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index)
{
	struct exec_vcpu *vcpu = &kvm->vcpus[index];
	uint64_t structures = kvm->vms[vcpu->vm].structures;

	if (!vcpu->begun && structures != 0 && vcpu->id < job->options->stolen_count &&
	    !exec_begin_at(tid, structures, vcpu->id, job->options->stolen[vcpu->id]))
		report("exec: the stolen time of vCPU %u cannot be made to continue from --stolen: %m",
		       vcpu->id);
	vcpu->begun = true;
}

bool exec_act(const struct exec_job *job, pid_t tid, struct exec_kvm *kvm, size_t index)
{
	struct act a = {.job = job, .to = {tid, kvm, kvm->vcpus[index].vm, job->filtered}};

	if (is_settled(&a))
		return true;
	if (!files_are_right(&a)) {
		exec_refuse("the VMM's file descriptors of its VM and vCPUs cannot be told apart",
			    0);
		return true;
	}
	switch (find_place(&a)) {
	case EXEC_PLACED:
		if (has_numbers(&a))
			give(&a);
		return true;
	case EXEC_UNKNOWN:
		if (kvm->vcpus[index].off && vcpu_0(&a) != NULL)
			return false;
		break;
	case EXEC_UNPLACED:
		break;
	}
	exec_refuse(a.plan.how, 0);
	return true;
}
