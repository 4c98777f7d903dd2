/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_VIEW_H
#define PVTIME_VIEW_H

/*
 * What the guest sees of stolen time: the calls, and one structure for each vCPU with a total in
 * ns.
 *
 * These functions work alone. A hypervisor that counts already how long a vCPU waits for a CPU
 * (runstates, a run queue's delay) embeds a struct pvtime_view in its vCPU and passes its own total
 * to pvtime_show(). A hypervisor without such books embeds struct pvtime_vcpu of ledger.h, which
 * contains a view and keeps the total.
 *
 * Locking. The library has no locks and no globals. Calls that take the same view must not overlap,
 * neither on different CPUs nor with a call in an interrupt handler of this CPU. Exceptions: the
 * functions that take a const view may overlap with all others but pvtime_view_init(). So the calls
 * of the guest and the getters need no lock. Different views are independent. No function waits,
 * allocates, faults or calls back.
 */
#include <pvtime/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The address of a vCPU that has none. No IPA has this value. */
#define PVTIME_IPA_NONE (~(uint64_t)0)

/* What the guest of one vCPU sees. The fields are private to the library. */
struct pvtime_view {
	uint64_t ipa;	   /* of the structure, or PVTIME_IPA_NONE */
	uint64_t *counter; /* in the structure, the hypervisor's own mapping; or NULL */
	uint64_t shown_ns; /* the value that was last stored */
	uint8_t dialect;   /* enum pvtime_dialect */
};
#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_view) <= 40, "what the guest sees costs at most 40 bytes");
#endif

/*
 * Begin: no address, no structure, a total of 0. The previous content of *view is overwritten.
 * Returns PVTIME_OK; PVTIME_EINVAL if `dialect` is not one of enum pvtime_dialect, and the view is
 * then that of a vCPU without stolen time.
 */
int pvtime_view_init(struct pvtime_view *view, enum pvtime_dialect dialect);

/*
 * Set the IPA of the structure, which PV_TIME_ST returns from then on. Call this once, before the
 * vCPU first runs; call pvtime_map() before it. The caller has checked that the structure is inside
 * guest memory and that no other vCPU of the VM has it: pvtime_region_find() plans such
 * addresses, and pvtime_overlaps() compares.
 *
 * Returns PVTIME_OK; PVTIME_ENXIO if stolen time is off for this vCPU; PVTIME_EINVAL if ipa
 * is not 64-byte aligned, or above 2^63 - 1, where x0 would be read as an error;
 * PVTIME_EEXIST if an address is set. Only success changes the view.
 */
int pvtime_set_ipa(struct pvtime_view *view, uint64_t ipa);

/*
 * Set the page, the hypervisor's 64-byte aligned mapping of the structure; NULL removes it, before
 * the memory goes away. Writes revision, attributes, zero padding and the total that was last
 * stored, so the page may be fresh, stale, or a different one. If stolen time is off for this vCPU,
 * the page is ignored. Call this before the guest can learn the address. The mapping must be
 * Normal, write-back, inner shareable, as the guest's is, and must not fault.
 */
void pvtime_map(struct pvtime_view *view, struct pvtime_stolen *page);

/*
 * Store the vCPU's total stolen time in its structure: one 64-bit single-copy-atomic little-endian
 * store. The total is in ns since the VM was started or reset.
 *
 * A total that is less than the one last stored is not stored. The guest goes on reading the
 * greater one, and its number stands still until the caller's total has caught up. The store
 * takes place all the same: it repairs what a guest has written there.
 *
 * Call this before each scheduling-in, whenever a vCPU ceases to wait without being
 * scheduled in, and for a vCPU that is kept waiting so often that its structure is never older than
 * PVTIME_STALE_NS. The timer must be set to less than that, because the interrupt takes time
 * as well: this project's hypervisor sets it to 90 ms.
 *
 * Returns false if no page is mapped. Nothing is lost then: the total is the caller's, and the next
 * call that finds a page stores it.
 */
bool pvtime_show(struct pvtime_view *view, uint64_t total_ns);

/*
 * The VM starts again with this total, whatever was shown before: 0 if it is reset, the saved total
 * if it is restored. If a page is mapped, the whole structure is rewritten. Do not call this for
 * CPU_OFF, CPU_ON or a repeated PV_TIME_ST, which must not take the number back. No vCPU of
 * the VM may execute guest code from the first of these calls to the last.
 */
void pvtime_restart(struct pvtime_view *view, uint64_t total_ns);

/*
 * Handle a trapped HVC or SMC #0 of an AArch64 guest: fid is w0, arg1 is w1. Returns true if
 * the library implements the call, also if its result is NOT_SUPPORTED; *result is then all of x0
 * . Otherwise returns false and leaves *result unchanged. Do not pass calls of
 * AArch32 guests, or calls with a non-zero immediate, to this function: the hypervisor returns
 * NOT_SUPPORTED for both.
 *
 * *result is all 64 bits of x0 in both dialects. beta-2's PV_TIME_FEATURES returns an int32 in w0;
 * the upper half of *result is then its sign extension.
 *
 * view: of the calling vCPU. The answers depend only on its dialect and its address. A hypervisor
 * may therefore ask once for each vCPU, after it has set either, and answer from a copy.
 */
bool pvtime_service(const struct pvtime_view *view, uint32_t fid, uint32_t arg1, int64_t *result);

/*
 * The result of SMCCC_ARCH_FEATURES(fid), where fid is w1 of that call: 0 for PV_TIME_FEATURES if
 * the vCPU has stolen time, otherwise NOT_SUPPORTED. So discovery agrees with every later step
 * . PV_TIME_ST gets NOT_SUPPORTED here, as under Linux KVM: guests ask for it through
 * PV_TIME_FEATURES.
 */
int64_t pvtime_arch_features(const struct pvtime_view *view, uint32_t fid);

/* PVTIME_DIALECT_OFF if the vCPU is denied stolen time. */
static inline enum pvtime_dialect pvtime_get_dialect(const struct pvtime_view *view)
{
	return (enum pvtime_dialect)view->dialect;
}

/* The IPA of the structure, or PVTIME_IPA_NONE. */
static inline uint64_t pvtime_get_ipa(const struct pvtime_view *view)
{
	return *(const volatile uint64_t *)&view->ipa;
}

/* The total that was last stored, in ns, whatever the guest has written over it since. */
static inline uint64_t pvtime_get_stolen_ns(const struct pvtime_view *view)
{
	return *(const volatile uint64_t *)&view->shown_ns;
}

/*
 * Whether a structure at `ipa` would share a byte with this vCPU's. Before it sets an
 * address, a hypervisor asks this of each other vCPU of the VM, and sets the addresses of a VM
 * under one lock.
 */
static inline bool pvtime_overlaps(const struct pvtime_view *view, uint64_t ipa)
{
	uint64_t mine = pvtime_get_ipa(view);

	return mine != PVTIME_IPA_NONE &&
	       (ipa - mine < PVTIME_STRUCT_SIZE || mine - ipa < PVTIME_STRUCT_SIZE);
}

#ifdef __cplusplus
}
#endif

#endif
