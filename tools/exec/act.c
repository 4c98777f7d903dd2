/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <pvtime/abi.h>
#include "kvm/uapi.h"
#include "tools/exec/act.h"
#include "tools/exec/fdt.h"
#include "tools/exec/inject.h"
#include "tools/exec/plan.h"
#include "tools/exec/process.h"
#include "tools/report.h"

struct act {
	const struct exec_job *job;
	const struct exec_kvm *kvm;
	pid_t tid;
	size_t vm;
	struct exec_plan plan;
	struct inject in;
	uint64_t memory; /* of the region, in the VMM; until all is set, arguments lie in it */
	unsigned vcpus, served;
	bool done;
};

static void refuse(const char *what, int64_t error)
{
	report("exec: the guest gets no stolen time: %s%s%s", what, error < 0 ? ": " : "",
	       error < 0 ? strerror((int)-error) : "");
}

/* A system call in the VMM. Returns its result, or a negative errno. */
static int64_t call(struct act *a, uint64_t number, const uint64_t args[6])
{
	int64_t result = 0;
	int error = inject_call(&a->in, number, args, &result);

	return error != 0 ? error : result;
}

/* ioctl(fd, request, argument), with the argument in the VMM. */
static int64_t call_ioctl(struct act *a, int fd, uint64_t request, const void *argument,
			  size_t size)
{
	if (!process_write(a->tid, a->memory, argument, size))
		return -errno;
	return call(a, __NR_ioctl, (const uint64_t[6]){(uint64_t)fd, request, a->memory});
}

/* The region's slot; without memory, that slot goes. */
static int64_t set_slot(struct act *a, bool there)
{
	const struct kvm_userspace_memory_region slot = {
		.slot = a->plan.slot,
		.guest_phys_addr = a->plan.region.base,
		.memory_size = there ? a->plan.region.size : 0,
		.userspace_addr = a->memory,
	};

	return call_ioctl(a, exec_vm_fd(a->kvm, a->vm), KVM_SET_USER_MEMORY_REGION, &slot,
			  sizeof(slot));
}

static int64_t set_address(struct act *a, size_t index)
{
	struct {
		struct kvm_device_attr attr;
		uint64_t ipa;
	} argument = {
		.attr = {.group = KVM_ARM_VCPU_PVTIME_CTRL, .attr = KVM_ARM_VCPU_PVTIME_IPA},
		.ipa = pvtime_region_ipa(&a->plan.region, a->kvm->vcpus[index].id),
	};

	argument.attr.addr = a->memory + sizeof(argument.attr);
	return call_ioctl(a, exec_vcpu_fd(a->kvm, index), KVM_SET_DEVICE_ATTR, &argument,
			  sizeof(argument));
}

/* Of those that are, or are not, vCPU 0. */
static int64_t set_some(struct act *a, bool first)
{
	int64_t error = 0;

	for (size_t i = 0; i < a->kvm->vcpu_count && error >= 0; i++) {
		const struct exec_vcpu *vcpu = &a->kvm->vcpus[i];

		if (vcpu->vm != a->vm || (vcpu->id == 0) != first || exec_vcpu_fd(a->kvm, i) < 0)
			continue;
		error = set_address(a, i);
		a->served += error >= 0;
	}
	return error;
}

/*
 * vCPU 0 is the last, and only if the others have theirs: there a guest asks whether there is stolen time, and Linux does
 * not bring up a CPU that then has none.
 */
static int64_t set_addresses(struct act *a)
{
	int64_t error = set_some(a, false);

	return error < 0 ? error : set_some(a, true);
}

static int64_t map_region(struct act *a)
{
	int64_t at =
		call(a, __NR_mmap,
		     (const uint64_t[6]){0, a->plan.region.size, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, UINT64_MAX, 0});

	if (at > 0)
		a->memory = (uint64_t)at;
	return at;
}

/* What was an argument must not be read as somebody's counter. */
static bool clear_region(struct act *a)
{
	static const uint8_t zero[128];

	return process_write(a->tid, a->memory, zero, sizeof(zero));
}

static void unmap_region(struct act *a)
{
	call(a, __NR_munmap, (const uint64_t[6]){a->memory, a->plan.region.size});
}

/* Nothing stays behind if no vCPU has an address in it; one that has, keeps it: KVM takes none back. */
static void place(struct act *a)
{
	int64_t error = map_region(a);

	if (error < 0) {
		refuse("mmap in the VMM", error);
		return;
	}
	error = set_slot(a, true);
	if (error < 0) {
		refuse("KVM_SET_USER_MEMORY_REGION", error);
		unmap_region(a);
		return;
	}
	error = set_addresses(a);
	if (error < 0)
		refuse("KVM_SET_DEVICE_ATTR", error);
	a->done = error >= 0;
	if (a->served == 0) {
		set_slot(a, false);
		unmap_region(a);
	} else if (!clear_region(a)) {
		report("exec: the first counters do not begin at 0: %m");
	}
}

static bool begin(struct act *a)
{
	int error = inject_begin(&a->in, a->tid);

	if (error == -EPERM)
		refuse("the VMM is confined by a seccomp filter, and to suspend it for a moment "
		       "(PTRACE_O_SUSPEND_SECCOMP) takes CAP_SYS_ADMIN and no filter of one's own",
		       0);
	else if (error != 0)
		refuse("registers of the VMM", error);
	return error == 0;
}

static void tell(const struct act *a, const char *verb)
{
	report("exec: %s stolen time to %u vCPU%s at IPA 0x%" PRIx64 ", memory slot %" PRIu32
	       ": %s",
	       verb, a->vcpus, a->vcpus == 1 ? "" : "s", a->plan.region.base, a->plan.slot,
	       a->plan.how);
}

static void give(struct act *a)
{
	bool dry = a->job->options->dry_run;

	/* What would fail at once is found out dry as well; no call is made for that. */
	if (!begin(a))
		return;
	if (!dry)
		place(a);
	int error = inject_end(&a->in);
	if (error != 0 && error != -ESRCH)
		report("exec: registers of the VMM: %s", strerror(-error));
	if (dry || (a->done && (a->plan.found || a->job->options->verbose)))
		tell(a, dry ? "would give" : "gives");
}

/* Where in the VMM the guest's memory at `ipa` is, for `size` bytes; 0: in no slot. */
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
	const struct exec_vm *vm = &a->kvm->vms[a->vm];
	uint64_t at = guest_memory(vm, ipa, EXEC_FDT_HEAD);
	uint8_t head[EXEC_FDT_HEAD], *fdt;

	if (at == 0 || !process_read(a->tid, at, head, sizeof(head)))
		return NULL;
	*size = exec_fdt_size(head);
	if (*size == 0 || guest_memory(vm, ipa, *size) == 0)
		return NULL;
	fdt = malloc(*size);
	if (fdt != NULL && !process_read(a->tid, at, fdt, *size)) {
		free(fdt);
		return NULL;
	}
	return fdt;
}

static const struct exec_vcpu *vcpu_0(const struct act *a)
{
	for (size_t i = 0; i < a->kvm->vcpu_count; i++)
		if (a->kvm->vcpus[i].vm == a->vm && a->kvm->vcpus[i].id == 0)
			return &a->kvm->vcpus[i];
	return NULL;
}

/* What the FDT names; false: there is none that can be read. */
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
		.kvm = a->kvm,
		.vm = a->vm,
		.ipa_given = a->job->options->ipa_given,
		.ipa = a->job->options->ipa,
		.map = process_map(a->tid),
		.slots = a->job->slots,
	};

	known.fdt = read_named(a, &named);
	known.named = named.list;
	known.named_count = known.fdt ? named.count : 0;
	enum exec_place place = exec_plan(&known, &a->plan);
	free(named.list);
	return place;
}

/* Whether the files are still what they were; and count the vCPUs. */
static bool files_are_right(struct act *a)
{
	int fd = exec_vm_fd(a->kvm, a->vm);
	bool right = fd >= 0 && process_file_is(a->tid, fd, "anon_inode:kvm-vm");

	for (size_t i = 0; i < a->kvm->vcpu_count; i++) {
		if (a->kvm->vcpus[i].vm != a->vm)
			continue;
		fd = exec_vcpu_fd(a->kvm, i);
		right = right && (fd < 0 || process_file_is(a->tid, fd, "anon_inode:kvm-vcpu"));
		a->vcpus += fd >= 0;
	}
	return right;
}

/* Whether the VMM has seen to it itself, one way or the other. */
static bool is_settled(const struct act *a)
{
	const char *what = NULL;

	if (a->kvm->vms[a->vm].denied)
		what = "takes the calls for stolen time from its guest "
		       "(KVM_REG_ARM_STD_HYP_BMAP)";
	for (size_t i = 0; i < a->kvm->vcpu_count; i++)
		if (a->kvm->vcpus[i].vm == a->vm && a->kvm->vcpus[i].given)
			what = "gives its guest stolen time itself";
	if (what != NULL)
		report("exec: the VMM %s, and is left alone", what);
	return what != NULL;
}

bool exec_act(const struct exec_job *job, pid_t tid, const struct exec_kvm *kvm, size_t index)
{
	struct act a = {.job = job, .kvm = kvm, .tid = tid, .vm = kvm->vcpus[index].vm};

	if (is_settled(&a))
		return true;
	if (!files_are_right(&a)) {
		refuse("the VMM's files of its VM and vCPUs cannot be told from each other", 0);
		return true;
	}
	switch (find_place(&a)) {
	case EXEC_PLACED:
		give(&a);
		return true;
	case EXEC_UNKNOWN:
		if (kvm->vcpus[index].off && vcpu_0(&a) != NULL)
			return false;
		break;
	case EXEC_UNPLACED:
		break;
	}
	refuse(a.plan.how, 0);
	return true;
}
