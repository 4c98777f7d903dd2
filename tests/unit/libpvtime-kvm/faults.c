/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm on a system that fails: each call in the life of a VM, from planning to a restored
 * copy, fails once. The failure is reported. Then either the failed step is repeated and all else
 * succeeds, or the VMM gives up and nothing is left behind.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <linux/kvm.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define VCPUS 3u
#define SLOT  2u
#define BASE  0x90a0000u

enum { SOURCE, TARGET, DENIED }; /* VMs */

/* A VMM with its VM, and with the VM as which that is restored. */
struct vmm {
	struct pvtime_range region;
	struct pvtime_kvm *k[2];
	uint8_t blob[256];
	uint64_t saved[VCPUS];
};

/* A step returns 0 or a negative errno, and can be repeated. */
static int step_supported(struct vmm *m)
{
	(void)m;
	int has = pvtime_kvm_vm_supported(FAKE_VM(SOURCE));
	if (has == 1)
		has = pvtime_kvm_vcpu_supported(FAKE_VCPU(SOURCE, 0));
	return has < 0 ? has : has == 1 ? 0 : -ENOTSUP;
}

static int step_find(struct vmm *m)
{
	const struct pvtime_range used[] = {{0x40000000, 0x10000000}, {0x0, BASE}};

	return pvtime_kvm_find(&m->region, 0, VCPUS, used, 2, 0);
}

static int step_create(struct vmm *m)
{
	return pvtime_kvm_create(&m->k[SOURCE], FAKE_VM(SOURCE), SLOT, &m->region, VCPUS);
}

static int step_register(struct vmm *m)
{
	return pvtime_kvm_register(m->k[SOURCE]);
}

static int step_log_dirty(struct vmm *m)
{
	int err = pvtime_kvm_log_dirty(m->k[SOURCE], 1);

	return err ? err : pvtime_kvm_log_dirty(m->k[SOURCE], 0);
}

static int step_set_0(struct vmm *m)
{
	return pvtime_kvm_vcpu_set(m->k[SOURCE], 0, FAKE_VCPU(SOURCE, 0));
}

static int step_set_1(struct vmm *m)
{
	fake_run(SOURCE, 0, 1000);
	return pvtime_kvm_vcpu_set(m->k[SOURCE], 1, FAKE_VCPU(SOURCE, 1));
}

static int step_set_2(struct vmm *m)
{
	return pvtime_kvm_vcpu_set(m->k[SOURCE], 2, FAKE_VCPU(SOURCE, 2));
}

static int step_check(struct vmm *m)
{
	return pvtime_kvm_vcpu_check(m->k[SOURCE], 1);
}

static int step_publish(struct vmm *m)
{
	fake_run(SOURCE, 1, 2000);
	fake.run_delay += 500;
	return pvtime_kvm_vcpu_publish(m->k[SOURCE], 1, SIGUSR1);
}

static int step_save(struct vmm *m)
{
	/* Where KVM keeps the total, what is saved includes the wait since the last publish. */
	for (uint32_t i = 0; i < VCPUS; i++) {
		const struct fake_vcpu *vcpu = &fake.vms[SOURCE].vcpus[i];

		pvtime_kvm_vcpu_stolen_ns(m->k[SOURCE], i, &m->saved[i]);
		m->saved[i] += vcpu->begun ? fake.run_delay - vcpu->last_steal : 0;
	}
	return pvtime_kvm_save(m->k[SOURCE], m->blob, sizeof(m->blob));
}

static int step_unregister(struct vmm *m)
{
	return pvtime_kvm_unregister(m->k[SOURCE]);
}

static int destroy(struct pvtime_kvm **k)
{
	int err = pvtime_kvm_destroy(*k);

	if (!err)
		*k = NULL;
	return err;
}

static int step_destroy(struct vmm *m)
{
	return destroy(&m->k[SOURCE]);
}

static int step_create_target(struct vmm *m)
{
	const struct pvtime_range used[] = {{0x40000000, 0x10000000}};
	struct pvtime_range region;
	uint32_t vcpus;
	int err = pvtime_kvm_snapshot_region(m->blob, 40 + 16 * VCPUS + 4, used, 1, 0, &region,
					     &vcpus);

	return err ? err : pvtime_kvm_create(&m->k[TARGET], FAKE_VM(TARGET), SLOT, &region, vcpus);
}

static int step_register_target(struct vmm *m)
{
	return pvtime_kvm_register(m->k[TARGET]);
}

static int step_restore(struct vmm *m)
{
	fake.vms[TARGET].bitmap = 3;
	return pvtime_kvm_restore(m->k[TARGET], FAKE_VCPU(TARGET, 0), m->blob,
				  pvtime_kvm_snapshot_size(m->k[TARGET]));
}

static int step_set_target(struct vmm *m)
{
	int err = 0;

	for (uint32_t i = 0; i < VCPUS && !err; i++)
		if (fake.vms[TARGET].vcpus[i].ipa == PVTIME_KVM_IPA_NONE)
			err = pvtime_kvm_vcpu_set(m->k[TARGET], i, FAKE_VCPU(TARGET, i));
	return err;
}

static int step_rebase_0(struct vmm *m)
{
	return pvtime_kvm_vcpu_rebase(m->k[TARGET], 0, SIGUSR1);
}

static int step_rebase_1(struct vmm *m)
{
	return pvtime_kvm_vcpu_rebase(m->k[TARGET], 1, SIGUSR1);
}

static int step_destroy_target(struct vmm *m)
{
	return destroy(&m->k[TARGET]);
}

static int step_deny(struct vmm *m)
{
	(void)m;
	return pvtime_kvm_deny(FAKE_VCPU(DENIED, 0));
}

static int (*const steps[])(struct vmm *m) = {
	step_supported, step_find,	 step_create,	step_register,	    step_log_dirty,
	step_set_0,	step_set_1,	 step_set_2,	step_check,	    step_publish,
	step_save,	step_unregister, step_destroy,	step_create_target, step_register_target,
	step_restore,	step_set_target, step_rebase_0, step_rebase_1,	    step_destroy_target,
	step_deny,
};
#define STEPS	       (sizeof(steps) / sizeof(steps[0]))
#define FIRST_RESTORED 15u /* step_restore: from then on, the target has the counters */

/* What holds at any time, whatever has failed. NULL: nothing is wrong. */
static const char *wrong_now(const struct vmm *m)
{
	for (unsigned v = SOURCE; v <= TARGET; v++) {
		const struct fake_vcpu *vcpus = fake.vms[v].vcpus;

		for (unsigned i = 0; i < VCPUS; i++) {
			if (vcpus[i].ipa != PVTIME_KVM_IPA_NONE &&
			    vcpus[i].ipa != m->region.base + 64 * i)
				return "a vCPU has another's address";
			/* What KVM does not take back, the library cannot. */
			if (vcpus[i].mp_state == KVM_MP_STATE_STOPPED &&
			    fake.failed_request != KVM_SET_MP_STATE)
				return "a vCPU stays stopped";
			if (vcpus[i].run_mask && fake.failed_request != KVM_SET_SIGNAL_MASK)
				return "KVM_RUN keeps a signal mask";
		}
	}
	if (fake.timers || fake.blocked || fake.pending)
		return "a timer or a signal is left behind";
	return fake.entries ? "a guest ran" : NULL;
}

/* Makes vCPUs that stayed stopped runnable again, as an administrator would. */
static void go_on(void)
{
	for (unsigned v = SOURCE; v <= TARGET; v++)
		for (unsigned i = 0; i < VCPUS; i++) {
			fake.vms[v].vcpus[i].mp_state = KVM_MP_STATE_RUNNABLE;
			fake.vms[v].vcpus[i].run_mask = 0;
		}
	fake.failed_request = 0;
}

/*
 * The counters of the restored VM must be those that were saved, whichever vCPU was rebased (R-23,
 *
 */
static const char *wrong_counters(const struct vmm *m)
{
	for (uint32_t i = 0; i < VCPUS; i++) {
		uint64_t ns;

		if (pvtime_kvm_vcpu_stolen_ns(m->k[TARGET], i, &ns) || ns != m->saved[i])
			return "a counter is not the one that was saved";
	}
	return NULL;
}

/* Takes a step in which a call may fail. Returns what is wrong, or NULL. */
static const char *take(struct vmm *m, unsigned i, int *err)
{
	const bool failed_before = fake.failed;

	*err = steps[i](m);
	const bool failed_here = fake.failed && !failed_before;
	if (!failed_here && *err)
		return "a step fails although no call did";
	if (failed_here && !*err)
		return "a failure is not reported";
	if (*err && *err != -EIO && *err != -ENOMEM)
		return "another error is reported";
	const char *wrong = wrong_now(m);
	if (!wrong && steps[i] != step_destroy_target && m->k[TARGET] && i >= FIRST_RESTORED)
		wrong = *err && steps[i] == step_restore ? NULL : wrong_counters(m);
	return wrong;
}

/*
 * All steps, of which call number `fail_at` fails. again: the failed step is repeated, and the rest
 * follows; otherwise the VMM gives up. keeps_total: KVM keeps the total of each vCPU. Returns what
 * is wrong, or NULL; *done: there is no call of that number.
 */
static const char *live(unsigned fail_at, bool again, bool keeps_total, bool *done)
{
	struct vmm m = {.k = {NULL, NULL}};
	const char *wrong = NULL;
	int err = 0;

	fake_start();
	fake.keeps_total = keeps_total;
	fake.fail_at = fail_at;
	fake.fail_error = EIO;
	for (unsigned i = 0; i < STEPS && !wrong && !err; i++) {
		wrong = take(&m, i, &err);
		if (!wrong && err && again) {
			go_on();
			wrong = take(&m, i, &err);
		}
	}
	*done = !fake.failed;
	fake.fail_at = 0;
	for (unsigned i = 0; i < 2; i++)
		if (destroy(&m.k[i]) != 0 && !wrong)
			wrong = "a region cannot be released";
	return wrong ? wrong : fake_leak();
}

/* Returns how many calls can fail. */
static unsigned fail_each(bool again, bool keeps_total)
{
	bool done = false;
	unsigned n = 0;

	while (!done) {
		const char *wrong = live(++n, again, keeps_total, &done);

		tap_ok(!wrong, "call %u %s, %s, %s: error found: %s", n,
		       done ? "does not exist" : "fails",
		       keeps_total ? "KVM keeps the total" : "KVM does not keep the total",
		       again ? "the VMM repeats the step" : "the VMM gives up",
		       wrong ? wrong : "none");
	}
	return n - 1;
}

int main(void)
{
	for (unsigned keeps_total = 0; keeps_total < 2; keeps_total++) {
		unsigned again = fail_each(true, keeps_total);
		unsigned given_up = fail_each(false, keeps_total);

		tap_ok(again == given_up && again > 50,
		       "%u calls can fail, as many with either reaction and more than 50", again);
	}
	return tap_done();
}
