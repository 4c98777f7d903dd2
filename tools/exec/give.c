/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls in the VMM that map the region, make its slot, and set the vCPUs' addresses. */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "libpvtime-kvm/uapi.h"
#include "tools/exec/give.h"
#include "tools/exec/inject.h"
#include "tools/exec/process.h"
#include "tools/report.h"

void exec_refuse(const char *what, int64_t error)
{
	const char *why =
		error == -EPROTO
			? "another thread of the VMM changed the system call, and the VMM is left alone"
		: error < 0 ? strerror((int)-error)
			    : "";

	report("exec: the guest gets no stolen time: %s%s%s", what, error < 0 ? ": " : "", why);
}

struct give {
	const struct exec_target *to;
	const struct exec_plan *plan;
	struct inject in;
	/* the region's address in the VMM; calls' arguments lie there until all calls are made */
	uint64_t memory;
	unsigned served;
	bool done;
	bool changed; /* another thread changed what the thread executes */
};

/* Make a system call in the VMM. Returns its result, or a negative errno. */
static int64_t call(struct give *g, uint64_t number, const uint64_t args[6])
{
	int64_t result = 0;
	int error = g->changed ? -EPROTO : inject_call(&g->in, number, args, &result);

	g->changed |= error == -EPROTO;
	return error != 0 ? error : result;
}

/* ioctl(fd, request, argument), with the argument copied to the VMM. */
static int64_t call_ioctl(struct give *g, int fd, uint64_t request, const void *argument,
			  size_t size)
{
	if (!process_write(g->to->tid, g->memory, argument, size))
		return -errno;
	return call(g, __NR_ioctl, (const uint64_t[6]){(uint64_t)fd, request, g->memory});
}

/* Make the region's slot, or with `there` false delete it. */
static int64_t set_slot(struct give *g, bool there)
{
	const struct kvm_userspace_memory_region slot = {
		.slot = g->plan->slot,
		.guest_phys_addr = g->plan->region.base,
		.memory_size = there ? g->plan->region.size : 0,
		.userspace_addr = g->memory,
	};

	return call_ioctl(g, exec_vm_fd(g->to->kvm, g->to->vm), KVM_SET_USER_MEMORY_REGION, &slot,
			  sizeof(slot));
}

static int64_t set_address(struct give *g, size_t index)
{
	struct {
		struct kvm_device_attr attr;
		uint64_t ipa;
	} argument = {
		.attr = {.group = KVM_ARM_VCPU_PVTIME_CTRL, .attr = KVM_ARM_VCPU_PVTIME_IPA},
		.ipa = pvtime_region_ipa(&g->plan->region, g->to->kvm->vcpus[index].id),
	};

	argument.attr.addr = g->memory + sizeof(argument.attr);
	return call_ioctl(g, exec_vcpu_fd(g->to->kvm, index), KVM_SET_DEVICE_ATTR, &argument,
			  sizeof(argument));
}

/* Set the address of vCPU 0 (`first`), or of all other vCPUs. */
static int64_t set_some(struct give *g, bool first)
{
	int64_t error = 0;

	for (size_t i = 0; i < g->to->kvm->vcpu_count && error >= 0; i++) {
		const struct exec_vcpu *vcpu = &g->to->kvm->vcpus[i];

		if (vcpu->vm != g->to->vm || (vcpu->id == 0) != first ||
		    exec_vcpu_fd(g->to->kvm, i) < 0)
			continue;
		error = set_address(g, i);
		g->served += error >= 0;
	}
	return error;
}

/*
 * vCPU 0 is served last, and only if all others have their addresses: a guest asks on vCPU 0
 * whether there is stolen time, and Linux then does not bring up a CPU that has none.
 */
static int64_t set_addresses(struct give *g)
{
	int64_t error = set_some(g, false);

	return error < 0 ? error : set_some(g, true);
}

static int64_t map_region(struct give *g)
{
	int64_t at =
		call(g, __NR_mmap,
		     (const uint64_t[6]){0, g->plan->region.size, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, UINT64_MAX, 0});

	if (at > 0)
		g->memory = (uint64_t)at;
	return at;
}

/* Zero the calls' arguments, so that no guest reads them as a counter. */
static bool clear_region(struct give *g)
{
	static const uint8_t zero[128];

	return process_write(g->to->tid, g->memory, zero, sizeof(zero));
}

static void unmap_region(struct give *g)
{
	call(g, __NR_munmap, (const uint64_t[6]){g->memory, g->plan->region.size});
}

/*
 * If no vCPU has an address, undo everything. If one has, the region stays, because KVM cannot
 * revoke an address.
 */
static void place(struct give *g)
{
	int64_t error = map_region(g);

	if (error < 0) {
		exec_refuse("mmap in the VMM", error);
		return;
	}
	error = set_slot(g, true);
	if (error < 0) {
		exec_refuse("KVM_SET_USER_MEMORY_REGION", error);
		unmap_region(g);
		return;
	}
	error = set_addresses(g);
	if (error < 0)
		exec_refuse("KVM_SET_DEVICE_ATTR", error);
	g->done = error >= 0;
	if (g->served == 0) {
		set_slot(g, false);
		unmap_region(g);
	} else if (!clear_region(g)) {
		report("exec: cannot zero the structures, so stolen time may not start at 0: %m");
	}
	if (g->served != 0)
		g->to->kvm->vms[g->to->vm].structures = g->memory;
}

bool exec_begin_at(pid_t tid, uint64_t structures, uint32_t id, uint64_t stolen)
{
	uint64_t waited, le;

	if (!process_waited(tid, &waited))
		return false;
	le = htole64(stolen - waited);
	return process_write(tid,
			     structures + PVTIME_STRUCT_SIZE * id +
				     offsetof(struct pvtime_stolen, stolen_ns),
			     &le, sizeof(le));
}

static bool begin(struct give *g)
{
	int error = inject_begin(&g->in, g->to->tid, g->to->filtered);

	if (error == -EPERM)
		exec_refuse(
			"a seccomp filter confines the VMM; suspending it (PTRACE_O_SUSPEND_SECCOMP) needs CAP_SYS_ADMIN and a pvtime without a filter of its own",
			0);
	else if (error != 0)
		exec_refuse("registers of the VMM", error);
	return error == 0;
}

bool exec_give(const struct exec_target *to, const struct exec_plan *plan, bool dry_run)
{
	struct give g = {.to = to, .plan = plan, .done = dry_run};

	/* A dry run finds out as well whether the calls could be made, but makes none. */
	if (!begin(&g))
		return false;
	if (!dry_run)
		place(&g);
	int error = inject_end(&g.in);
	if (error != 0 && error != -ESRCH)
		report("exec: registers of the VMM: %s", strerror(-error));
	return g.done;
}
