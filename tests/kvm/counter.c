/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters compared with run_delay: while the vCPU runs, and when they are published without
 * running the guest.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"

static void test_contended(void)
{
	struct sample before, after;
	struct vm vm;

	vm_with_stolen(&vm);
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	before = run_once(&vm, 0);
	for (unsigned i = 0; i < 20; i++) {
		delay_grow(WAIT_NS / 10);
		vcpu_run(&vm.vcpus[0]);
	}
	after = run_once(&vm, 0);
	grew(&before, &after,
	     "while contended, the counter grows by the time that the thread waited");
	expect(after.stolen - before.stolen >= 2 * (uint64_t)WAIT_NS,
	       "while contended, the counter grows by at least 100 ms");
	expect_u64(stolen(&vm, 1), 0, "the stolen time of a vCPU that has not run is 0");
	before = after;
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the region's memory is taken away");
	delay_grow(WAIT_NS);
	vcpu_run(&vm.vcpus[0]);
	expect_u64(stolen(&vm, 0), before.stolen,
		   "the counter does not change while its memory is taken away");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the region's memory is brought back");
	after = run_once(&vm, 0);
	grew(&before, &after, "time waited while the memory was taken away is charged afterwards");
	pvtime_kvm_reset(vm.stolen);
	expect_u64(stolen(&vm, 0), 0, "a reset of the VM zeroes the counter");
	before = after;
	before.stolen = 0;
	after = run_once(&vm, 0);
	grew(&before, &after, "after a reset the counter continues from 0");
	vm_destroy(&vm);
}

/* The state that a publish must not change. */
struct vcpu_state {
	uint32_t mp_state;
	uint64_t pc;
	sigset_t signals, pending;
};

static struct vcpu_state state_of(const struct vcpu *vcpu)
{
	struct vcpu_state s = {.pc = 0};
	struct kvm_mp_state mp;
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&s.pc,
	};

	if (ioctl(vcpu->fd, KVM_GET_MP_STATE, &mp) != 0 ||
	    ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg) != 0)
		bail_out("the state of a vCPU cannot be read");
	s.mp_state = mp.mp_state;
	pthread_sigmask(SIG_SETMASK, NULL, &s.signals);
	sigpending(&s.pending);
	return s;
}

static void unchanged(const struct vcpu_state *was, const struct vcpu *vcpu, const char *what)
{
	struct vcpu_state is = state_of(vcpu);

	expect(is.mp_state == was->mp_state && is.pc == was->pc &&
		       memcmp(&is.signals, &was->signals, sizeof(is.signals)) == 0 &&
		       memcmp(&is.pending, &was->pending, sizeof(is.pending)) == 0,
	       "%s does not change the vCPU's state or the thread's signals", what);
}

static void ignore(int signo)
{
	(void)signo;
}

/*
 * After a publish, signals other than the library's end KVM_RUN again: here on a stopped vCPU,
 * which would otherwise sleep for ever.
 */
static void test_other_signals(const struct vcpu *vcpu)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval soon = {.it_value = {.tv_usec = 10000}};
	struct kvm_mp_state state = {.mp_state = KVM_MP_STATE_STOPPED};

	sigaction(SIGALRM, &action, NULL);
	ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
	setitimer(ITIMER_REAL, &soon, NULL);
	is_error(ioctl(vcpu->fd, KVM_RUN, NULL) < 0 ? -errno : 0, EINTR,
		 "after a publish, SIGALRM ends KVM_RUN");
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
}

static void test_publish(void)
{
	struct sample before, after;
	struct vm vm;

	vm_with_stolen(&vm);
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGKILL), EINVAL,
		 "a publish with SIGKILL is rejected");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, 99), EINVAL,
		 "a publish with an invalid signal is rejected");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, VM_VCPUS, SIGNAL), EINVAL,
		 "a publish of a vCPU index out of range is rejected");
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	before = run_once(&vm, 0);
	delay_grow(WAIT_NS);
	after.delay_before = delay_ns();
	vcpu_complete(&vm.vcpus[0]);
	if (keeps_total(&vm)) {
		after.stolen = stolen(&vm, 0);
		after.delay_after = delay_ns();
		grew(&before, &after, "KVM publishes when KVM_RUN returns");
	} else {
		expect_u64(stolen(&vm, 0), before.stolen,
			   "without a publish, the counter does not change");
	}
	struct vcpu_state state = state_of(&vm.vcpus[0]);
	after.delay_before = delay_ns();
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), 0, "a publish succeeds");
	after.stolen = stolen(&vm, 0);
	after.delay_after = delay_ns();
	grew(&before, &after, "a publish charges the time that the thread waited");
	unchanged(&state, &vm.vcpus[0], "a publish");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), 0,
		 "a publish right after another succeeds");
	before = after;
	after = run_once(&vm, 0);
	grew(&before, &after, "after a publish, the guest continues to be charged");
	test_other_signals(&vm.vcpus[0]);
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the memory is taken away before a publish");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), EINVAL,
		 "a publish without memory fails");
	is_error(pvtime_kvm_vcpu_rebase(vm.stolen, 0, SIGNAL), EINVAL,
		 "a rebase without memory fails");
	vm_destroy(&vm);
}

void test_counters(void)
{
	test_contended();
	test_publish();
}
