/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_GUEST_H
#define PVTIME_GUEST_H

/*
 * The guest's side of stolen time: find it, register each vCPU, read it, and judge deadlines by it.
 *
 * Use, on each CPU as it comes online: pvtime_guest_locate, map the IPA (Normal, write-back, inner
 * shareable, read-only: ), pvtime_guest_attach. As it goes offline: pvtime_guest_detach.
 * Repeating this is harmless, and the CPU's stolen time never goes back.
 *
 * Locking. No locks and no globals. locate, attach and detach run on the CPU they are about, and
 * exclude every reader of that CPU's struct pvtime_guest_cpu (the lock of CPU hotplug). Readers, on
 * whatever CPU, need nothing among themselves.
 */
#include <stdbool.h>
#include <stdint.h>
#include <pvtime/abi.h>
#include <pvtime/convert.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The conduit, HVC or SMC as PSCI's FDT node says: makes the SMCCC call `fid` with x1 = arg1 (x2 to
 * x7 are free) and returns x0. The one callback of the library; it is not kept beyond pvtime_guest.
 */
typedef int64_t (*pvtime_conduit_fn)(uint32_t fid, uint64_t arg1);

/* Where discovery or registration ended: each step of R-03, then the checks of. */
enum pvtime_guest_error {
	PVTIME_GUEST_OK = 0,
	PVTIME_GUEST_NO_PSCI = -1,	  /* PSCI is older than 1.0, or absent */
	PVTIME_GUEST_NO_SMCCC = -2,	  /* PSCI_FEATURES: no SMCCC_VERSION */
	PVTIME_GUEST_OLD_SMCCC = -3,	  /* SMCCC is older than 1.1 */
	PVTIME_GUEST_NO_FEATURES = -4,	  /* SMCCC_ARCH_FEATURES: no PV_TIME_FEATURES */
	PVTIME_GUEST_NO_ST = -5,	  /* PV_TIME_FEATURES: no PV_TIME_ST */
	PVTIME_GUEST_NO_ADDRESS = -6,	  /* PV_TIME_ST: none for this vCPU */
	PVTIME_GUEST_BAD_ADDRESS = -7,	  /* not 64-byte aligned, or no IPA */
	PVTIME_GUEST_BAD_REVISION = -8,	  /* not 0: a structure of another layout */
	PVTIME_GUEST_BAD_ATTRIBUTES = -9, /* not 0 */
};

/* What discovery found, the same for every CPU. */
struct pvtime_guest {
	pvtime_conduit_fn call;
	uint32_t st_fid; /* PV_TIME_ST in the dialect asked for */
};

/*
 * Discovery as Linux does it, up to and including PV_TIME_FEATURES. Once, on any CPU.
 *
 * dialect: PVTIME_DIALECT_1_0, unless the hypervisor is known to speak beta-2. The two cannot be
 * told apart by asking: beta-2 gives 1.0's PV_TIME_ST to another call. Returns PVTIME_GUEST_OK and
 * sets *g, or the step that refused, and *g is untouched.
 */
int pvtime_guest_discover(struct pvtime_guest *g, pvtime_conduit_fn call,
			  enum pvtime_dialect dialect);

/* The stolen time of one CPU; all zero is one that was never registered. Private to the library. */
struct pvtime_guest_cpu {
	const struct pvtime_stolen *page; /* mapped structure, or NULL: last_ns stands */
	uint64_t last_ns;		  /* what detach or locate read last */
	uint64_t carry_ns; /* added to the page, where the hypervisor began again at 0 */
};

/*
 * Ask for the calling CPU's structure: *ipa is to be mapped and attached. From here until
 * pvtime_guest_attach the CPU's stolen time stands at its last value, because some hypervisors zero
 * the structure in this very call. Errors: PVTIME_GUEST_NO_ADDRESS, PVTIME_GUEST_BAD_ADDRESS; *ipa
 * is untouched then.
 */
int pvtime_guest_locate(const struct pvtime_guest *g, struct pvtime_guest_cpu *c, uint64_t *ipa);

/*
 * Read the CPU's stolen time from `page`, the mapping of *ipa, from now on. What was read before
 * goes on from its last value, whatever the structure starts with. Errors: PVTIME_GUEST_BAD_ADDRESS
 * (NULL or misaligned), PVTIME_GUEST_BAD_REVISION, PVTIME_GUEST_BAD_ATTRIBUTES; *c is as it was.
 */
int pvtime_guest_attach(struct pvtime_guest_cpu *c, const struct pvtime_stolen *page);

/* Stop reading the page, which may be unmapped then; the CPU keeps its last value. */
void pvtime_guest_detach(struct pvtime_guest_cpu *c);

/*
 * The counter as it is in a structure, in ns: one load that cannot tear, of a little-endian
 * number. `page`: mapped, as pvtime_guest_attach() wants it. For code that knows that the
 * CPU is attached, and that the hypervisor keeps R-23; others want pvtime_guest_stolen_ns().
 */
static inline uint64_t pvtime_stolen_read(const struct pvtime_stolen *page)
{
	uint64_t ns = __atomic_load_n(&page->stolen_ns, __ATOMIC_ACQUIRE);

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(ns) : ns;
}

/*
 * Stolen time of a CPU so far, in ns; from any CPU. Of the calling CPU it is exact; of another it
 * lags up to PVTIME_STALE_NS while that one is kept waiting. Never torn, and 0 only
 * before the CPU was first registered or first kept waiting.
 */
uint64_t pvtime_guest_stolen_ns(const struct pvtime_guest_cpu *c);

/* Stolen time and counter at one instant. */
struct pvtime_sample {
	uint64_t stolen_ns; /* the most that was stolen by then, ns */
	uint64_t slack_ns;  /* 0: exact; otherwise it may have been this much less */
	uint64_t counter;   /* ticks */
	uint32_t tries;
};

/*
 * A sample is taken stolen, counter, stolen, and repeated while the two differ:
 *
 *	pvtime_sample_begin(&s, cpu);
 *	do {
 *		now = the virtual counter;
 *	} while (!pvtime_sample_end(&s, cpu, now));
 *
 * The reader must read the counter in order with the loads on both sides: pvtime_counter() does.
 *The loop ends after at most PVTIME_SAMPLE_TRIES rounds, whatever the other side does: a change
 *between the two reads takes a preemption right there, so a second round is rare and a fourth means
 *that somebody single-steps the vCPU. Then the last round stands, and slack_ns says what it is
 *worth.
 */
#define PVTIME_SAMPLE_TRIES 4u

void pvtime_sample_begin(struct pvtime_sample *s, const struct pvtime_guest_cpu *c);
bool pvtime_sample_end(struct pvtime_sample *s, const struct pvtime_guest_cpu *c, uint64_t counter);

#ifdef __aarch64__
/*
 * CNTVCT, after the loads before it and before the loads after it. The first ISB keeps the counter
 * from being read early, the DSB has those loads done by then, the second ISB holds back what
 * follows.
 */
static inline uint64_t pvtime_counter(void)
{
	uint64_t ticks;

	__asm__ volatile("dsb ishld\n\tisb\n\tmrs %0, cntvct_el0\n\tisb"
			 : "=r"(ticks)
			 :
			 : "memory");
	return ticks;
}
#endif

/*
 * Time between two samples of one CPU that was not withheld from it: elapsed - stolen, in ns. At
 * most what it really was (slack is taken against it), never negative: 0 where the counter went
 * back. freq_hz: CNTFRQ, not 0.
 */
uint64_t pvtime_not_withheld_ns(const struct pvtime_sample *from, const struct pvtime_sample *to,
				uint32_t freq_hz);

/*
 * A deadline in time that the CPU could have used: it does not pass while the hypervisor keeps the
 * CPU from running. For watchdogs and lockup detectors, which otherwise report a busy host as a
 * hung guest.
 */
struct pvtime_deadline {
	uint64_t counter;   /* when it began, ticks */
	uint64_t stolen_ns; /* the least that was stolen by then */
	uint64_t budget_ns;
	uint32_t freq_hz;
};

/* budget_ns from the sample `now` on. freq_hz: CNTFRQ, not 0. */
void pvtime_deadline_start(struct pvtime_deadline *d, const struct pvtime_sample *now,
			   uint64_t budget_ns, uint32_t freq_hz);

/*
 * What is left of it at the sample `now` of the same CPU, in ns; 0: it has passed. It cannot pass
 * before that much more time has gone by, so this is what to set the next timer to.
 *
 * stale_ns: 0 for the CPU that both samples were taken on. For samples of another CPU, taken here,
 * PVTIME_STALE_NS: its last wait may not be in its page yet. The deadline then never passes
 * early, and passes at most 2 * stale_ns of its time late (the first sample may have lagged as
 * well). Under a hypervisor that does not refresh waiting vCPUs, a bound of the caller's own.
 */
uint64_t pvtime_deadline_left_ns(const struct pvtime_deadline *d, const struct pvtime_sample *now,
				 uint64_t stale_ns);

/* Whether it has passed: pvtime_deadline_left_ns() == 0. */
bool pvtime_deadline_passed(const struct pvtime_deadline *d, const struct pvtime_sample *now,
			    uint64_t stale_ns);

#ifdef __cplusplus
}
#endif

#endif
