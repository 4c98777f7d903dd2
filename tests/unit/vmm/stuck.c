/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has a VM stopped for good? With real threads, which a signal takes out of a fake KVM_RUN, and
 * what KVM would answer then. tests/kvm/lab_guests.t has the same with KVM itself.
 */
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <poll.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/vmm/stuck.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define MS	UINT64_C(1000000)
#define VCPUS	2u
#define VCPU_FD 1000
#define GIC_FD	2000

enum { EXITS_AT = 0, BLOCKING_AT = 8 };

static struct vm vm;
static sem_t kicked[VCPUS];
static atomic_bool over;

/* What KVM reports of each vCPU. */
static struct kvm {
	bool stopped, gone; /* gone: it does not leave KVM_RUN */
	uint64_t timer;
	uint32_t enabled;
	int error;
} kvm[VCPUS];

/* The seams: KVM's, and the signal. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	va_start(args, request);
	void *argument = va_arg(args, void *);
	va_end(args);
	struct kvm *k = &kvm[fd == GIC_FD ? 0 : fd - VCPU_FD];

	if (request == KVM_GET_MP_STATE) {
		((struct kvm_mp_state *)argument)->mp_state =
			k->stopped ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE;
	} else if (request == KVM_GET_ONE_REG) {
		struct kvm_one_reg *reg = argument;

		if (k->error != 0 || reg->id != ARM_REG_TIMER_CTL)
			return -1;
		*(uint64_t *)(uintptr_t)reg->addr = k->timer;
	} else if (request == KVM_GET_DEVICE_ATTR) {
		struct kvm_device_attr *attr = argument;

		if (fd != GIC_FD || attr->group != KVM_DEV_ARM_VGIC_GRP_REDIST_REGS ||
		    (uint32_t)attr->attr != 0x10100)
			return -1;
		*(uint32_t *)(uintptr_t)attr->addr = kvm[attr->attr >> 32].enabled;
	} else {
		return -1;
	}
	return 0;
}

int pthread_kill(pthread_t thread, int number)
{
	for (unsigned i = 0; i < VCPUS; i++)
		if (pthread_equal(thread, vm.vcpus[i].thread) && number == SIGNAL_KICK &&
		    !kvm[i].gone)
			sem_post(&kicked[i]);
	return 0;
}

static void *in_kvm_run(void *argument)
{
	struct vcpu *v = argument;

	for (;;) {
		while (sem_wait(&kicked[v->id]) != 0)
			;
		if (atomic_load(&over))
			return NULL;
		stuck_wait(v);
	}
}

static void set_stats(struct vcpu *v, uint64_t exits, uint64_t blocking)
{
	if (pwrite(v->stats.fd, &exits, sizeof(exits), EXITS_AT) < 0 ||
	    pwrite(v->stats.fd, &blocking, sizeof(blocking), BLOCKING_AT) < 0)
		tap_ok(false, "a file for statistics can be written");
}

/* Waits until the threads have continued, also if a test has failed and left them waiting. */
static void wait_for_none(void)
{
	eventfd_t n;
	unsigned came;

	do {
		sched_yield();
		pthread_mutex_lock(&vm.ready_lock);
		vm.called = false;
		pthread_cond_broadcast(&vm.all_ready);
		came = vm.came;
		pthread_mutex_unlock(&vm.ready_lock);
	} while (came > 0);
	eventfd_read(vm.wake, &n);
}

/* Both vCPUs wait in WFI, and nothing will wake them. */
static void begin(void)
{
	wait_for_none();
	memset(kvm, 0, sizeof(kvm));
	vm.running = true;
	vm.has_input = vm.stuck = false;
	stuck_begin(&vm);
	for (unsigned i = 0; i < VCPUS; i++) {
		struct vcpu *v = &vm.vcpus[i];

		v->account = (struct account){.state = PVTIME_BLOCKED};
		v->exits_before = 100;
		v->exits = 107;
		set_stats(v, 7, 1);
	}
}

/* Waits as the main thread until `vcpus` threads have woken it. false: more have. */
static bool woken(unsigned vcpus)
{
	struct pollfd fd = {.fd = vm.wake, .events = POLLIN};
	eventfd_t n, came = 0;

	while (came < vcpus && poll(&fd, 1, -1) == 1 && eventfd_read(vm.wake, &n) == 0)
		came += n;
	return came == vcpus;
}

/* Looks for `ms` from a time on, in steps of 100. Returns whether the VM has been called. */
static bool called(uint64_t from_ms, uint64_t ms)
{
	for (uint64_t t = 0; t <= ms && !vm.called; t += 100)
		stuck_look(&vm, (from_ms + t) * MS);
	return vm.called;
}

static bool is_stuck(void)
{
	return called(1000, 600) && woken(VCPUS) && stuck_judge(&vm);
}

static void when(void)
{
	begin();
	tap_ok(!called(1000, 400), "a VM is not called before half a second is over");
	tap_ok(!stuck_judge(&vm), "a VM that was not called is not judged");
	tap_ok(called(1500, 0), "a VM is called after half a second");
	tap_ok(woken(VCPUS) && stuck_judge(&vm) && !vm.called,
	       "a VM that is judged stuck lets its threads continue");
	begin();
	kvm[1].timer = 1;
	tap_ok(!is_stuck() && !vm.called, "a VM whose vCPU has a timer that is on is not stuck");
	wait_for_none();
	vm.vcpus[0].account.ticks[PVTIME_RUNNING]++; /* it came, and continued */
	tap_ok(!called(2000, 900) && called(3000, 0),
	       "a VM that was not stuck is not called before twice as long");
	tap_ok(woken(VCPUS) && !stuck_judge(&vm), "a VM is not judged stuck the second time");
	begin();
	called(1000, 300);
	vm.vcpus[1].account.ticks[PVTIME_RUNNING]++;
	tap_ok(!called(1400, 400) && called(1900, 0),
	       "half a second begins again after a vCPU has run");
	tap_ok(woken(VCPUS) && stuck_judge(&vm),
	       "a VM is stuck if no vCPU has run for half a second since");
	begin();
	vm.vcpus[0].account.state = PVTIME_READY;
	tap_ok(!called(1000, 2000), "a VM with a vCPU that waits for a CPU is not called");
	begin();
	vm.stuck = true;
	tap_ok(!called(1000, 2000), "a VM that is known to be stuck is not called again");
	begin();
	vm.running = false;
	tap_ok(!called(1000, 2000), "a VM that is off is not called");
}

static void why(void)
{
	begin();
	kvm[0].stopped = true;
	vm.vcpus[0].account.state = PVTIME_OFF;
	set_stats(&vm.vcpus[0], 7, 0);
	tap_ok(is_stuck(), "a VM with one vCPU off and the other in WFI is stuck");
	begin();
	kvm[0].stopped = kvm[1].stopped = vm.has_input = true;
	kvm[0].timer = kvm[1].timer = 1;
	tap_ok(is_stuck(),
	       "a VM whose vCPUs are all off is stuck, whatever timers are on and whatever may be typed");
	begin();
	vm.has_input = true;
	tap_ok(!is_stuck(), "a VM for which something may be typed is not stuck");
	begin();
	kvm[0].timer = 7;
	tap_ok(is_stuck(), "a VM whose timer is masked is stuck");
	begin();
	kvm[0].error = 1;
	tap_ok(!is_stuck(), "a VM with a timer that KVM does not report is not stuck");
	begin();
	kvm[1].enabled = 1u << MAP_PPI_PTIMER;
	tap_ok(!is_stuck(), "a VM with the physical timer's interrupt enabled is not stuck");
	begin();
	kvm[1].enabled = ~(1u << MAP_PPI_PTIMER);
	tap_ok(is_stuck(), "a VM with every other interrupt enabled is stuck");
	begin();
	set_stats(&vm.vcpus[1], 7, 0);
	tap_ok(!is_stuck(),
	       "a VM with a vCPU that sleeps in KVM_RUN for another reason is not stuck");
	begin();
	called(1000, 600);
	set_stats(&vm.vcpus[1], 8, 1);
	tap_ok(woken(VCPUS) && !stuck_judge(&vm),
	       "a VM with a vCPU that has executed something until it came is not stuck");
}

/* A vCPU does not come, perhaps because it waits for a CPU. */
static void one_does_not_come(void)
{
	begin();
	kvm[1].gone = true;
	tap_ok(called(1000, 600) && woken(1) && !stuck_judge(&vm),
	       "a VM is not judged stuck while one vCPU does not come");
	stuck_look(&vm, 1700 * MS);
	tap_ok(!vm.called, "the vCPU that came is not kept for the other");
	stuck_wait(&vm.vcpus[1]);
	tap_ok(!stuck_judge(&vm), "a vCPU that comes too late does not wait");
	wait_for_none();
	kvm[1].gone = false;
	tap_ok(called(1800, 600) && woken(VCPUS) && stuck_judge(&vm),
	       "a VM is judged stuck when both vCPUs come the next time");
}

int main(void)
{
	vm.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	vm.gic = GIC_FD;
	vm.made = VCPUS;
	pthread_mutex_init(&vm.ready_lock, NULL);
	pthread_cond_init(&vm.all_ready, NULL);
	for (unsigned i = 0; i < VCPUS; i++) {
		struct vcpu *v = &vm.vcpus[i];

		sem_init(&kicked[i], 0, 0);
		*v = (struct vcpu){.vm = &vm, .id = i, .fd = VCPU_FD + (int)i};
		v->stats = (struct vcpu_stats){
			.fd = memfd_create("stats", 0), .exits = EXITS_AT, .blocking = BLOCKING_AT};
		if (pthread_create(&v->thread, NULL, in_kvm_run, v) != 0)
			return 1;
	}
	when();
	why();
	one_does_not_come();
	atomic_store(&over, true);
	wait_for_none();
	for (unsigned i = 0; i < VCPUS; i++) {
		sem_post(&kicked[i]);
		pthread_join(vm.vcpus[i].thread, NULL);
	}
	return tap_done();
}
