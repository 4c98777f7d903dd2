/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a VMM on Linux KVM adopts libpvtime-kvm. It needs nothing but the installed headers, the
 * library, and the VMM's own descriptors. docs/porting.md shows the parts between marks.
 */
#include <errno.h>
#include <signal.h>
#include "examples/vmm.h"

/* port: begin */
#define SLOT_STOLEN 1u	    /* a memory slot that the VMM does not use otherwise */
#define SIGNAL_KICK SIGUSR1 /* the signal by which the VMM makes a vCPU leave KVM_RUN */

/* After RAM and devices have their places, listed in `used`. On an error, call stolen_destroy(). */
int stolen_create(struct vm *vm, const struct pvtime_range *used, size_t n)
{
	struct pvtime_range region;
	int err = pvtime_kvm_vm_supported(vm->fd);

	vm->stolen = NULL;
	if (err <= 0)
		return err; /* 0: the kernel has no stolen time, and the VM runs without */
	err = pvtime_kvm_find(&region, 0, vm->vcpus, used, n, 0);
	if (!err)
		err = pvtime_kvm_create(&vm->stolen, vm->fd, SLOT_STOLEN, &region, vm->vcpus);
	if (!err)
		err = pvtime_kvm_register(vm->stolen);
	return err;
}

/* For each vCPU, after its KVM_ARM_VCPU_INIT and before its first KVM_RUN. */
int stolen_vcpu(struct vm *vm, uint32_t index)
{
	return vm->stolen ? pvtime_kvm_vcpu_set(vm->stolen, index, vm->vcpu_fd[index]) : 0;
}
/* port: end */

/* For a VM that must not have stolen time, instead of both, before any vCPU runs. */
int stolen_deny(struct vm *vm)
{
	int err = pvtime_kvm_deny(vm->vcpu_fd[0]);

	return err == -ENOENT ? 0 : err; /* before Linux 5.19, leave the vCPUs without an address */
}

/* When the VM is reset, with every vCPU out of KVM_RUN. */
void stolen_reset(struct vm *vm)
{
	if (vm->stolen)
		pvtime_kvm_reset(vm->stolen);
}

/* When the VM ends, before its descriptor is closed. */
int stolen_destroy(struct vm *vm)
{
	int err = pvtime_kvm_destroy(vm->stolen);

	if (!err)
		vm->stolen = NULL;
	return err;
}

/* port: begin */
/* For each vCPU, on its thread, out of KVM_RUN: KVM publishes what it has counted until now. */
int stolen_save_vcpu(struct vm *vm, uint32_t index)
{
	return pvtime_kvm_vcpu_publish(vm->stolen, index, SIGNAL_KICK);
}
/* port: end */

/* After stolen_save_vcpu(). `size` is at least pvtime_kvm_snapshot_size(vm->stolen). */
int stolen_save(const struct vm *vm, void *blob, size_t size)
{
	return pvtime_kvm_save(vm->stolen, blob, size);
}

/* port: begin */
/*
 * Instead of stolen_create() and stolen_vcpu(). Every vCPU is initialised, and none has run. The
 * blob is not trusted: its region must have room in the VMM's own map.
 */
int stolen_restore(struct vm *vm, const void *blob, size_t size, const struct pvtime_range *used,
		   size_t n)
{
	struct pvtime_range region;
	uint32_t vcpus;
	int err = pvtime_kvm_snapshot_region(blob, size, used, n, 0, &region, &vcpus);

	vm->stolen = NULL;
	if (!err)
		err = pvtime_kvm_create(&vm->stolen, vm->fd, SLOT_STOLEN, &region, vcpus);
	if (!err)
		err = pvtime_kvm_register(vm->stolen);
	if (!err)
		err = pvtime_kvm_restore(vm->stolen, vm->vcpu_fd[0], blob, size);
	for (uint32_t i = 0; !err && i < vm->vcpus; i++)
		err = pvtime_kvm_vcpu_set(vm->stolen, i, vm->vcpu_fd[i]);
	return err;
}

/* Then for each vCPU, on its new thread, as the last thing before its first KVM_RUN. */
int stolen_restore_vcpu(struct vm *vm, uint32_t index)
{
	return pvtime_kvm_vcpu_rebase(vm->stolen, index, SIGNAL_KICK);
}
/* port: end */
