/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm: making KVM publish without running a guest, and making it count from the
 * present thread and time on.
 */
#include <errno.h>
#include <signal.h>
#include <linux/kvm.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define SAVED 1000000000000u

static struct pvtime_kvm *k;
static struct fake_vcpu *vcpu;

static uint64_t stolen(void)
{
	uint64_t ns = 0;

	pvtime_kvm_vcpu_stolen_ns(k, 1, &ns);
	return ns;
}

/* A VM whose vCPU 1 has an address, and a thread that has waited. */
static void begin(void)
{
	const struct pvtime_range r = {0x90a0000, 0x10000};

	fake_start();
	vcpu = &fake.vms[0].vcpus[1];
	pvtime_kvm_create(&k, FAKE_VM(0), 1, &r, 2);
	pvtime_kvm_register(k);
	pvtime_kvm_vcpu_set(k, 1, FAKE_VCPU(0, 1));
}

/* Checks that publish() has given back all that it borrows. */
static void end(const char *what)
{
	tap_ok(vcpu->mp_state == KVM_MP_STATE_RUNNABLE && !vcpu->run_mask && !fake.timers &&
		       !fake.blocked && !fake.pending && !fake.entries,
	       "%s: the vCPU, signals and timers are as before, and no guest ran", what);
	tap_ok(pvtime_kvm_destroy(k) == 0 && !fake_leak(), "%s: all is released", what);
}

static void test_publish(void)
{
	begin();
	fake_run(0, 1, 1000);
	uint64_t before = stolen();
	fake.run_delay += 500;
	tap_is_u64(stolen(), before, "what a thread waits outside KVM_RUN is not published");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0, "pvtime_kvm_vcpu_publish() succeeds");
	tap_is_u64(stolen(), before + 500 + fake.wake_ns,
		   "a publish charges the whole wait of the thread");
	tap_is_u64(fake.runs, 1, "a publish succeeds at the first try");
	/* A vCPU that was stopped before is stopped afterwards. */
	vcpu->mp_state = KVM_MP_STATE_STOPPED;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0,
		   "a vCPU that is off can be published");
	tap_is_u64(vcpu->mp_state, KVM_MP_STATE_STOPPED,
		   "a vCPU that is off stays off in a publish");
	vcpu->mp_state = KVM_MP_STATE_RUNNABLE;
	end("publish");
}

/* Signals that come before KVM_RUN sleeps, on new and old kernels. */
static void test_early(void)
{
	begin();
	fake.latency_ns = 3000000;
	uint64_t waited = fake.run_delay;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0,
		   "a publish whose signals come too early succeeds");
	tap_is_u64(stolen(), waited + fake.wake_ns,
		   "a publish whose signals come too early charges the whole wait");
	tap_is_u64(fake.runs, 7, "a publish takes 7 tries, from 50 us to 3.2 ms");
	end("early");

	begin();
	fake.latency_ns = 3000000;
	fake.early_publishes = true;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0,
		   "a KVM that publishes at an early signal: the publish succeeds");
	tap_is_u64(fake.runs, 1, "a KVM that publishes at an early signal needs one run");
	end("early, old");

	begin();
	fake.latency_ns = UINT64_MAX;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), -ETIMEDOUT,
		   "a publish in a thread that never sleeps times out");
	tap_is_u64(fake.runs, 15, "a thread that never sleeps is given up after 15 runs");
	tap_is_u64(stolen(), 0, "a publish that is given up publishes nothing");
	end("never");
}

/*
 * If there is nothing to publish, a publish shows only in that the thread slept, and not for
 * another reason.
 */
static void test_nothing(void)
{
	begin();
	fake.run_delay = fake.wake_ns = 0;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0, "a publish of nothing succeeds");
	tap_is_u64(fake.runs, 2, "a publish of nothing ends at the second try");
	end("nothing");

	begin();
	fake.first_sleeps = 1;
	fake.latency_ns = 70000;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), 0,
		   "a publish whose first run sleeps to prepare succeeds");
	tap_ok(stolen() != 0, "a first run that sleeps to prepare is not taken for a publish");
	end("other sleep");
}

static void test_refused(void)
{
	begin();
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 0, SIGUSR1), -EINVAL,
		   "publish refuses a vCPU without an address");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 2, SIGUSR1), -EINVAL,
		   "publish refuses an index that has no vCPU");
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 2, SIGUSR1), -EINVAL,
		   "rebase refuses an index that has no vCPU");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, 0), -EINVAL, "publish refuses signal 0");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, 65), -EINVAL, "publish refuses signal 65");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGKILL), -EINVAL, "publish refuses SIGKILL");
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGSTOP), -EINVAL, "publish refuses SIGSTOP");
	tap_is_u64(fake.runs, 0, "refused calls do not run the vCPU");
	fake.exits = 1;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), -EBUSY,
		   "publish returns EBUSY if KVM_RUN exits to the VMM");
	vcpu->ipa += 64;
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), -ESTALE,
		   "publish returns ESTALE for a vCPU with another's address");
	vcpu->ipa -= 64;
	pvtime_kvm_unregister(k);
	tap_is_i64(pvtime_kvm_vcpu_publish(k, 1, SIGUSR1), -EINVAL,
		   "publish refuses a region that is not registered");
	pvtime_kvm_register(k);
	end("refused");
}

/* The thread's past, and a failure at each call: in every case the counter is what was restored. */
static void test_rebase(void)
{
	bool kept = true;
	unsigned failures = 0;

	begin();
	fake.run_delay = SAVED;
	fake_run(0, 1, 0);
	vcpu->last_steal = 0; /* a new vCPU, whose memory has the old number */
	fake.run_delay = 77;
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 1, SIGUSR1), 0, "a thread takes a restored vCPU over");
	tap_is_u64(stolen(), SAVED, "what the thread waited before the takeover is not charged");
	fake_run(0, 1, 10);
	tap_is_u64(stolen(), SAVED + 10, "what the thread waits after the takeover is charged");
	fake.run_delay = 3; /* another thread */
	tap_is_i64(pvtime_kvm_vcpu_rebase(k, 1, SIGUSR1), 0,
		   "another thread, with less of a past, takes the vCPU over");
	tap_is_u64(stolen(), SAVED + 10,
		   "the takeover by a thread with less of a past takes nothing back");
	fake_run(0, 1, 10);
	tap_is_u64(stolen(), SAVED + 20, "the counter continues after the second takeover");
	uint64_t before = stolen();
	for (unsigned n = 1;; n++) {
		fake.run_delay += 1000;
		fake.fail_error = EIO;
		fake.fail_at = fake.calls + n;
		int err = pvtime_kvm_vcpu_rebase(k, 1, SIGUSR1);
		kept &= stolen() == before;
		vcpu->mp_state = KVM_MP_STATE_RUNNABLE;
		vcpu->run_mask = 0;
		if (!err)
			break;
		failures++;
	}
	fake.fail_at = 0;
	tap_ok(kept, "a takeover that fails, in %u ways, takes and gives nothing", failures);
	tap_ok(failures >= 9, "a takeover can fail in at least 9 ways");
	end("rebase");
}

int main(void)
{
	test_publish();
	test_early();
	test_nothing();
	test_refused();
	test_rebase();
	return tap_done();
}
