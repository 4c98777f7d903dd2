/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm on the real thing: a VMM of a few instructions (conformance/user/vm.h), on the host's /dev/kvm, with a
 * process that wants the same CPU all the time. The truth is the run_delay of the thread that runs the vCPU.
 * tests/qemu/kvm.t runs it, on an arm64 Linux at EL2.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>
#include <pvtime/smccc.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "kvm/internal.h"
#include "kvm/uapi.h"
#include "tests/tap.h"

#define SIGNAL	SIGUSR1
#define WAIT_NS 50000000u /* what a thread is to wait for: many timeslices */
#define SLOT	5u	  /* of regions that this file makes itself */

void bail_out(const char *format, ...)
{
	int error = errno;
	va_list args;

	printf("Bail out! ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s\n", strerror(error));
	exit(2);
}

static bool is_error(int got, int error, const char *what)
{
	return tap_ok(got == -error, "%s: %s", what, error ? strerrorname_np(error) : "success") ||
	       (printf("#   got %d, %s\n", got, got < 0 ? strerrorname_np(-got) : "success"),
		false);
}

static uint64_t stolen(const struct vm *vm, uint32_t index)
{
	uint64_t ns = 0;

	if (pvtime_kvm_vcpu_stolen_ns(vm->stolen, index, &ns) != 0)
		bail_out("the counter of vCPU %" PRIu32, index);
	return ns;
}

/* A VM with structures, and its vCPUs' addresses set. */
static void vm_with_stolen(struct vm *vm)
{
	vm_create(vm);
	vm_give_stolen(vm);
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		if (pvtime_kvm_vcpu_set(vm->stolen, i, vm->vcpus[i].fd) != 0)
			bail_out("the address of vCPU %" PRIu32, i);
}

static void test_supported(void)
{
	struct vm vm;

	vm_create(&vm);
	tap_is_i64(pvtime_kvm_vm_supported(vm.fd), 1, "this kernel offers it to the VM");
	tap_is_i64(pvtime_kvm_vm_supported(vm.kvm), 1, "/dev/kvm says so, too");
	tap_is_i64(pvtime_kvm_vcpu_supported(vm.vcpus[0].fd), 1, "and to the vCPU");
	is_error(pvtime_kvm_vm_supported(-1), EBADF, "asking nobody");
	vm_destroy(&vm);
}

/* The kernel's own checks of the attribute, and the library's before them. */
static void test_attribute_errors(void)
{
	struct vm vm;
	uint64_t unaligned = VM_STOLEN + 32, outside = VM_NOWHERE, ipa;

	vm_create(&vm);
	const int fd = vm.vcpus[0].fd, other = vm.vcpus[1].fd;
	const unsigned long set = KVM_SET_DEVICE_ATTR;
	vm_give_stolen(&vm);
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA + 1, &ipa), ENXIO, "another attribute");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, NULL), EFAULT, "no value");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, &unaligned), EINVAL, "not aligned");
	is_error(pvtk_attr(fd, set, KVM_ARM_VCPU_PVTIME_IPA, &outside), EINVAL, "outside memory");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, VM_VCPUS * 512, fd), EINVAL, "no such index");
	is_error(pvtime_kvm_vcpu_check(vm.stolen, 0), EINVAL, "no vCPU to check yet");
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the slot is taken away");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), EINVAL, "no memory there");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the slot is back");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), 0, "the first time");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, fd), EEXIST, "twice");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, fd), EEXIST, "twice, at another index");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, other), EINVAL, "another vCPU's index");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, other), 0, "its own, after all that");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, other), EEXIST,
		 "another's, with one of its own");
	is_error(pvtime_kvm_vcpu_ipa(vm.stolen, 1, &ipa), 0, "the address is read back");
	tap_is_u64(ipa, VM_STOLEN + 64, "and is that of its index");
	is_error(pvtime_kvm_vcpu_check(vm.stolen, 0), 0, "the first one's is what was set");
	tap_is_u64(vcpu_call(&vm.vcpus[0], PVTIME_FID_ST, 0), VM_STOLEN, "the guest is told it");
	tap_is_u64(vcpu_call(&vm.vcpus[1], PVTIME_FID_ST, 0), VM_STOLEN + 64, "the other, too");
	vm_destroy(&vm);
}

/* A region that the kernel does not take, and what then becomes of it. */
static void refused_region(const struct vm *vm, uint64_t base, uint32_t slot, int error,
			   const char *what)
{
	struct pvtime_range region;
	struct pvtime_kvm *k;

	if (pvtime_kvm_place(&region, base, 1, NULL, 0, 52) != 0 ||
	    pvtime_kvm_create(&k, vm->fd, slot, &region, 1) != 0)
		bail_out("a region at 0x%" PRIx64, base);
	is_error(pvtime_kvm_register(k), error, what);
	is_error(pvtime_kvm_destroy(k), 0, "it can be released all the same");
}

static void test_slot_errors(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	refused_region(&vm, VM_CODE, SLOT, EEXIST, "a region that another slot has");
	refused_region(&vm, VM_NOWHERE, 0, EINVAL, "a slot number that is in use");
	refused_region(&vm, VM_NOWHERE, UINT16_MAX, EINVAL, "a slot number beyond the last");
	refused_region(&vm, 1ull << 50, SLOT, EFAULT, "a region beyond the address space");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the VM's own is untouched");
	vm_destroy(&vm);
}

static void test_uninitialised(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	int raw = ioctl(vm.fd, KVM_CREATE_VCPU, (void *)(uintptr_t)VM_VCPUS);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, raw), ENOEXEC, "a vCPU not initialised");
	is_error(pvtime_kvm_deny(raw), ENOEXEC, "denying through it");
	close(raw);
	vm_destroy(&vm);
}

/* run_delay before and after what was done, and the counter then. */
struct sample {
	uint64_t delay_before, delay_after, stolen; /* ns */
};

static struct sample run_once(struct vm *vm)
{
	struct sample s = {.delay_before = delay_ns()};

	vcpu_run(&vm->vcpus[0]);
	s.stolen = stolen(vm, 0);
	s.delay_after = delay_ns();
	return s;
}

/* What came between two samples is what was waited, but for the samples themselves. */
static void grew(const struct sample *from, const struct sample *to, const char *what)
{
	uint64_t least = to->delay_before - from->delay_after;
	uint64_t most = to->delay_after - from->delay_before;
	int64_t grown = (int64_t)(to->stolen - from->stolen);

	tap_ok(grown >= (int64_t)least && grown <= (int64_t)most,
	       "%s: %" PRId64 " ns of %" PRIu64 " to %" PRIu64 " ns", what, grown, least, most);
}

static void test_contended(void)
{
	struct sample before, after;
	struct vm vm;

	vm_with_stolen(&vm);
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	before = run_once(&vm);
	for (unsigned i = 0; i < 20; i++) {
		delay_grow(WAIT_NS / 10);
		vcpu_run(&vm.vcpus[0]);
	}
	after = run_once(&vm);
	grew(&before, &after, "while contended, the counter is what was waited");
	tap_ok(after.stolen - before.stolen >= 2 * (uint64_t)WAIT_NS, "and that is a lot");
	tap_is_u64(stolen(&vm, 1), 0, "the other vCPU did not run, and nothing was stolen from it");
	before = after;
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the memory is taken away");
	delay_grow(WAIT_NS);
	vcpu_run(&vm.vcpus[0]);
	tap_is_u64(stolen(&vm, 0), before.stolen, "the counter stands");
	is_error(pvtime_kvm_register(vm.stolen), 0, "and brought back");
	after = run_once(&vm);
	grew(&before, &after, "nothing is lost");
	pvtime_kvm_reset(vm.stolen);
	tap_is_u64(stolen(&vm, 0), 0, "the VM is reset");
	before = after;
	before.stolen = 0;
	after = run_once(&vm);
	grew(&before, &after, "and it goes on from 0");
	vm_destroy(&vm);
}

/* What a publish must leave as it found it. */
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
		bail_out("a vCPU's state");
	s.mp_state = mp.mp_state;
	pthread_sigmask(SIG_SETMASK, NULL, &s.signals);
	sigpending(&s.pending);
	return s;
}

static void unchanged(const struct vcpu_state *was, const struct vcpu *vcpu, const char *what)
{
	struct vcpu_state is = state_of(vcpu);

	tap_ok(is.mp_state == was->mp_state && is.pc == was->pc &&
		       memcmp(&is.signals, &was->signals, sizeof(is.signals)) == 0 &&
		       memcmp(&is.pending, &was->pending, sizeof(is.pending)) == 0,
	       "%s leaves vCPU and thread as they were", what);
}

/* A run that ends in a store is complete when KVM has been told so; it then enters the guest no further. */
static void complete(struct vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
	if (ioctl(vcpu->fd, KVM_RUN, NULL) == 0 || errno != EINTR)
		bail_out("completing a store");
	vcpu->run->immediate_exit = 0;
}

static void ignore(int signo)
{
	(void)signo;
}

/* Any signal ends KVM_RUN again, not only the library's: here of a vCPU that would sleep for ever. */
static void test_other_signals(const struct vcpu *vcpu)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval soon = {.it_value = {.tv_usec = 10000}};
	struct kvm_mp_state state = {.mp_state = KVM_MP_STATE_STOPPED};

	sigaction(SIGALRM, &action, NULL);
	ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
	setitimer(ITIMER_REAL, &soon, NULL);
	is_error(ioctl(vcpu->fd, KVM_RUN, NULL) < 0 ? -errno : 0, EINTR, "another signal");
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
}

static void test_publish(void)
{
	struct sample before, after;
	struct vm vm;

	vm_with_stolen(&vm);
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGKILL), EINVAL, "by a deadly signal");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, 99), EINVAL, "by none that there is");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, VM_VCPUS, SIGNAL), EINVAL, "of no vCPU");
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	before = run_once(&vm);
	delay_grow(WAIT_NS);
	complete(&vm.vcpus[0]);
	tap_is_u64(stolen(&vm, 0), before.stolen, "a thread waits; nothing of it is published");
	struct vcpu_state state = state_of(&vm.vcpus[0]);
	after.delay_before = delay_ns();
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), 0, "KVM publishes");
	after.stolen = stolen(&vm, 0);
	after.delay_after = delay_ns();
	grew(&before, &after, "what was waited");
	unchanged(&state, &vm.vcpus[0], "that");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), 0, "with next to nothing to tell");
	before = after;
	after = run_once(&vm);
	grew(&before, &after, "the guest goes on");
	test_other_signals(&vm.vcpus[0]);
	is_error(pvtime_kvm_unregister(vm.stolen), 0, "the memory is taken away");
	is_error(pvtime_kvm_vcpu_publish(vm.stolen, 0, SIGNAL), EINVAL,
		 "and there is none to tell");
	is_error(pvtime_kvm_vcpu_rebase(vm.stolen, 0, SIGNAL), EINVAL, "none to keep, either");
	vm_destroy(&vm);
}

/* A restored vCPU, and the thread that is to run it. */
struct restored {
	struct vm *vm;
	uint32_t index;
	pthread_barrier_t *all;
	bool rebase;
	int err;
	struct sample at_restore, at_first_run;
};

static void *run_restored(void *context)
{
	struct restored *r = context;
	struct vcpu *vcpu = &r->vm->vcpus[r->index];

	delay_grow(WAIT_NS);
	vcpu_enter_at(vcpu, guest_work);
	r->at_restore.delay_before = delay_ns();
	r->err = r->rebase ? pvtime_kvm_vcpu_rebase(r->vm->stolen, r->index, SIGNAL) : 0;
	r->at_restore.stolen = stolen(r->vm, r->index);
	r->at_restore.delay_after = delay_ns();
	pthread_barrier_wait(r->all);
	r->at_first_run.delay_before = delay_ns();
	vcpu_run(vcpu);
	r->at_first_run.stolen = stolen(r->vm, r->index);
	r->at_first_run.delay_after = delay_ns();
	return NULL;
}

/* Restore the snapshot in a new VM, and run its vCPUs, a thread each, till each has done some work. */
static void restore_and_run(const uint8_t *blob, size_t size, bool rebase,
			    struct restored restored[VM_VCPUS])
{
	struct pvtime_range region = {0, 0};
	pthread_t threads[VM_VCPUS];
	pthread_barrier_t all;
	uint32_t vcpus = 0;
	struct vm vm;

	vm_create(&vm);
	is_error(pvtime_kvm_snapshot_region(blob, size, &region, &vcpus), 0, "a snapshot is read");
	is_error(pvtime_kvm_create(&vm.stolen, vm.fd, SLOT, &region, vcpus), 0, "its region");
	is_error(pvtime_kvm_register(vm.stolen), 0, "a slot for it");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0, "it is restored");
	pthread_barrier_init(&all, NULL, VM_VCPUS);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		is_error(pvtime_kvm_vcpu_set(vm.stolen, i, vm.vcpus[i].fd), 0, "its address");
		restored[i] =
			(struct restored){.vm = &vm, .index = i, .all = &all, .rebase = rebase};
		if (pthread_create(&threads[i], NULL, run_restored, &restored[i]) != 0)
			bail_out("a thread");
	}
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all);
	vm_destroy(&vm);
}

static void test_restore(void)
{
	struct restored restored[VM_VCPUS];
	uint64_t saved[VM_VCPUS];
	uint8_t blob[256];
	struct vm vm;

	vm_with_stolen(&vm);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		vcpu_enter_at(&vm.vcpus[i], guest_call);
		vcpu_run(&vm.vcpus[i]);
		delay_grow(WAIT_NS);
		is_error(pvtime_kvm_vcpu_publish(vm.stolen, i, SIGNAL), 0, "before it is saved");
		saved[i] = stolen(&vm, i);
		tap_ok(saved[i] >= WAIT_NS, "%" PRIu64 " ns were stolen from it", saved[i]);
	}
	const size_t size = pvtime_kvm_snapshot_size(vm.stolen);
	is_error(pvtime_kvm_save(vm.stolen, blob, size), 0, "it is saved");
	vm_destroy(&vm);

	restore_and_run(blob, size, true, restored);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		const struct restored *r = &restored[i];

		is_error(r->err, 0, "the new thread takes it over");
		tap_is_u64(r->at_restore.stolen, saved[i], "nothing is charged by that");
		grew(&r->at_restore, &r->at_first_run, "from then on, what is waited");
	}
	/* Is it the library's doing? */
	restore_and_run(blob, size, false, restored);
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		tap_ok(restored[i].at_first_run.stolen - saved[i] >= WAIT_NS,
		       "a thread that does not is charged with its past: %" PRIu64 " ns",
		       restored[i].at_first_run.stolen - saved[i]);
}

/* What a guest's discovery says. */
static void discovery(struct vm *vm, uint64_t arch_features, uint64_t rest, const char *what)
{
	struct vcpu *vcpu = &vm->vcpus[0];

	tap_is_u64(vcpu_call(vcpu, SMCCC_FID_VERSION, 0), SMCCC_VERSION_1_1, "%s: SMCCC_VERSION",
		   what);
	tap_is_u64(vcpu_call(vcpu, SMCCC_FID_ARCH_FEATURES, PVTIME_FID_FEATURES), arch_features,
		   "%s: SMCCC_ARCH_FEATURES(PV_TIME_FEATURES)", what);
	tap_is_u64(vcpu_call(vcpu, PVTIME_FID_FEATURES, PVTIME_FID_ST), rest,
		   "%s: PV_TIME_FEATURES(PV_TIME_ST)", what);
	tap_is_u64(vcpu_call(vcpu, PVTIME_FID_ST, 0), rest == 0 ? VM_STOLEN : rest,
		   "%s: PV_TIME_ST", what);
}

static void test_deny(void)
{
	const uint64_t no = (uint64_t)SMCCC_NOT_SUPPORTED;
	uint8_t blob[256];
	struct vm vm;
	size_t size;

	vm_with_stolen(&vm);
	size = pvtime_kvm_snapshot_size(vm.stolen);
	is_error(pvtime_kvm_save(vm.stolen, blob, size), 0, "a VM that has it is saved");
	discovery(&vm, 0, 0, "given");
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), EBUSY, "denying what it has seen");
	vm_destroy(&vm);

	vm_create(&vm);
	discovery(&vm, 0, no, "no address");
	vm_destroy(&vm);

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), 0, "denying it");
	is_error(pvtime_kvm_deny(vm.vcpus[1].fd), 0, "once more, by another vCPU");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), ENXIO, "and the address");
	discovery(&vm, no, no, "denied");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), EBUSY,
		 "what has run so cannot be restored otherwise");
	vm_destroy(&vm);

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_deny(vm.vcpus[0].fd), 0, "denying it");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0,
		 "restoring a VM that had it");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), 0, "and the address");
	discovery(&vm, 0, 0, "as it was saved");
	vm_destroy(&vm);
}

/* A vCPU that comes while another runs; and one that cannot come. */
static void test_plug(void)
{
	struct vm vm;

	vm_create(&vm);
	vm_give_stolen(&vm);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 0, vm.vcpus[0].fd), 0, "the first vCPU");
	vcpu_enter_at(&vm.vcpus[0], guest_call);
	vcpu_run(&vm.vcpus[0]);
	delay_grow(WAIT_NS);
	vcpu_run(&vm.vcpus[0]);
	uint64_t before = stolen(&vm, 0);
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, -1), EBADF, "one that cannot come");
	is_error(pvtime_kvm_vcpu_set(vm.stolen, 1, vm.vcpus[1].fd), 0, "one more, later");
	tap_is_u64(vcpu_call(&vm.vcpus[1], PVTIME_FID_ST, 0), VM_STOLEN + 64, "it has its own");
	tap_is_u64(stolen(&vm, 0), before, "the first one's is untouched");
	tap_is_u64(stolen(&vm, 1), 0, "nothing was stolen from it");
	vm_destroy(&vm);
}

static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int main(void)
{
	int files = open_files();

	test_supported();
	test_attribute_errors();
	test_slot_errors();
	test_uninitialised();
	competitor_begin();
	test_contended();
	test_publish();
	test_restore();
	test_deny();
	test_plug();
	competitor_end();
	tap_is_i64(open_files(), files, "no descriptor is left");
	return tap_done();
}
