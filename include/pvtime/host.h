/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_HOST_H
#define PVTIME_HOST_H

/*
 * The hypervisor's side of stolen time: a ledger of what each vCPU spent its time on, the structure
 * that is published from it, and the answers to the calls.
 *
 * Clock. Every `now` is the same free-running counter, in ticks at the frequency given to
 * pvtime_vcpu_init: the physical counter (CNTPCT), not one that stops or is offset with the vCPU. A
 * `now` that lies before the last one (an unsynchronised counter) is taken as the last one: nothing
 * is charged, and nothing ever goes backwards.
 *
 * Locking. The library has no locks and no globals. Every function that takes a vCPU needs the
 * caller to hold that vCPU still: no other CPU may be in a function of the same vCPU. The lock
 * under which the scheduler changes a vCPU's state is the right one. Different vCPUs are
 * independent. Nothing here waits, allocates, faults or calls back.
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

/* What a vCPU is doing, as R-24 draws the lines. Only READY is stolen. */
enum pvtime_state {
	PVTIME_OFF,	/* not started, or CPU_OFF */
	PVTIME_BLOCKED, /* waits by its own will: WFI, PSCI suspend, a yield */
	PVTIME_READY,	/* could run and is kept waiting, throttling by a cap included */
	PVTIME_RUNNING, /* on a physical CPU, the hypervisor's work for it included */
	PVTIME_PAUSED,	/* stopped by the administrator, or for save and restore */
	PVTIME_STATES
};

#define PVTIME_IPA_NONE UINT64_MAX

/*
 * How counter ticks become nanoseconds: 10^9 = whole * freq + rest. Fields are private to the
 * library.
 */
struct pvtime_rate {
	uint32_t whole, rest;
	uint32_t freq; /* CNTFRQ, Hz; never 0 */
};

/* The accounting of one vCPU. At most 128 bytes. Fields are private to the library. */
struct pvtime_vcpu {
	uint64_t ticks[PVTIME_STATES]; /* closed intervals, by state, in counter ticks */
	uint64_t since;		       /* when the current state was last charged */
	uint64_t origin;	       /* elapsed = since - origin, modulo 2^64 */
	uint64_t ipa;		       /* of the structure, or PVTIME_IPA_NONE */
	uint64_t *counter;	       /* in the hypervisor's own mapping of it, or NULL */
	uint64_t published_ns;	       /* what the last successful publish stored */
	struct pvtime_rate rate;
	uint8_t state;	 /* enum pvtime_state */
	uint8_t dialect; /* enum pvtime_dialect */
};
#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_vcpu) <= 128, "a vCPU costs at most 128 bytes");
#endif

/*
 * Start accounting at `now`: state OFF, all totals zero, no address, no page. Whatever *v held is
 * overwritten.
 *
 * freq_hz: CNTFRQ in Hz. A board whose firmware left it 0 has no unit to report time in: the vCPU
 * then gets PVTIME_DIALECT_OFF, whatever was asked for.
 */
void pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect dialect, uint32_t freq_hz,
		      uint64_t now);

/*
 * VM reset: totals to zero at `now`, state OFF; address, page and dialect stay. The structure,
 * where one is mapped, is written afresh with a counter of 0. The only thing that ever takes the
 * counter back: not for CPU_OFF, CPU_ON or a repeated PV_TIME_ST. No vCPU of the VM may be
 * running.
 */
void pvtime_vcpu_reset(struct pvtime_vcpu *v, uint64_t now);

/*
 * The vCPU leaves its state for `next` at `now` (ticks). The one place where time is charged (R-24,
 * next: any of the five, the current one included (then the time so far is charged). Call it
 * at the moment of the change: READY begins when the wake-up is handled, not when the vCPU is next
 * looked at.
 */
void pvtime_account(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now);

/*
 * All totals at `now` in ticks, the open interval included: sum(ticks) == *elapsed, exactly, at any
 * instant. ticks[PVTIME_READY] is the stolen time. *elapsed counts from init or reset, and
 * leaves out what lay between a save and its restore.
 */
void pvtime_totals(const struct pvtime_vcpu *v, uint64_t now, uint64_t ticks[PVTIME_STATES],
		   uint64_t *elapsed);

/*
 * Store the total of stolen time up to `now` (ticks), in ns, in the structure: one 64-bit
 * single-copy-atomic little-endian store, never of less than the one before.
 *
 * Call it before each scheduling-in, and at least every PVTIME_STALE_NS for a vCPU that is
 * kept waiting. The hypervisor's mapping must be Normal, write-back, inner shareable, as the
 * guest's is. False: no page is mapped; nothing is lost, the next success carries it.
 */
bool pvtime_publish(struct pvtime_vcpu *v, uint64_t now);

/*
 * Scheduling-in, in one call: pvtime_account(v, PVTIME_RUNNING, now), then pvtime_publish(v, now),
 * without charging twice. For the scheduler's hot path; same result, same requirements.
 */
bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now);

/*
 * Give the hypervisor's mapping of the structure, 64-byte aligned, or with NULL take it away
 * (before the memory goes). Writes revision, attributes, zero padding and the total charged so far;
 * so the page may be fresh, stale, or another one. Needs the mapping of pvtime_publish. Where
 * stolen time is off, no page is taken. Map it before the guest can learn of the address.
 */
void pvtime_map(struct pvtime_vcpu *v, struct pvtime_stolen *page);

/*
 * A trapped HVC or SMC #0 of an AArch64 guest: fid is w0, arg1 is w1. True: the call is one
 * of ours and *result is all of x0, also where that is NOT_SUPPORTED. False: not
 * ours, *result untouched. Calls of AArch32 guests and those with a non-zero immediate are not to
 * be passed on: both get NOT_SUPPORTED.
 *
 * Both dialects define the same x0: where beta-2's PV_TIME_FEATURES returns an int32 in w0, the
 * upper half is its sign extension.
 *
 * v: the calling vCPU. The answers depend on its dialect and address only: a hypervisor may ask
 * once per vCPU, after either was set, and answer from a copy.
 */
bool pvtime_service(const struct pvtime_vcpu *v, uint32_t fid, uint32_t arg1, int64_t *result);

/*
 * What SMCCC_ARCH_FEATURES(fid) answers, fid being w1 of that call: 0 for PV_TIME_FEATURES where v
 * has stolen time, NOT_SUPPORTED otherwise, so that discovery agrees with every later step.
 * PV_TIME_ST is asked for through PV_TIME_FEATURES, and is NOT_SUPPORTED here, as under Linux KVM.
 */
int64_t pvtime_arch_features(const struct pvtime_vcpu *v, uint32_t fid);

/*
 * The vCPU attribute: the IPA of the structure, as user space sets it (R-10; Linux's
 * KVM_ARM_VCPU_PVTIME_IPA). All return PVTIME_OK or one of enum pvtime_error.
 *
 * has: PVTIME_ENXIO where stolen time is off for this vCPU.
 *
 * get: PVTIME_ENXIO; PVTIME_EFAULT where base is NULL. *base is PVTIME_IPA_NONE while none is set.
 *
 * set: base points at the port's copy of what user space passed, NULL where that could not be read.
 * Checked in Linux's order: PVTIME_ENXIO; PVTIME_EFAULT (NULL); PVTIME_EINVAL (not 64-byte
 * aligned); PVTIME_EEXIST (set already); PVTIME_EINVAL (the 64 bytes are not inside one range of
 * guest memory, or are another vCPU's, R-31). The vCPU is changed only by success. Besides v's own
 * lock, the caller holds whatever keeps the VM's memory map and the addresses of its other vCPUs
 * from changing.
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

/* Bytes of a saved accounting. */
#define PVTIME_SNAPSHOT_SIZE 84u

/*
 * Save the accounting of a vCPU in a little-endian, versioned blob. The vCPU must be OFF or PAUSED
 * (account it so first), otherwise PVTIME_EBUSY and blob is untouched. The totals are those at
 * `now`.
 */
int pvtime_save(const struct pvtime_vcpu *v, uint64_t now, uint8_t blob[PVTIME_SNAPSHOT_SIZE]);

/*
 * Restore it, on this machine or another, with `now` the destination's clock: the baseline is taken
 * here, and what lies between save and restore is charged to nobody. The blob is not
 * trusted.
 *
 * v: initialised with the dialect and frequency of the source, its address set to the same value
 * (so it passed pvtime_attr_set there), OFF or PAUSED. Afterwards it is OFF or PAUSED as it was
 * saved; the hypervisor goes on with pvtime_account, as it knows what the vCPU was waiting for.
 * Where a page is mapped, the restored total is published at once. The guest never sees less than
 * before; a VM that is reverted to an earlier snapshot takes its memory back along with it.
 *
 * size: bytes at blob. Returns PVTIME_OK; PVTIME_EBUSY where v is not stopped; one of
 * PVTIME_ESNAP_*, and v is as it was.
 */
int pvtime_restore(struct pvtime_vcpu *v, const uint8_t *blob, size_t size, uint64_t now);

#ifdef __cplusplus
}
#endif

#endif
