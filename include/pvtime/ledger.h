/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_LEDGER_H
#define PVTIME_LEDGER_H

/*
 * The ledger of a vCPU, for a hypervisor that keeps no books of its own: how long the vCPU was in
 * each of five states. Its time in READY is the stolen time that its guest sees (view.h).
 *
 * Clock. Every `now` is a reading of one steady clock, in ticks at the frequency given to
 * pvtime_vcpu_init(). The physical counter (CNTPCT) is right, and so is a clock in nanoseconds,
 * with 10^9 as its frequency. That is the better choice where a VM may move to a host with another
 * CNTFRQ. A counter that stops with the vCPU, or is offset for it, is wrong. A frequency has 32
 * bits, as CNTFRQ_EL0 has: no counter of Arm's is faster than 1 GHz.
 *
 * A reading that is less than the last one, as from CPUs whose counters differ by a few ticks,
 * counts as the last one: nothing is charged, and no total decreases.
 *
 * A reading that is PVTIME_DOUBT_S or more after the last one is doubtful, because the counter may
 * have been misread. If the vCPU was READY, that time is not charged as stolen: it is booked as
 * doubtful. If a later reading shows that the clock had not really moved on, the ledger takes back
 * what it has booked, and continues as if the wrong reading had not been: the time from the last
 * reading before it is charged if the vCPU has kept its state, and otherwise booked as doubtful. If
 * the clock did move on (a debugger had stopped the machine), the ledger continues from there. The
 * other states last for months rightly, and are charged in full.
 *
 * pvtime_vcpu_init(), pvtime_vcpu_reset() and pvtime_restore() begin at `now`, whatever it is.
 *
 * Locking. As view.h says, with the vCPU's ledger as part of its view: calls that take the same
 * vCPU must not overlap. Use the lock under which the scheduler changes the vCPU's state, and
 * disable interrupts while you hold it if a handler takes it. Functions of a const vCPU need that
 * lock as well; pvtime_get_state() and those of its view do not.
 */
#include <pvtime/abi.h>
#include <pvtime/convert.h>
#include <pvtime/view.h>

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

/* So much time between two readings of the clock is doubtful, in seconds. */
#define PVTIME_DOUBT_S 4096u

/*
 * Converts counter ticks to nanoseconds: 10^9 = whole * freq + rest. The fields are private to the
 * library.
 */
struct pvtime_rate {
	uint32_t whole, rest;
	uint32_t freq; /* Hz; never 0 */
};

/*
 * The accounting of one vCPU, at most 128 bytes. `view` is for the functions of view.h. The other
 * fields are private to the library.
 */
struct pvtime_vcpu {
	struct pvtime_view view;
	/* charged until `since`, by state, in ticks; the last entry is the doubtful time */
	uint64_t ticks[PVTIME_STATES + 1];
	uint64_t since;	 /* the reading at which time was last charged, ticks */
	uint64_t origin; /* elapsed = since - origin, modulo 2^64 */
	/* the last doubtful step of the clock */
	uint64_t jump_from, jump_to;
	struct pvtime_rate rate;
	uint8_t state;	    /* enum pvtime_state, or PVTIME_STATES: `entered` has it */
	uint8_t entered;    /* the state, if it changed at a wrong reading */
	uint8_t jump_state; /* the state in which the clock jumped; or that it did not */
};
#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_vcpu) <= 128, "a vCPU costs at most 128 bytes");
#endif

/*
 * Start accounting at `now`: state OFF, all totals 0, no address, no page. The previous content of
 * *v is overwritten. If the vCPU has another state, set that with pvtime_account().
 *
 * freq_hz: of the clock, in Hz. If it is 0, because the board's firmware left CNTFRQ 0, there is no
 * unit in which to report time: the vCPU then gets PVTIME_DIALECT_OFF, whatever `dialect` is.
 *
 * Returns PVTIME_OK; PVTIME_EINVAL if `dialect` is not one of enum pvtime_dialect, and the vCPU
 * then has a ledger, but no stolen time.
 */
int pvtime_vcpu_init(struct pvtime_vcpu *v, enum pvtime_dialect dialect, uint32_t freq_hz,
		     uint64_t now);

/*
 * Reset the accounting together with the VM: all totals are 0 at `now`, the state is OFF; address,
 * page and dialect stay. If the vCPU has another state afterwards, set that with pvtime_account().
 * What pvtime_restart() says holds here as well.
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
 *
 * Returns false, and changes nothing, if `next` is not one of the five states.
 */
bool pvtime_account(struct pvtime_vcpu *v, enum pvtime_state next, uint64_t now);

/*
 * Store the total stolen time up to `now` (ticks), in ns, in the structure. This is pvtime_show()
 * with the ledger's total, which never decreases. When to call it, and its result, are those of
 * pvtime_show().
 */
bool pvtime_publish(struct pvtime_vcpu *v, uint64_t now);

/*
 * Scheduling-in in one call: pvtime_account(v, PVTIME_RUNNING, now), then pvtime_publish(v, now),
 * without charging twice. It is for the scheduler's hot path. Result and requirements are those of
 * pvtime_publish().
 */
bool pvtime_switch_in(struct pvtime_vcpu *v, uint64_t now);

/* All totals of a vCPU, in ticks. ticks[PVTIME_READY] is the stolen time. */
struct pvtime_totals {
	uint64_t ticks[PVTIME_STATES]; /* by enum pvtime_state */
	uint64_t doubtful;
	uint64_t elapsed; /* since init or reset, without the time between a save and its restore */
};

/*
 * All totals at `now`, the open interval included: the sum of ticks[] and doubtful is elapsed,
 * exactly, at every instant.
 */
void pvtime_totals(const struct pvtime_vcpu *v, uint64_t now, struct pvtime_totals *totals);

/* The state. Without the lock, it may just have changed. */
static inline enum pvtime_state pvtime_get_state(const struct pvtime_vcpu *v)
{
	uint8_t state = __atomic_load_n(&v->state, __ATOMIC_RELAXED);

	if (__builtin_expect(state == PVTIME_STATES, 0)) {
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		state = __atomic_load_n(&v->entered, __ATOMIC_RELAXED);
	}
	return (enum pvtime_state)state;
}

/* The reading of the clock up to which time is charged, ticks. */
static inline uint64_t pvtime_get_since(const struct pvtime_vcpu *v)
{
	return v->since;
}

/* Size of a snapshot, in bytes. */
#define PVTIME_SNAPSHOT_SIZE 92u

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
 * (so the destination has checked that value as well), OFF or PAUSED. Afterwards it is OFF or
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
