/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLES_VMM_H
#define EXAMPLES_VMM_H

#include <stddef.h>
#include <stdint.h>
#include <pvtime/kvm.h>

#define VMM_VCPUS 4u

/* The part of the VMM's struct vm that stolen time needs. */
struct vm {
	int fd;			   /* KVM_CREATE_VM */
	int vcpu_fd[VMM_VCPUS];	   /* KVM_CREATE_VCPU */
	uint32_t vcpus;		   /* includes vCPUs that may be plugged in later */
	struct pvtime_kvm *stolen; /* added; NULL: the VM has no stolen time */
};

/* The functions that return int return 0 or a negative errno. */
int stolen_create(struct vm *vm, const struct pvtime_range *used, size_t n);
int stolen_vcpu(struct vm *vm, uint32_t index);
int stolen_deny(struct vm *vm);
void stolen_reset(struct vm *vm);
int stolen_save_vcpu(struct vm *vm, uint32_t index);
int stolen_save(const struct vm *vm, void *blob, size_t size);
int stolen_restore(struct vm *vm, const void *blob, size_t size, const struct pvtime_range *used,
		   size_t n);
int stolen_restore_vcpu(struct vm *vm, uint32_t index);
int stolen_destroy(struct vm *vm);

#endif
