/* SPDX-License-Identifier: BSD-2-Clause */
/* One vCPU: its address, and its counter in the structure there. */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"
#include "lib/order.h"

int pvtk_vcpu_fd(const struct pvtime_kvm *k, uint32_t index)
{
	return index < k->vcpus && k->vcpu_fd[index] != NO_FD ? k->vcpu_fd[index] : -EINVAL;
}

/*
 * The error for an index that another vCPU has: the first in the order of R-10, in which R-31 comes
 * last.
 */
static int overlap(int vcpu_fd)
{
	uint64_t ipa;
	int err = pvtk_get_ipa(vcpu_fd, &ipa);

	if (err)
		return err;
	return ipa != PVTIME_KVM_IPA_NONE ? -EEXIST : -EINVAL;
}

int pvtime_kvm_vcpu_set(struct pvtime_kvm *k, uint32_t index, int vcpu_fd)
{
	if (index >= k->vcpus)
		return -EINVAL;
	int err = pvtk_allowed(vcpu_fd);
	if (err)
		return err;
	if (k->vcpu_fd[index] != NO_FD && k->vcpu_fd[index] != vcpu_fd)
		return overlap(vcpu_fd);
	uint64_t ipa = pvtime_region_ipa(&k->region, index);
	err = pvtk_attr(vcpu_fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_IPA, &ipa);
	if (!err)
		k->vcpu_fd[index] = vcpu_fd;
	return err;
}

int pvtime_kvm_vcpu_ipa(const struct pvtime_kvm *k, uint32_t index, uint64_t *ipa)
{
	int fd = pvtk_vcpu_fd(k, index);

	return fd < 0 ? fd : pvtk_get_ipa(fd, ipa);
}

int pvtime_kvm_vcpu_check(const struct pvtime_kvm *k, uint32_t index)
{
	uint64_t ipa;
	int err = pvtime_kvm_vcpu_ipa(k, index, &ipa);

	if (err)
		return err;
	return ipa == pvtime_region_ipa(&k->region, index) ? 0 : -ESTALE;
}

uint64_t pvtk_load(const struct pvtime_kvm *k, uint32_t index)
{
	return le64(__atomic_load_n(&k->structures[index].stolen_ns, __ATOMIC_ACQUIRE));
}

void pvtk_store(struct pvtime_kvm *k, uint32_t index, uint64_t ns)
{
	__atomic_store_n(&k->structures[index].stolen_ns, le64(ns), __ATOMIC_RELEASE);
}

int pvtime_kvm_vcpu_stolen_ns(const struct pvtime_kvm *k, uint32_t index, uint64_t *ns)
{
	if (index >= k->vcpus)
		return -EINVAL;
	*ns = pvtk_load(k, index);
	return 0;
}

/* A descriptor that now belongs to another VM's vCPU is left alone. */
void pvtime_kvm_reset(struct pvtime_kvm *k)
{
	for (uint32_t i = 0; i < k->vcpus; i++) {
		if (pvtime_kvm_vcpu_check(k, i) == 0)
			pvtk_set_total(k->vcpu_fd[i], 0);
		pvtk_store(k, i, 0);
	}
}
