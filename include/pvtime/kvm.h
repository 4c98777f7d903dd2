/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_KVM_H
#define PVTIME_KVM_H

/*
 * libpvtime-kvm: stolen time for the arm64 guests of a VMM on Linux KVM. The kernel counts and
 * publishes; this is what is left to user space: a place in guest memory, the memory itself, each
 * vCPU's address, save and restore.
 *
 * A new VM, on any thread:
 *
 *	pvtime_kvm_vm_supported(vm);
 *	pvtime_kvm_find(&region, from, possible_vcpus, used, n_used, ipa_bits);
 *	pvtime_kvm_create(&k, vm, slot, &region, possible_vcpus);
 *	pvtime_kvm_register(k);
 *	for each vCPU, after KVM_ARM_VCPU_INIT: pvtime_kvm_vcpu_set(k, i, vcpu);
 *
 * The guest's FDT or ACPI tables must not call the region RAM. Save, with every vCPU out of
 * KVM_RUN:
 *
 *	for each vCPU, on its thread: pvtime_kvm_vcpu_publish(k, i, signal);
 *	pvtime_kvm_save(k, blob, size);
 *
 * and restore, in this process or another, after create and register where
 * pvtime_kvm_snapshot_region() says:
 *
 *	pvtime_kvm_restore(k, vcpu, blob, size);
 *	for each vCPU: pvtime_kvm_vcpu_set(k, i, vcpu);
 *	for each vCPU, on its thread, all its other state restored: pvtime_kvm_vcpu_rebase(k, i,
 *	signal); when all have done that: KVM_RUN.
 *
 * Errors are negative errno. What the system says is passed on; where it can be read in more than
 * one way, the function's comment gives the cause in the kernel. A function that fails has changed
 * nothing but what its comment says, and may be called again.
 *
 * Threads: there is no state but in *k and the kernel. Functions named pvtime_kvm_vcpu_ may be
 * called for different vCPUs at the same time. All others that take k need that nobody else is in a
 * function with the same k.
 *
 * Of region.h, the type struct pvtime_range is used here; its functions are in libpvtime.
 */
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stolen time of one VM. */
struct pvtime_kvm;

/*
 * Does the kernel offer it to this VM (KVM_CAP_STEAL_TIME; the descriptor of /dev/kvm will do as
 * well)? 1: yes. 0: no, as it was built without the scheduler's accounting of run_delay
 * (CONFIG_SCHEDSTATS; or CONFIG_TASK_DELAY_ACCT, and that switched on), as the VM is a protected
 * one, or as it is no arm64. The first kernels with stolen time, from Linux 5.5 on, lack the
 * capability: there pvtime_kvm_vcpu_supported() decides.
 */
int pvtime_kvm_vm_supported(int vm_fd);

/*
 * Does the kernel offer it to this vCPU (KVM_HAS_DEVICE_ATTR of its attribute)? 1: yes; 0: no, for
 * the same reasons.
 */
int pvtime_kvm_vcpu_supported(int vcpu_fd);

/*
 * A place for the structures of `vcpus` vCPUs, those included that may be plugged in later: 64 KiB
 * granules of its own.
 *
 * find: the lowest place at or above `from`. place: at `base`, if that is possible.
 * used, n: all else in the guest's address space: memory slots, MMIO, GIC, PCI windows; in any
 * order. ipa_bits: of the VM, as in KVM_CREATE_VM's type; 0, KVM's default, is 40.
 *
 * -EINVAL: no vCPU, a base not aligned to 64 KiB, or ipa_bits neither 0 nor 32 to 52. -EBUSY: base
 * shares a granule with one of `used`. -ENOSPC: no room below the end of the address space. *region
 * is set by success only.
 */
int pvtime_kvm_find(struct pvtime_range *region, uint64_t from, uint32_t vcpus,
		    const struct pvtime_range *used, size_t n, unsigned ipa_bits);
int pvtime_kvm_place(struct pvtime_range *region, uint64_t base, uint32_t vcpus,
		     const struct pvtime_range *used, size_t n, unsigned ipa_bits);

/*
 * Memory for the region: a memfd that can neither shrink nor grow, all its pages allocated, mapped
 * into this process. All structures are zero: revision 0, attributes 0, nothing stolen. The VM does
 * not have it yet.
 *
 * slot: a number for KVM_SET_USER_MEMORY_REGION that nobody else uses, below what
 * KVM_CAP_NR_MEMSLOTS says.
 *
 * -EINVAL: the region is none that pvtime_kvm_find() would plan for so many vCPUs. -ENOMEM,
 * -ENOSPC, -EMFILE, -ENFILE: memory or descriptors are short.
 */
int pvtime_kvm_create(struct pvtime_kvm **out, int vm_fd, uint32_t slot,
		      const struct pvtime_range *region, uint32_t vcpus);

/*
 * Give the memory to the VM, in its slot; and take it away. Neither does anything where that is so
 * already.
 *
 * -EEXIST: another slot has some of the region. -EINVAL: the slot's number is too large, or in use.
 * -EFAULT: the region is beyond the VM's address space. -ENOMEM.
 *
 * While the memory is away KVM publishes nothing, and goes on counting: the first publish after
 * that has it all.
 */
int pvtime_kvm_register(struct pvtime_kvm *k);
int pvtime_kvm_unregister(struct pvtime_kvm *k);

/*
 * Unregister, if need be, and release everything; k is gone. Call it before the VM's descriptor is
 * closed. NULL is allowed. If it fails, as KVM does not take the slot away, all is still there:
 * memory that a VM can reach must not be unmapped, since something else of this process may then
 * come to lie there.
 */
int pvtime_kvm_destroy(struct pvtime_kvm *k);

/*
 * Set the address of vCPU `index`, which is below the number that the region was planned for.
 * vcpu_fd stays open as long as k is used. It may be done at any time before the vCPU's first
 * KVM_RUN, also while other vCPUs run. Checked in the order of R-10, and only success changes
 * anything:
 *
 * -ENOEXEC	the vCPU is not initialised (KVM_ARM_VCPU_INIT)
 * -ENXIO	no stolen time in this kernel; or denied to this VM (pvtime_kvm_deny(), R-32)
 * -EEXIST	the vCPU has an address already
 * -EINVAL the region is not registered; or another vCPU has this index (R-31: KVM itself does not
 * look)
 *
 * and -EINVAL before all of them for an index too large. The kernel's -EFAULT, where it cannot read
 * the address, and its -EINVAL for one that is not aligned to 64 bytes, do not come up here.
 */
int pvtime_kvm_vcpu_set(struct pvtime_kvm *k, uint32_t index, int vcpu_fd);

/*
 * What KVM says that this vCPU's address is: PVTIME_KVM_IPA_NONE where there is none. -EINVAL: no
 * such index, or pvtime_kvm_vcpu_set() has not succeeded for it.
 */
#define PVTIME_KVM_IPA_NONE UINT64_MAX
int pvtime_kvm_vcpu_ipa(const struct pvtime_kvm *k, uint32_t index, uint64_t *ipa);

/*
 * Is it the one that was set? -ESTALE: no, the descriptor is another vCPU's by now. Others: as
 * pvtime_kvm_vcpu_ipa().
 */
int pvtime_kvm_vcpu_check(const struct pvtime_kvm *k, uint32_t index);

/*
 * What was stolen from the vCPU, in ns, as its guest reads it: KVM's last publish, by one 64-bit
 * load. The guest can write it, and KVM makes it 0 whenever the guest calls PV_TIME_ST, as
 * Linux does each time a CPU comes online. -EINVAL: no such index.
 */
int pvtime_kvm_vcpu_stolen_ns(const struct pvtime_kvm *k, uint32_t index, uint64_t *ns);

/* The VM is reset: all counters to 0. Every vCPU is out of KVM_RUN. */
void pvtime_kvm_reset(struct pvtime_kvm *k);

/*
 * Deny stolen time to the VM of this vCPU, before any vCPU of it runs: the PV-time bit of
 * KVM_REG_ARM_STD_HYP_BMAP is cleared, so that every step of discovery says no. A VM
 * whose vCPUs merely have no address is still told by SMCCC_ARCH_FEATURES that there is something.
 * The register's other bits stay.
 *
 * -ENOENT: KVM has no such register, as before Linux 5.19, and nothing can be done about that step.
 * -EBUSY: the VM has run. -ENOEXEC: the vCPU is not initialised.
 */
int pvtime_kvm_deny(int vcpu_fd);

/*
 * Have KVM publish what the calling thread has waited up to now, by a KVM_RUN of the vCPU in which
 * it is stopped (KVM_SET_MP_STATE) and executes nothing. A saved counter otherwise lacks what the
 * thread waited since the vCPU was last entered.
 *
 * Called on the vCPU's thread, with the vCPU out of KVM_RUN, and its last exit completed (by a
 * KVM_RUN with immediate_exit, as before any save).
 *
 * signo: a signal that nobody else sends to this thread meanwhile; the one that makes it leave
 * KVM_RUN is a good choice. It is blocked meanwhile, and its handler does not run. A mask that was
 * set by KVM_SET_SIGNAL_MASK is lost.
 *
 * -EINVAL: no such index, no vCPU set for it, a region not registered, or no signal that can be
 * blocked. -ESTALE: as pvtime_kvm_vcpu_check(). -EBUSY: KVM_RUN ended with an exit for the VMM,
 * which kvm_run tells. -ETIMEDOUT: in 15 tries, over more than a second, the thread never came to
 * sleep in KVM_RUN. Others: those of KVM_RUN. Should KVM refuse to take the vCPU's state back, the
 * vCPU stays stopped.
 */
int pvtime_kvm_vcpu_publish(struct pvtime_kvm *k, uint32_t index, int signo);

/*
 * From now on the calling thread runs this vCPU: what it has waited before is not charged,
 * and the counter stays as it is, also if this fails. For a restored vCPU, as the last thing
 * before its first KVM_RUN; and for one that moves to another thread. No vCPU of the VM may be in
 * KVM_RUN, as it could see the counter go forth and back. Otherwise as pvtime_kvm_vcpu_publish(). A
 * guest that has yet to call PV_TIME_ST does not need it.
 */
int pvtime_kvm_vcpu_rebase(struct pvtime_kvm *k, uint32_t index, int signo);

/*
 * Save the region's place, each vCPU's address and counter, the VM's bitmap of calls, and the
 * frequency of this host's counter, in a versioned little-endian blob with a checksum
 * (libpvtime-kvm/snapshot.c has its form). Every vCPU is out of KVM_RUN. What a guest wrote
 * elsewhere in a structure is not saved.
 *
 * -ENOSPC: size is less than pvtime_kvm_snapshot_size(). -ESTALE: as pvtime_kvm_vcpu_check().
 */
size_t pvtime_kvm_snapshot_size(const struct pvtime_kvm *k);
int pvtime_kvm_save(const struct pvtime_kvm *k, void *blob, size_t size);

/*
 * Where a snapshot has its region, and for how many vCPUs: what pvtime_kvm_create() is to be given.
 * The guest knows its addresses, so no other place will do. -EBADMSG: it is no whole snapshot.
 * -EPROTONOSUPPORT: it is of another version.
 */
int pvtime_kvm_snapshot_region(const void *blob, size_t size, struct pvtime_range *region,
			       uint32_t *vcpus);

/*
 * How fast the counter runs, in Hz (CNTFRQ_EL0): on this host, and where a snapshot was saved. A
 * guest reads it once, and KVM gives it the host's: restored where it is another, its clocks and
 * timers would be wrong from then on, and it would take its stolen time for a larger or smaller
 * part of them. 0: not known, as on a machine that is no arm64, and in a snapshot of version 1.
 * Errors: as pvtime_kvm_snapshot_region().
 */
uint32_t pvtime_kvm_frequency(void);
int pvtime_kvm_snapshot_frequency(const void *blob, size_t size, uint32_t *hz);

/*
 * Restore counters and bitmap, before any vCPU of the VM runs. Counters of vCPUs that had no
 * address become 0. Addresses come afterwards, by pvtime_kvm_vcpu_set(). The blob may come from
 * anywhere.
 *
 * vcpu_fd: any initialised vCPU of the VM; the bitmap is the VM's.
 *
 * -EBADMSG, -EPROTONOSUPPORT: as above. -EINVAL: its region is elsewhere, it has more vCPUs than k,
 * or KVM does not know a bit of the bitmap. -ERANGE: both frequencies above are known, and differ.
 * -ENOENT: KVM has no bitmap, and other calls than were saved. -EBUSY: the VM has run with another
 * bitmap. -ENOEXEC: the vCPU is not initialised. All of them are found before anything is changed.
 */
int pvtime_kvm_restore(struct pvtime_kvm *k, int vcpu_fd, const void *blob, size_t size);

#ifdef __cplusplus
}
#endif

#endif
