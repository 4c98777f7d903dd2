/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_INTERNAL_H
#define KVM_INTERNAL_H

/* What the files of libpvtime-kvm share. */
#include <stdbool.h>
#include <pvtime/abi.h>
#include <pvtime/kvm.h>

struct pvtime_kvm {
	int vm_fd;
	uint32_t slot;
	bool registered;		  /* the VM has the memory */
	bool log_dirty;			  /* KVM logs which of its pages are written */
	bool read_only;			  /* the guest cannot write to it */
	int memfd;			  /* NO_FD: memory and slot are the VMM's */
	struct pvtime_stolen *structures; /* structures[i] is vCPU i's */
	struct pvtime_range region;
	uint32_t vcpus;
	int vcpu_fd[]; /* NO_FD until the vCPU's address is set */
};

#define NO_FD (-1)

/*
 * attr.c: KVM_HAS_, KVM_SET_ or KVM_GET_DEVICE_ATTR of a vCPU's stolen-time group. `value` is the
 * buffer that KVM reads or writes.
 */
int pvtk_attr(int vcpu_fd, unsigned long request, uint64_t number, void *value);
int pvtk_get_ipa(int vcpu_fd, uint64_t *ipa);

/*
 * attr.c: the total that a mended KVM keeps, ns. What is read includes the wait of the vCPU's last
 * thread up to now; it is 0 before the first KVM_RUN, which takes the counter in the structure.
 * After a set, KVM charges nothing that was before the next KVM_RUN. -ENXIO: this KVM keeps no
 * total, or the vCPU has no address.
 */
int pvtk_get_total(int vcpu_fd, uint64_t *ns);
int pvtk_set_total(int vcpu_fd, uint64_t ns);

/*
 * bitmap.c: the VM's bitmap of hypervisor calls. -ENOENT: this KVM has no bitmap, and offers all
 * calls.
 */
int pvtk_get_bitmap(int vcpu_fd, uint64_t *bitmap);
int pvtk_set_bitmap(int vcpu_fd, uint64_t bitmap);
/* -ENXIO: the VM is denied stolen time. */
int pvtk_allowed(int vcpu_fd);
#define BITMAP_PV_TIME (1ull << KVM_REG_ARM_STD_HYP_BIT_PV_TIME)

/* vcpu.c: the counter of structure `index`, ns, as one 64-bit access each. */
uint64_t pvtk_load(const struct pvtime_kvm *k, uint32_t index);
void pvtk_store(struct pvtime_kvm *k, uint32_t index, uint64_t ns);

/* vcpu.c: the descriptor of the vCPU that has this index, or -EINVAL. */
int pvtk_vcpu_fd(const struct pvtime_kvm *k, uint32_t index);

#endif
