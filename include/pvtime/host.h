/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_HOST_H
#define PVTIME_HOST_H

/*
 * The hypervisor's side of stolen time: the ledger of each vCPU, the structure that is published
 * from it, and the answers to the calls.
 *
 * Clock. Every `now` is a reading of the same free-running counter, in ticks at the frequency given
 * to pvtime_vcpu_init(): the physical counter (CNTPCT), not a counter that stops or is offset with
 * the vCPU. A `now` before the last one (an unsynchronised counter) counts as the last one: the
 * library charges nothing, and no total decreases. Exceptions: pvtime_vcpu_init(),
 * pvtime_vcpu_reset() and pvtime_restore() begin at `now`, whatever it is.
 *
 * Locking. The library has no locks and no globals. Calls that take the same vCPU must not overlap,
 * neither on different CPUs nor with a call in an interrupt handler of this CPU. Use the lock under
 * which the scheduler changes the vCPU's state, and disable interrupts while you hold it if a
 * handler takes it. Exceptions: pvtime_service(), pvtime_arch_features(), pvtime_attr_has() and
 * pvtime_attr_get() read only the dialect and the address. They may overlap with every function but
 * pvtime_vcpu_init() and pvtime_attr_set(), which write these two. pvtime_attr_set() also reads the
 * addresses of the VM's other vCPUs. Otherwise different vCPUs are independent. No function waits,
 * allocates, faults or calls back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/abi.h>
#include <pvtime/convert.h>
#include <pvtime/region.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The states of a vCPU, as R-24 defines them. Only time in READY is stolen. */
enum pvtime_state {
	PVTIME_OFF,	/* not started, or has called CPU_OFF */
	PVTIME_BLOCKED, /* waits voluntarily: WFI, PSCI suspend, a hypercall that yields */
	PVTIME_READY,	/* could run but waits for a CPU, or is throttled by its cap */
	PVTIME_RUNNING, /* on a physical CPU; includes the hypervisor's work for it */
	PVTIME_PAUSED,	/* stopped by the administrator, or for save and restore */
	PVTIME_STATES
};

#define PVTIME_IPA_NONE UINT64_MAX

/*
 * Converts counter ticks to nanoseconds: 10^9 = whole * freq + rest. The fields are private to the
 * library.
 */
struct pvtime_rate {
	uint32_t whole, rest;
	uint32_t freq; /* CNTFRQ, Hz; never 0 */
};

/* The accounting of one vCPU, at most 128 bytes. The fields are private to the library. */
struct pvtime_vcpu {
	uint64_t ticks[PVTIME_STATES]; /* charged until `since`, by state, in counter ticks */
	uint64_t since;		       /* when time was last charged, ticks */
	uint64_t origin;	       /* elapsed = since - origin, modulo 2^64 */
	uint64_t ipa;		       /* of the structure, or PVTIME_IPA_NONE */
	uint64_t *counter;	       /* in the page, the hypervisor's own mapping; or NULL */
	uint64_t published_ns;	       /* the value that the last successful publish stored */
	struct pvtime_rate rate;
	uint8_t state;	 /* enum pvtime_state */
	uint8_t dialect; /* enum pvtime_dialect */
};
#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_vcpu) <= 128, "a vCPU costs at most 128 bytes");
#endif

/*
 * Start accounting at `now`: state OFF, all totals 0, no address, no page. The previous content of
 * *v is overwritten. If the vCPU has another state, set that with pvtime_account().
 *
 * freq_hz: CNTFRQ in Hz. If the board's firmware left it 0, there is no unit in which to report
 * time: the vCPU then gets PVTIME_DIALECT_OFF, whatever `dialect` is.
 */
void pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect dialect, uint32_t freq_hz,
		      uint64_t now);

/*
 * Reset the accounting together with the VM: all totals are 0 at `now`, the state is OFF; address,
 * page and dialect stay. If the vCPU has another state afterwards, set that with pvtime_account().
 * If a page is mapped, the whole structure is rewritten, with a counter of 0. Do not call this for
 * CPU_OFF, CPU_ON or a repeated PV_TIME_ST, which must not take the counter back. No vCPU of
 * the VM may execute guest code from the first of these calls to the last.
 */
void pvtime_vcpu_reset(struct pvtime_vcpu *v, uint64_t now);

/*
 * Change the vCPU's state to `next` at `now` (ticks), and charge the time since the last charge to
 * the state that it leaves. next: any of the five states; the current state only
 * charges the time so far. Call this at the moment of the change: READY begins when the hypervisor
 * handles the wake-up, not when the scheduler next considers the vCPU.
 *
 * This stores nothing in the structure. For a vCPU that leaves READY for another state than
 * RUNNING, because it is stopped for example, call pvtime_publish() afterwards: otherwise the
 * structure lacks the vCPU's last wait until its next publish.
 */
void pvtime_account(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now);

/*
 * All totals at `now`, in ticks, the open interval included: sum(ticks) == *elapsed, exactly, at
 * every instant. ticks[PVTIME_READY] is the stolen time. *elapsed counts from init or reset,
 * and excludes the time between a save and its restore.
 */
void pvtime_totals(const struct pvtime_vcpu *v, uint64_t now, uint64_t ticks[PVTIME_STATES],
		   uint64_t *elapsed);

/*
 * Store the total stolen time up to `now` (ticks), in ns, in the structure: one 64-bit
 * single-copy-atomic little-endian store, whose value is never less than the one before
 * (R-23).
 *
 * Call this before each scheduling-in, whenever a vCPU leaves READY for another state, and
 * for a vCPU that is kept waiting so often that its structure is never older than PVTIME_STALE_NS
 * . The timer must be set to less than that, because the interrupt takes time as well: this
 * project's hypervisor sets it to 90 ms. The hypervisor's mapping must be Normal, write-back, inner
 * shareable, as the guest's is. Returns false if no page is mapped. Nothing is lost then:
 * the next publish that succeeds includes the time.
 */
bool pvtime_publish(struct pvtime_vcpu *v, uint64_t now);

/*
 * Scheduling-in in one call: pvtime_account(v, PVTIME_RUNNING, now), then pvtime_publish(v, now),
 * without charging twice. It is for the scheduler's hot path. Result and requirements are those of
 * pvtime_publish().
 */
bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now);

/*
 * Set the page, the hypervisor's 64-byte aligned mapping of the structure; NULL removes it, before
 * the memory goes away. Writes revision, attributes, zero padding and the total charged so far, so
 * the page may be fresh, stale, or a different one. The mapping must be as for pvtime_publish(). If
 * stolen time is off for this vCPU, the page is ignored. Call this before the guest can learn the
 * address.
 */
void pvtime_map(struct pvtime_vcpu *v, struct pvtime_stolen *page);

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
 * v: the calling vCPU. The answers depend only on its dialect and its address. A hypervisor may
 * therefore ask once for each vCPU, after it has set either, and answer from a copy.
 */
bool pvtime_service(const struct pvtime_vcpu *v, uint32_t fid, uint32_t arg1, int64_t *result);

/*
 * The result of SMCCC_ARCH_FEATURES(fid), where fid is w1 of that call: 0 for PV_TIME_FEATURES if v
 * has stolen time, otherwise NOT_SUPPORTED. So discovery agrees with every later step.
 * PV_TIME_ST gets NOT_SUPPORTED here, as under Linux KVM: guests ask for it through
 * PV_TIME_FEATURES.
 */
int64_t pvtime_arch_features(const struct pvtime_vcpu *v, uint32_t fid);

/*
 * The vCPU attribute: the IPA of the structure, as user space sets it (R-10; Linux's
 * KVM_ARM_VCPU_PVTIME_IPA). All three functions return PVTIME_OK or one of enum pvtime_error.
 *
 * has: PVTIME_ENXIO if stolen time is off for this vCPU.
 *
 * get: PVTIME_ENXIO; PVTIME_EFAULT if base is NULL. *base is PVTIME_IPA_NONE if no address is set.
 *
 * set: base points at the port's copy of the value from user space; it is NULL if the port could
 * not read that value. The checks are in Linux's order: PVTIME_ENXIO; PVTIME_EFAULT (NULL);
 * PVTIME_EINVAL (not 64-byte aligned); PVTIME_EEXIST (an address is set already); PVTIME_EINVAL
 * (the 64 bytes are not inside one range of guest memory, or belong to another vCPU, R-31). Only
 * success changes the vCPU. Besides v's own lock, the caller must hold the lock that keeps the VM's
 * memory map from changing, and must exclude pvtime_vcpu_init() and pvtime_attr_set() of the VM's
 * other vCPUs, whose addresses it reads.
 */
struct pvtime_vm {
	const struct pvtime_range *memory; /* guest memory, as IPA ranges, the region included */
	size_t n_memory;
	const struct pvtime_vcpu *const
		*vcpus; /* the VM's vCPUs; v itself and NULLs may be among them */
	size_t n_vcpus;
};

int pvtime_attr_has(const struct pvtime_vcpu *v);
int pvtime_attr_get(const struct pvtime_vcpu *v, uint64_t *base);
int pvtime_attr_set(struct pvtime_vcpu *v, const uint64_t *base, const struct pvtime_vm *vm);

/* Size of a snapshot, in bytes. */
#define PVTIME_SNAPSHOT_SIZE 84u

/*
 * Save the accounting of a vCPU, with its totals at `now`, in a versioned little-endian blob. The
 * vCPU must be OFF or PAUSED: call pvtime_account() for that first. Otherwise this returns
 * PVTIME_EBUSY and leaves blob unchanged.
 */
int pvtime_save(const struct pvtime_vcpu *v, uint64_t now, uint8_t blob[PVTIME_SNAPSHOT_SIZE]);

/*
 * Restore a snapshot, on this machine or another. `now` is the destination's clock. The baseline is
 * set at this call, so the time between save and restore is charged to no state. The blob is
 * not trusted.
 *
 * v: initialised with the dialect and frequency of the source, its address set to the same value
 * (so that value has passed pvtime_attr_set() here as well), OFF or PAUSED. Afterwards it is OFF or
 * PAUSED, as it was saved. The hypervisor sets the next state with pvtime_account(), because only
 * the hypervisor knows what the vCPU was waiting for. No vCPU of the VM may execute guest code
 * meanwhile. If a page is mapped, the restored total is published at once. The guest never sees
 * less than before: a VM that is reverted to an earlier snapshot gets its earlier memory
 * back as well.
 *
 * size: bytes at blob. Returns PVTIME_OK; PVTIME_EBUSY if v is neither OFF nor PAUSED; or one of
 * PVTIME_ESNAP_*. An error leaves v unchanged.
 */
int pvtime_restore(struct pvtime_vcpu *v, const uint8_t *blob, size_t size, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
