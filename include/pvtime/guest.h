/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_GUEST_H
#define PVTIME_GUEST_H

/*
 * The guest's side of stolen time: discover it, register each vCPU, read it, and measure deadlines
 * in time that the vCPU could use.
 *
 * Use. pvtime_guest_discover() runs once. Each CPU, as it comes online, calls
 * pvtime_guest_locate(), maps the IPA (Normal, write-back, inner shareable, read-only: ),
 * and calls pvtime_guest_attach(). As it goes offline, it calls pvtime_guest_detach(). A CPU may
 * repeat this, and its stolen time never goes back.
 *
 * Locking. The library has no locks and no globals. locate, attach and detach run on the CPU that
 * they are about, one at a time. Readers of that CPU's stolen time need no lock: they may run on
 * any CPU, and in an interrupt or an NMI on this one, also while these functions run. A reader that
 * overlaps detach or locate may miss what is stolen during that call. One on another CPU that ends
 * after it may have what is stolen after it as well, which the kept value does not have.
 *
 * After detach or locate, a reader on another CPU may still be reading the page. The caller waits
 * for it before it unmaps the page, and before it attaches again: until each other CPU has left
 * every section in which it reads (RCU's grace period; or an IPI to each, if readers run with
 * interrupts disabled).
 */
#include <pvtime/abi.h>
#include <pvtime/convert.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The conduit: makes the SMCCC call `fid` with x1 = arg1, by HVC or SMC as PSCI's FDT node says,
 * and returns x0. x2 to x7 may hold anything. It is the only callback of the library, and only
 * struct pvtime_guest keeps a pointer to it.
 */
typedef int64_t (*pvtime_conduit_fn)(uint32_t fid, uint64_t arg1);

/* The step at which discovery or registration failed. */
enum pvtime_guest_error {
	PVTIME_GUEST_OK = 0,
	PVTIME_GUEST_NO_PSCI = -1,	  /* PSCI is older than 1.0, or absent */
	PVTIME_GUEST_NO_SMCCC = -2,	  /* PSCI_FEATURES does not report SMCCC_VERSION */
	PVTIME_GUEST_OLD_SMCCC = -3,	  /* SMCCC is older than 1.1 */
	PVTIME_GUEST_NO_FEATURES = -4,	  /* SMCCC_ARCH_FEATURES does not report PV_TIME_FEATURES */
	PVTIME_GUEST_NO_ST = -5,	  /* PV_TIME_FEATURES does not report PV_TIME_ST */
	PVTIME_GUEST_NO_ADDRESS = -6,	  /* PV_TIME_ST returns no address for this vCPU */
	PVTIME_GUEST_BAD_ADDRESS = -7,	  /* the address is not 64-byte aligned, or not an IPA */
	PVTIME_GUEST_BAD_REVISION = -8,	  /* not 0: the structure has another layout */
	PVTIME_GUEST_BAD_ATTRIBUTES = -9, /* not 0 */
};

/* The result of discovery, the same for every CPU. */
struct pvtime_guest {
	pvtime_conduit_fn call;
	uint32_t st_fid; /* function ID of PV_TIME_ST in the dialect asked for */
};

/*
 * Discover stolen time in the steps that Linux takes, up to and including PV_TIME_FEATURES.
 * Call this once, on any CPU.
 *
 * dialect: PVTIME_DIALECT_1_0, unless the hypervisor is known to implement beta-2. A guest cannot
 * detect the dialect, because beta-2 gives the ID of 1.0's PV_TIME_ST to another call. Any other
 * value than these two makes no call and returns PVTIME_GUEST_NO_FEATURES. Returns PVTIME_GUEST_OK
 * and sets *g; or returns the step that failed, and leaves *g unchanged.
 */
int pvtime_guest_discover(struct pvtime_guest *g, pvtime_conduit_fn call,
			  enum pvtime_dialect dialect);

/*
 * The stolen time of one CPU. All zero is the initial value, of a CPU that was never registered.
 * The fields are private to the library.
 */
struct pvtime_guest_cpu {
	const struct pvtime_stolen *page; /* mapped structure; NULL: last_ns is the stolen time */
	uint64_t last_ns;		  /* the last value that detach or locate read */
	/* added to the page's value, after the hypervisor restarted at 0; changes without a page */
	uint64_t carry_ns;
};

/*
 * Get the address of the calling CPU's structure (PV_TIME_ST). The caller then maps *ipa and
 * attaches it. From this call until pvtime_guest_attach() the CPU's stolen time keeps its last
 * value, because some hypervisors zero the structure in this call. Errors: PVTIME_GUEST_NO_ADDRESS,
 * PVTIME_GUEST_BAD_ADDRESS; both leave *ipa unchanged.
 */
int pvtime_guest_locate(const struct pvtime_guest *g, struct pvtime_guest_cpu *c, uint64_t *ipa);

/*
 * From now on, read the CPU's stolen time from `page`, the mapping of *ipa. The CPU's stolen time
 * continues from its last value and never falls below it, whatever value the structure starts with.
 * If the CPU is attached already, this detaches it first, without waiting for readers on other
 * CPUs: where there are some, call pvtime_guest_detach() and wait for them before. Errors:
 * PVTIME_GUEST_BAD_ADDRESS (NULL or misaligned), PVTIME_GUEST_BAD_REVISION,
 * PVTIME_GUEST_BAD_ATTRIBUTES; all leave *c unchanged.
 */
int pvtime_guest_attach(struct pvtime_guest_cpu *c, const struct pvtime_stolen *page);

/*
 * Stop reading the page. The CPU's stolen time keeps its last value. The page may be
 * unmapped as soon as the readers on other CPUs have ended, as said above.
 */
void pvtime_guest_detach(struct pvtime_guest_cpu *c);

/*
 * The CPU's stolen time so far, in ns. Any CPU may call this. For the calling CPU the value is
 * exact. For another CPU it lags by up to PVTIME_STALE_NS while that CPU is kept waiting.
 * The value is never torn, and is 0 only before the CPU was first registered or first kept
 * waiting.
 */
uint64_t pvtime_guest_stolen_ns(const struct pvtime_guest_cpu *c);

/* Stolen time and counter at one instant. */
struct pvtime_sample {
	uint64_t stolen_ns; /* upper bound of the stolen time, ns */
	uint64_t slack_ns;  /* 0: stolen_ns is exact; otherwise it is at most this much too high */
	uint64_t counter;   /* CNTVCT, ticks */
	uint32_t tries;
};

/*
 * A sample reads stolen, counter, stolen, and repeats while the two readings of stolen differ:
 *
 *	pvtime_sample_begin(&s, cpu);
 *	do {
 *		now = the virtual counter;
 *	} while (!pvtime_sample_end(&s, cpu, now));
 *
 * The caller must read the counter in order with the loads before and after it, as pvtime_counter()
 * does. The loop ends after at most PVTIME_SAMPLE_TRIES rounds, whatever the hypervisor does. A
 * second round is rare, because it takes a preemption between the two readings. A fourth round
 * means that the vCPU is being single-stepped. The last round is then the result, and slack_ns
 * bounds its error.
 */
#define PVTIME_SAMPLE_TRIES 4u

void pvtime_sample_begin(struct pvtime_sample *s, const struct pvtime_guest_cpu *c);
bool pvtime_sample_end(struct pvtime_sample *s, const struct pvtime_guest_cpu *c, uint64_t counter);

#ifdef __aarch64__
/*
 * Read CNTVCT in order with the loads before and after it. The DSB completes the loads before it,
 * the first ISB keeps the counter from being read earlier, and the second ISB holds back the loads
 * after it.
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
 * The time between two samples of one CPU in which the hypervisor did not withhold the CPU: elapsed
 * - stolen, in ns. The result is at most the true value, because the slack of the samples counts as
 * stolen. It is never negative: it is 0 where the counter went back. freq_hz: CNTFRQ, not 0.
 */
uint64_t pvtime_not_withheld_ns(const struct pvtime_sample *from, const struct pvtime_sample *to,
				uint32_t freq_hz);

/*
 * A deadline in time that the CPU could use: it does not pass while the hypervisor keeps the CPU
 * from running. It is for watchdogs and lockup detectors, which otherwise report a busy host as a
 * hung guest.
 */
struct pvtime_deadline {
	uint64_t counter;   /* start of the deadline, ticks */
	uint64_t stolen_ns; /* lower bound of the stolen time at the start */
	uint64_t budget_ns;
	uint32_t freq_hz;
};

/* Start a deadline of budget_ns at the sample `now`. freq_hz: CNTFRQ, not 0. */
void pvtime_deadline_start(struct pvtime_deadline *d, const struct pvtime_sample *now,
			   uint64_t budget_ns, uint32_t freq_hz);

/*
 * The time that is left at the sample `now` of the same CPU, in ns; 0: the deadline has passed. The
 * deadline cannot pass before at least this much more time has elapsed, so this is the value for
 * the next timer.
 *
 * stale_ns: 0 if the CPU itself took both samples. PVTIME_STALE_NS for samples of another
 * CPU, taken here: that CPU's last wait may not be in its page yet. The deadline then never passes
 * early, and passes at most 2 * stale_ns of its time late, because the first sample may have lagged
 * as well. Under a hypervisor that does not refresh waiting vCPUs, the caller chooses a bound of
 * its own.
 */
uint64_t pvtime_deadline_left_ns(const struct pvtime_deadline *d, const struct pvtime_sample *now,
				 uint64_t stale_ns);

/* Whether the deadline has passed: pvtime_deadline_left_ns() == 0. */
bool pvtime_deadline_passed(const struct pvtime_deadline *d, const struct pvtime_sample *now,
			    uint64_t stale_ns);

#ifdef __cplusplus
}
#endif

#endif
