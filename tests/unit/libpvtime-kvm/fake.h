/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_FAKE_H
#define KVM_FAKE_H

/*
 * A KVM for the tests of libpvtime-kvm, behind libpvtime-kvm/sys.h: VMs with slots, vCPUs with an
 * address, a state, and a thread that waits; and this process's descriptors, mappings, timers and
 * signals. Each call that can fail can be made to fail, by its number. Mistakes that no real system
 * forgives end the test: unmapping a slot's memory, a KVM_RUN that nothing would end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_VMS   3u
#define FAKE_VCPUS 4u
#define FAKE_SLOTS 4u

#define FAKE_VM(v)	(100 + (int)(v)) /* descriptors */
#define FAKE_VCPU(v, i) (200 + 16 * (int)(v) + (int)(i))

struct fake_vcpu {
	uint64_t ipa;
	uint32_t mp_state;
	uint64_t last_steal; /* KVM's baseline: run_delay at the last publish */
	uint64_t run_mask;   /* signals that KVM_RUN blocks; 0: none was set */
	bool uninitialised;
	/* Only where KVM keeps the total: it, and whether the next KVM_RUN begins to count. */
	uint64_t total;
	bool begun, set; /* set: user space has set the total */
	unsigned aborts; /* how many external aborts it got */
};

struct fake_slot {
	uint64_t base, size; /* size 0: none */
	uint8_t *memory;
	bool log_dirty, read_only;
	bool dirty; /* KVM has written to it while the log was on */
};

struct fake_vm {
	struct fake_vcpu vcpus[FAKE_VCPUS];
	struct fake_slot slots[FAKE_SLOTS];
	uint64_t bitmap;
	bool ran;
};

struct fake {
	/* The kernel. */
	bool no_stolen_time, no_bitmap;
	bool keeps_total;      /* as with ports/linux */
	bool early_publishes;  /* as before Linux 5.16: KVM_RUN with a signal pending publishes */
	uint64_t latency_ns;   /* a signal that comes earlier is there before KVM_RUN sleeps */
	uint64_t wake_ns;      /* what the thread waits when it is woken up */
	unsigned exits;	       /* how many KVM_RUNs end with an exit to user space */
	uint32_t frequency;    /* of the counter */
	unsigned first_sleeps; /* how many KVM_RUNs first sleep for another reason */
	struct fake_vm vms[FAKE_VMS];
	/* The thread. */
	uint64_t run_delay, sleeps;
	int blocked, pending; /* signals, 0: none */
	/* The process. */
	unsigned fds, maps, allocs, timers;
	int timer_signal;
	uint64_t timer_ns;	/* armed; 0: not */
	unsigned runs, entries; /* KVM_RUNs, and those that entered a guest */
	/*
	 * The calls so far that can fail; the number of the one that must fail, counted from 1; and
	 * what it was.
	 */
	unsigned calls, fail_at;
	int fail_error;
	bool failed;
	unsigned long failed_request; /* of an ioctl, else 0 */
};

extern struct fake fake;

/* Start afresh: vCPUs are runnable, nothing is set, and the kernel is like Linux 6.1. */
void fake_start(void);

/* The thread waits for `wait_ns`; then the vCPU runs, as far as the guest can see. */
void fake_run(unsigned vm, unsigned vcpu, uint64_t wait_ns);

/*
 * For the fake itself: 0, or the error with which this call must fail; and the end of the test for
 * a mistake that no real system forgives.
 */
int fake_fails(unsigned long request);
_Noreturn void fake_wrong(const char *what);

/* The first of this process's resources and of the slots that was left behind; NULL if none was. */
const char *fake_leak(void);

#endif
