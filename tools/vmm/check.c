/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks what a host must support. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "include/pvtime/kvm.h"
#include "tools/vmm/state.h"
#include "tools/vmm/stats.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#ifdef __aarch64__
#define ARM64 true
#else
#define ARM64 false
#endif

static bool has_gicv3(int vm)
{
	struct kvm_create_device device = {.type = KVM_DEV_TYPE_ARM_VGIC_V3,
					   .flags = KVM_CREATE_DEVICE_TEST};

	return ioctl(vm, KVM_CREATE_DEVICE, &device) == 0;
}

static bool has_stats(int vm)
{
	struct vcpu_stats stats;
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0ul);
	bool good = vcpu >= 0 && stats_open(&stats, vcpu) == 0;

	if (good)
		stats_close(&stats);
	if (vcpu >= 0)
		close(vcpu);
	return good;
}

/* What a VM on this host lacks; NULL: nothing. */
static const char *missing(int vm, bool stolen_time)
{
	if (!has_gicv3(vm))
		return "it has no GICv3 for its guests; expected a host with a GICv3 of its own";
	if (!has_stats(vm))
		return "it does not show which vCPUs wait; expected Linux 5.17 or later";
	if (ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_NISV_TO_USER) <= 0 ||
	    ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_INJECT_EXT_DABT) <= 0)
		return "it cannot give a guest an abort; expected Linux 5.5 or later";
	if (stolen_time && pvtime_kvm_vm_supported(vm) == 0)
		return "it has no stolen time; expected a kernel with CONFIG_SCHED_INFO, or stolen_time = off in each VM";
	return NULL;
}

static const char *check(int kvm, bool stolen_time)
{
	int version = ioctl(kvm, KVM_GET_API_VERSION, NULL);

	if (version != KVM_API_VERSION)
		return "its API version is not 12";
	int vm = vm_new_fd(kvm);
	if (vm < 0)
		return strerror(errno);
	const char *what = missing(vm, stolen_time);
	close(vm);
	return what;
}

bool vmm_check(bool stolen_time, char *why, size_t room)
{
	if (!ARM64) {
		snprintf(why, room,
			 "this is not an arm64 machine; expected an arm64 host with KVM");
		return false;
	}
	if (access("/proc/self/schedstat", R_OK) != 0) {
		snprintf(why, room,
			 "/proc/self/schedstat: %s; expected a kernel with CONFIG_SCHED_INFO",
			 strerror(errno));
		return false;
	}
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0) {
		snprintf(
			why, room,
			"/dev/kvm: %s; expected an arm64 host with KVM, with a readable and writable /dev/kvm",
			strerror(errno));
		return false;
	}
	const char *what = check(kvm, stolen_time);
	close(kvm);
	if (what != NULL)
		snprintf(why, room, "/dev/kvm: %s", what);
	return what == NULL;
}

/* sched_setaffinity() fails if none of the CPUs is usable, so try it. */
bool vmm_check_pins(const struct vmm_lab *lab, char *why, size_t room)
{
	cpu_set_t before, pinned;
	bool good = true;

	if (sched_getaffinity(0, sizeof(before), &before) != 0) {
		snprintf(why, room, "the affinity of this process: %s; expected at most %d CPUs",
			 strerror(errno), CPU_SETSIZE);
		return false;
	}
	for (uint32_t i = 0; i < lab->vm_count && good; i++) {
		vmm_cpus(lab->vms[i].pin, &pinned);
		good = lab->vms[i].pin == 0 || sched_setaffinity(0, sizeof(pinned), &pinned) == 0;
		if (!good)
			snprintf(
				why, room,
				"[vm %s] pin: %s; expected a CPU that is online, and that this process may use",
				lab->vms[i].name,
				errno == EINVAL ? "names no CPU that this process may use"
						: strerror(errno));
	}
	sched_setaffinity(0, sizeof(before), &before);
	return good;
}

bool vmm_check_restore(const struct vmm_lab *lab, char *why, size_t room)
{
	struct state state;

	if (!state_open(&state, lab->restore, false, lab, why, room))
		return false;
	fclose(state.file);
	return true;
}
