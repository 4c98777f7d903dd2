/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_KVM_H
#define PVTIME_KVM_H

/*
 * libpvtime-kvm: stolen time for the arm64 guests of a VMM on Linux KVM. The kernel counts and
 * publishes stolen time. This library does the rest, in user space: it finds a place in guest
 * memory, provides the memory, sets each vCPU's address, saves and restores.
 *
 * A new VM, on any thread:
 *
 *	pvtime_kvm_vm_supported(vm);
 *	pvtime_kvm_find(&region, from, possible_vcpus, used, n_used, ipa_bits);
 *	pvtime_kvm_create(&k, vm, slot, &region, possible_vcpus);
 *	pvtime_kvm_register(k);
 *	for each vCPU, after KVM_ARM_VCPU_INIT: pvtime_kvm_vcpu_set(k, i, vcpu);
 *
 * The guest's FDT or ACPI tables must not describe the region as RAM. To save, with every vCPU out
 * of KVM_RUN:
 *
 *	for each vCPU, on its thread: pvtime_kvm_vcpu_publish(k, i, signal);
 *	pvtime_kvm_save(k, blob, size);
 *
 * To restore, in this process or another:
 *
 *	pvtime_kvm_snapshot_region(blob, size, used, n_used, ipa_bits, &region, &possible_vcpus);
 *	pvtime_kvm_create(&k, vm, slot, &region, possible_vcpus);
 *	pvtime_kvm_register(k);
 *	pvtime_kvm_restore(k, vcpu, blob, size);
 *	for each vCPU: pvtime_kvm_vcpu_set(k, i, vcpu);
 *	for each vCPU, on its thread, after all its other state is restored:
 *		pvtime_kvm_vcpu_rebase(k, i, signal);
 *	after all vCPUs have done that: KVM_RUN
 *
 * A VMM that migrates the region's memory as it migrates RAM needs neither save nor restore: see
 * docs/kvm.md, "Migrating the memory".
 *
 * Errors are negative errno values. The library passes on the kernel's errors. Where an error can
 * have more than one meaning, the function's comment gives its cause in the kernel. A function that
 * fails has changed only what its comment says, and may be called again.
 *
 * Threads: all state is in *k and in the kernel. Functions named pvtime_kvm_vcpu_ may run at the
 * same time for different vCPUs. For every other function that takes k, the caller must exclude all
 * other functions with the same k.
 *
 * Promised from 0.2.0 on: a program that was linked with libpvtime-kvm.so.0 runs with every later
 * one. No function goes, or changes its parameters, its return values or what it requires; struct
 * pvtime_range keeps its layout; and every later version restores what an earlier one has saved. A
 * later version may add functions, each under its own symbol version, and may return an error for
 * a cause that does not exist today. struct pvtime_kvm and the blob's bytes are private.
 *
 * This header uses only the type struct pvtime_range of region.h; the functions of region.h are in
 * libpvtime.
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
 * Whether the kernel offers stolen time to this VM (KVM_CAP_STEAL_TIME). vm_fd may also be the
 * descriptor of /dev/kvm. Returns 1: yes. 0: no, because the kernel was built without the
 * scheduler's accounting of run_delay (CONFIG_SCHEDSTATS, or CONFIG_TASK_DELAY_ACCT if it is also
 * switched on), because the VM is a protected one, or because the machine is not arm64. The first
 * kernels with stolen time, from Linux 5.5 on, lack this capability: use
 * pvtime_kvm_vcpu_supported() there.
 */
int pvtime_kvm_vm_supported(int vm_fd);

/*
 * Whether the kernel offers stolen time to this vCPU (KVM_HAS_DEVICE_ATTR of its attribute).
 * Returns 1: yes; 0: no, for the same reasons.
 */
int pvtime_kvm_vcpu_supported(int vcpu_fd);

/*
 * Plan the region for the structures of `vcpus` vCPUs, which include those that may be plugged in
 * later: 64 KiB granules that hold nothing else.
 *
 * find: the lowest place at or above `from`. place: at `base`, if that is possible. used, n: the
 * VMM's map, which is everything else that the guest's address space has or may get later, in any
 * order: memory slots, MMIO, GIC, PCI windows, room for memory that is plugged in. ipa_bits: the
 * size of the VM's address space, as in KVM_CREATE_VM's type; 0, KVM's default, means 40.
 *
 * -EINVAL: vcpus is 0, base is not aligned to 64 KiB, or ipa_bits is neither 0 nor 32 to 52.
 * -EBUSY: the region at base shares a granule with one of `used`. -ENOSPC: there is no room below
 * the end of the address space. Only success sets *region.
 */
int pvtime_kvm_find(struct pvtime_range *region, uint64_t from, uint32_t vcpus,
		    const struct pvtime_range *used, size_t n, unsigned ipa_bits);
int pvtime_kvm_place(struct pvtime_range *region, uint64_t base, uint32_t vcpus,
		     const struct pvtime_range *used, size_t n, unsigned ipa_bits);

/*
 * Create the memory for the region: a memfd that can neither shrink nor grow, with all its pages
 * allocated, mapped into this process. All structures are zero: revision 0, attributes 0, nothing
 * stolen. The VM does not have the memory yet.
 *
 * slot: a number for KVM_SET_USER_MEMORY_REGION that is not used otherwise, below the value of
 * KVM_CAP_NR_MEMSLOTS.
 *
 * -EINVAL: the region is not one that pvtime_kvm_find() would plan for `vcpus` vCPUs. -ENOMEM,
 * -ENOSPC, -EMFILE, -ENFILE: memory or descriptors are short.
 */
int pvtime_kvm_create(struct pvtime_kvm **out, int vm_fd, uint32_t slot,
		      const struct pvtime_range *region, uint32_t vcpus);

/*
 * The same with memory that the VMM provides, such as a block of its RAM, in a slot that the VMM
 * itself gives to the VM and takes away, with the flags that it needs. Instead of
 * pvtime_kvm_register(), which is not called for such a region.
 *
 * memory: where this process has mapped region->size bytes, readable and writable, until
 * pvtime_kvm_destroy(). They must be all of the guest's memory at region->base. This function does
 * not access them: those of a new VM must be zero, those of a restored one have been saved or
 * migrated, or will be. The slot must be there before pvtime_kvm_vcpu_set(), and during
 * pvtime_kvm_vcpu_publish() and pvtime_kvm_vcpu_rebase(), which cannot check that. It may be
 * KVM_MEM_READONLY only in a kernel that keeps the total (pvtime_kvm_read_only()): in others
 * pvtime_kvm_vcpu_set() fails then, because KVM writes through the slot.
 *
 * -EINVAL: as pvtime_kvm_create(), or memory is NULL or not aligned to 64 bytes. -ENOMEM.
 */
int pvtime_kvm_create_with_memory(struct pvtime_kvm **out, int vm_fd,
				  const struct pvtime_range *region, uint32_t vcpus, void *memory);

/*
 * The region's memory in this process: the size of the region, readable and writable. fd: if it is
 * not NULL, *fd becomes the descriptor of the library's memfd, which has the region's size; -1 if
 * the memory is the VMM's. Both belong to k until pvtime_kvm_destroy(). A VMM may read, write and
 * share all of it; KVM adds to the counter that it finds there whenever a vCPU is entered, unless
 * the kernel keeps the total (pvtime_kvm_read_only()): then KVM overwrites what it finds.
 */
void *pvtime_kvm_memory(const struct pvtime_kvm *k, int *fd);

/*
 * register gives the memory to the VM, in its slot; unregister takes it away. Each does nothing if
 * that is already so.
 *
 * -EEXIST: the region overlaps another slot. -EINVAL: the slot's number is too large, or in use.
 * -EFAULT: the region is beyond the VM's address space. -ENOMEM. -EPERM: the slot is the VMM's
 * (pvtime_kvm_create_with_memory()).
 *
 * While the memory is taken away, KVM publishes nothing but continues to count: the first publish
 * after that includes all of the time.
 */
int pvtime_kvm_register(struct pvtime_kvm *k);
int pvtime_kvm_unregister(struct pvtime_kvm *k);

/*
 * Keep the guest from writing to its structures: make the region's slot KVM_MEM_READONLY, if
 * this kernel publishes in such a slot. That is a kernel that keeps the total of each vCPU itself
 * (KVM_ARM_VCPU_PVTIME_TOTAL, in kernels with ports/linux). vcpu_fd: any vCPU of the VM. Call this
 * before pvtime_kvm_register(). Returns 1: the slot will be read-only. 0: this kernel cannot do it,
 * and the slot will be writable, as without this call.
 *
 * Once the slot is read-only, a guest's store to it ends KVM_RUN with KVM_EXIT_MMIO. If KVM cannot
 * tell what is stored (two registers, a vector, an atomic), KVM_RUN ends with KVM_EXIT_ARM_NISV, if
 * the VMM has enabled KVM_CAP_ARM_NISV_TO_USER for the VM, and otherwise fails with ENOSYS. So a
 * VMM enables that, and answers both exits by pvtime_kvm_vcpu_refuse().
 *
 * -EPERM: the slot is the VMM's. -EBUSY: the region is registered.
 */
int pvtime_kvm_read_only(struct pvtime_kvm *k, int vcpu_fd);

/*
 * Answer an exit of this vCPU for an access at `ipa`: mmio.phys_addr of KVM_EXIT_MMIO, or
 * arm_nisv.fault_ipa of KVM_EXIT_ARM_NISV. Returns 1: the address is in the region, and the vCPU
 * gets an external abort when it runs next (KVM_SET_VCPU_EVENTS). 0: it is not, and nothing is
 * done. Call this on the vCPU's thread. Errors: those of KVM_SET_VCPU_EVENTS.
 *
 * Then set kvm_run.exit_reason to KVM_EXIT_UNKNOWN. Otherwise, after a KVM_RUN with immediate_exit,
 * KVM takes the store for one that is still to be completed, and skips an instruction (seen with
 * Linux 6.1).
 */
int pvtime_kvm_vcpu_refuse(const struct pvtime_kvm *k, int vcpu_fd, uint64_t ipa);

/*
 * Switch the dirty log of the region's slot on (1) or off (0): KVM_MEM_LOG_DIRTY_PAGES, which is
 * off at first. It stays as it is set while the region is not registered, and may be switched while
 * vCPUs run. The VMM reads the log by KVM_GET_DIRTY_LOG with the slot's number, or in KVM's dirty
 * ring.
 *
 * The log has every publish by KVM, and every store by the guest. It lacks what this process writes
 * itself: pvtime_kvm_restore(), pvtime_kvm_reset() and pvtime_kvm_vcpu_rebase() write counters.
 *
 * -EPERM: the slot is the VMM's. -ENOMEM, -EINVAL: from KVM; the log stays as it was.
 */
int pvtime_kvm_log_dirty(struct pvtime_kvm *k, int on);

/*
 * Unregister if necessary, and release everything; k becomes invalid. Call this before the VM's
 * descriptor is closed. NULL is allowed. Memory and slot of the VMM's are left alone. If this
 * fails, because KVM does not remove the slot, nothing is released: memory that a VM can reach must
 * not be unmapped, because something else of this process may then be mapped at its address.
 */
int pvtime_kvm_destroy(struct pvtime_kvm *k);

/*
 * Set the address of vCPU `index`, which is below the number of vCPUs that the region was planned
 * for. vcpu_fd must stay open as long as k is used. Call this at any time before the vCPU's first
 * KVM_RUN; other vCPUs may run meanwhile. The checks are in the order of R-10, and only success
 * changes anything:
 *
 * -ENOEXEC	the vCPU is not initialised (KVM_ARM_VCPU_INIT)
 * -ENXIO	no stolen time in this kernel, or denied to this VM (pvtime_kvm_deny(), R-32)
 * -EEXIST	the vCPU has an address already
 * -EINVAL	the region is not registered, or another vCPU has this index (R-31; KVM itself does
 *		not check that)
 *
 * An index that is too large gets -EINVAL before all of them. The kernel's -EFAULT, if it cannot
 * read the address, and its -EINVAL for an address that is not aligned to 64 bytes, cannot occur
 * here.
 */
int pvtime_kvm_vcpu_set(struct pvtime_kvm *k, uint32_t index, int vcpu_fd);

/*
 * Get this vCPU's address from KVM: PVTIME_KVM_IPA_NONE if it has none. -EINVAL: the index is too
 * large, or pvtime_kvm_vcpu_set() has not succeeded for it.
 */
#define PVTIME_KVM_IPA_NONE UINT64_MAX
int pvtime_kvm_vcpu_ipa(const struct pvtime_kvm *k, uint32_t index, uint64_t *ipa);

/*
 * Check that KVM has the address that was set. -ESTALE: it does not, because the descriptor now
 * belongs to another vCPU. Other errors: as pvtime_kvm_vcpu_ipa().
 */
int pvtime_kvm_vcpu_check(const struct pvtime_kvm *k, uint32_t index);

/*
 * Get the vCPU's stolen time, in ns, as its guest reads it: KVM's last publish, by one 64-bit load
 * . The guest can write this number, unless the region is read-only. KVM sets it to 0
 * whenever the guest calls PV_TIME_ST, as Linux does each time a CPU comes online; a kernel that
 * keeps the total does not. -EINVAL: the index is too large.
 */
int pvtime_kvm_vcpu_stolen_ns(const struct pvtime_kvm *k, uint32_t index, uint64_t *ns);

/*
 * Reset the VM's stolen time: set all counters to 0, and the totals that the kernel keeps.
 * Every vCPU must be out of KVM_RUN.
 */
void pvtime_kvm_reset(struct pvtime_kvm *k);

/*
 * Deny stolen time to the VM of this vCPU, before any vCPU of it runs. This clears the PV-time bit
 * of KVM_REG_ARM_STD_HYP_BMAP, so that every step of discovery returns NOT_SUPPORTED.
 * To leave the vCPUs without an address is not enough: SMCCC_ARCH_FEATURES still reports
 * PV_TIME_FEATURES then. The register's other bits stay.
 *
 * -ENOENT: KVM has no such register, as before Linux 5.19, and there is no other way to change that
 * step. -EBUSY: the VM has run. -ENOEXEC: the vCPU is not initialised.
 */
int pvtime_kvm_deny(int vcpu_fd);

/*
 * Make KVM publish what the calling thread has waited up to now, by a KVM_RUN in which the vCPU is
 * stopped (KVM_SET_MP_STATE) and executes nothing. Without this, a saved counter lacks what the
 * thread waited since the vCPU was last entered.
 *
 * Call this on the vCPU's thread, with the vCPU out of KVM_RUN and its last exit completed (by a
 * KVM_RUN with immediate_exit, as before any save).
 *
 * signo: a signal that nothing else sends to this thread during the call, such as the signal that
 * makes the thread leave KVM_RUN. It is blocked during the call, and its handler does not run. A
 * mask that was set by KVM_SET_SIGNAL_MASK is lost.
 *
 * -EINVAL: the index is too large, no vCPU is set for it, the region is not registered, or signo is
 * not a signal that can be blocked. -ESTALE: as pvtime_kvm_vcpu_check(). -EBUSY: KVM_RUN ended with
 * an exit for the VMM, which kvm_run describes. -ETIMEDOUT: in 15 tries, over more than a second,
 * the thread never slept in KVM_RUN. Other errors: those of KVM_RUN. If KVM refuses to take the
 * vCPU's state back, the vCPU stays stopped.
 */
int pvtime_kvm_vcpu_publish(struct pvtime_kvm *k, uint32_t index, int signo);

/*
 * From now on the calling thread runs this vCPU: KVM does not charge what the thread has waited
 * before, and the counter stays as it is, even if this fails. Call this for a
 * restored vCPU, as the last thing before its first KVM_RUN, and for a vCPU that moves to another
 * thread. No vCPU of the VM may be in KVM_RUN, because its guest could see the counter change and
 * change back. Otherwise this is as pvtime_kvm_vcpu_publish(). A guest that has yet to call
 * PV_TIME_ST does not need it. Where the kernel keeps the total, this sets it, without a KVM_RUN.
 */
int pvtime_kvm_vcpu_rebase(struct pvtime_kvm *k, uint32_t index, int signo);

/*
 * Save the region's place, each vCPU's address and counter, the VM's bitmap of calls, and the
 * frequency of this host's counter, in a versioned little-endian blob with a checksum
 * (libpvtime-kvm/blob.h describes its form). Every vCPU must be out of KVM_RUN. What a guest wrote
 * elsewhere in a structure is not saved. Where the kernel keeps the total, the saved counter is
 * that, with all that the vCPU's thread has waited by now, whatever the guest has written.
 *
 * -ENOSPC: size is less than pvtime_kvm_snapshot_size(). -ESTALE: as pvtime_kvm_vcpu_check().
 */
size_t pvtime_kvm_snapshot_size(const struct pvtime_kvm *k);
int pvtime_kvm_save(const struct pvtime_kvm *k, void *blob, size_t size);

/*
 * Get the region of a snapshot and its number of vCPUs, for pvtime_kvm_create(). No other place
 * will do, because the guest knows its addresses. The blob may come from anywhere: it is not
 * trusted, and a checksum that is correct proves nothing. So the region must have room in the VMM's
 * own map: used, n and ipa_bits are as in pvtime_kvm_place(). Only success sets *region and *vcpus.
 * *vcpus is at most size / 16, and may be more than the VMM wants to make: do not use it as an
 * index or a limit of the VMM's own vCPUs.
 *
 * -EBADMSG: the blob is damaged, incomplete or not one that pvtime_kvm_save() can have written.
 * -EPROTONOSUPPORT: it has an unknown version. -EBUSY: the region shares a granule with one of
 * `used`. -ENOSPC: it is not all inside the VM's address space. -EINVAL: ipa_bits is neither 0 nor
 * 32 to 52.
 */
int pvtime_kvm_snapshot_region(const void *blob, size_t size, const struct pvtime_range *used,
			       size_t n, unsigned ipa_bits, struct pvtime_range *region,
			       uint32_t *vcpus);

/*
 * The frequency of the counter, in Hz (CNTFRQ_EL0): of this host, and of the host on which a
 * snapshot was saved. KVM gives a guest the host's frequency, and the guest reads it once. Restored
 * on a host with another frequency, the guest's clocks and timers would be wrong from then on, and
 * its stolen time would seem a larger or smaller part of them. 0: unknown, as on a machine that is
 * not arm64, and in a snapshot of version 1. -EBADMSG, -EPROTONOSUPPORT: as above.
 */
uint32_t pvtime_kvm_frequency(void);
int pvtime_kvm_snapshot_frequency(const void *blob, size_t size, uint32_t *hz);

/*
 * Restore counters and bitmap, before any vCPU of the VM runs. Counters of vCPUs that had no
 * address become 0. Set the addresses afterwards, by pvtime_kvm_vcpu_set(). The blob may come from
 * anywhere: it is not trusted. It can set the counters, as the guest can, and switch calls off.
 *
 * A restore switches no call on. If stolen time is denied to the VM (pvtime_kvm_deny()), it stays
 * denied, whatever was saved: this succeeds, and pvtime_kvm_vcpu_set() then returns -ENXIO. Call
 * neither that nor pvtime_kvm_vcpu_rebase() for such a VM, but keep the region registered: its
 * guest continues to read the saved counters, which no longer grow (docs/kvm.md). The opposite
 * holds as well: what was denied when it was saved is denied after the restore. A VM that was saved
 * before any vCPU had an address has an unknown bitmap, and its restore leaves the bitmap alone:
 * deny stolen time to it again.
 *
 * vcpu_fd: any initialised vCPU of the VM, to reach the VM's bitmap.
 *
 * -EBADMSG, -EPROTONOSUPPORT: as above. -EINVAL: the snapshot has its region elsewhere or has more
 * vCPUs than k, or the VM lacks a call that was saved and is not stolen time: KVM does not know it,
 * or the VMM has switched it off. -ERANGE: both frequencies above are known, and differ. -ENOENT:
 * KVM has no bitmap, and offers other calls than were saved. -EBUSY: the VM has run with more calls
 * than were saved. -ENOEXEC: the vCPU is not initialised. All of these are found before anything is
 * changed.
 */
int pvtime_kvm_restore(struct pvtime_kvm *k, int vcpu_fd, const void *blob, size_t size);

#ifdef __cplusplus
}
#endif

#endif
