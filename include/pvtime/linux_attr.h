/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_LINUX_ATTR_H
#define PVTIME_LINUX_ATTR_H

/*
 * The vCPU attribute with the semantics of Linux (R-10; KVM_ARM_VCPU_PVTIME_IPA): user space sets
 * the IPA of each vCPU's structure, and gets Linux's errors in Linux's order. It is for hypervisors
 * that offer this interface. Any other calls pvtime_set_ipa().
 *
 * All three functions return PVTIME_OK or one of enum pvtime_error.
 */
#include <pvtime/region.h>
#include <pvtime/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an address is checked against. */
struct pvtime_vm {
	const struct pvtime_range *memory; /* guest memory, as IPA ranges, the region included */
	size_t n_memory;
	/* the views of the VM's vCPUs; the vCPU itself and NULLs may be among them */
	const struct pvtime_view *const *views;
	size_t n_views;
};

/* PVTIME_ENXIO if stolen time is off for this vCPU. Needs no lock. */
int pvtime_attr_has(const struct pvtime_view *view);

/*
 * PVTIME_ENXIO; PVTIME_EFAULT if base is NULL. *base is PVTIME_IPA_NONE if no address is set. Needs
 * no lock.
 */
int pvtime_attr_get(const struct pvtime_view *view, uint64_t *base);

/*
 * base: points at the caller's copy of the value from user space; it is NULL if the caller could
 * not read that value. In this order: PVTIME_ENXIO; PVTIME_EFAULT (NULL); PVTIME_EINVAL (not
 * 64-byte aligned); PVTIME_EEXIST (an address is set already); PVTIME_EINVAL (the 64 bytes are not
 * inside one range of guest memory, or overlap another vCPU's, R-31). Only success changes the
 * view.
 *
 * Besides the view's own lock, the caller must hold the lock that keeps the VM's memory map from
 * changing, and must exclude pvtime_attr_set() of the VM's other vCPUs, whose addresses it reads.
 */
int pvtime_attr_set(struct pvtime_view *view, const uint64_t *base, const struct pvtime_vm *vm);

#ifdef __cplusplus
}
#endif

#endif
