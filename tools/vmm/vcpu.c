/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU, and the thread that runs it. */
#include <errno.h>
#include <stdint.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tools/vmm/stuck.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define SCTLR_E0E (UINT64_C(1) << 24)
#define SCTLR_EE  (UINT64_C(1) << 25)

static bool set_register(struct vcpu *v, uint64_t id, uint64_t value)
{
	const struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	return VM_CALL(v->vm, v->fd, KVM_SET_ONE_REG, &reg);
}

/*
 * KVM's initial state is otherwise as PSCI and Linux's boot protocol require: EL1, MMU off,
 * interrupts masked, registers 0.
 */
static bool set_start(struct vcpu *v)
{
	const struct vmm_vm *config = v->vm->config;
	uint64_t sctlr;
	const struct kvm_one_reg get = {.id = ARM_REG_SCTLR_EL1, .addr = (uintptr_t)&sctlr};

	if (!set_register(v, ARM_REG_PC, config->entry) || !set_register(v, ARM_REG_X0, config->x0))
		return false;
	if (!config->big_endian)
		return true;
	return VM_CALL(v->vm, v->fd, KVM_GET_ONE_REG, &get) &&
	       set_register(v, ARM_REG_SCTLR_EL1, sctlr | SCTLR_EE | SCTLR_E0E);
}

static bool initialise(struct vcpu *v)
{
	struct kvm_vcpu_init init = {.target = 0};

	if (!VM_CALL(v->vm, v->vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		return false;
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (v->id != 0)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (!VM_CALL(v->vm, v->fd, KVM_ARM_VCPU_INIT, &init))
		return false;
	return v->id != 0 || set_start(v);
}

bool vcpu_create(struct vcpu *v)
{
	v->fd = ioctl(v->vm->fd, KVM_CREATE_VCPU, (unsigned long)v->id);
	if (v->fd < 0)
		return vm_fail(v->vm, "KVM_CREATE_VCPU: %s", strerror(errno));
	void *run = mmap(NULL, v->vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (run == MAP_FAILED)
		return vm_fail(v->vm, "a vCPU's kvm_run: %s", strerror(errno));
	v->run = run;
	int error = stats_open(&v->stats, v->fd);
	if (error != 0)
		return vm_fail(v->vm, "KVM_GET_STATS_FD: %s", strerror(-error));
	return initialise(v);
}

void vcpu_destroy(struct vcpu *v)
{
	if (v->stats.fd >= 0)
		stats_close(&v->stats);
	if (v->run != NULL)
		munmap(v->run, v->vm->run_size);
	if (v->fd >= 0)
		close(v->fd);
}

static bool system_event(struct vcpu *v)
{
	uint32_t type = v->run->system_event.type;

	if (type != KVM_SYSTEM_EVENT_SHUTDOWN && type != KVM_SYSTEM_EVENT_RESET)
		return vm_fail(v->vm, "KVM_EXIT_SYSTEM_EVENT of type %u; expected off or reset",
			       type);
	vm_tell(v->vm, type == KVM_SYSTEM_EVENT_RESET ? VM_WANTS_RESET : VM_WANTS_OFF);
	atomic_store(&v->stop, true);
	return true;
}

/* Handle an exit from the guest. false: the VM cannot continue; vm->why says why. */
static bool handle_exit(struct vcpu *v)
{
	struct kvm_run *run = v->run;

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		return device_access(v->vm, run->mmio.phys_addr, run->mmio.data, run->mmio.len,
				     run->mmio.is_write) ||
		       refuse_access(v, run->mmio.phys_addr);
	case KVM_EXIT_ARM_NISV:
		return refuse_access(v, run->arm_nisv.fault_ipa);
	case KVM_EXIT_SYSTEM_EVENT:
		return system_event(v);
	default:
		return vm_fail(v->vm, "KVM_RUN of vCPU %u ended with reason %u", v->id,
			       run->exit_reason);
	}
}

static bool run(struct vcpu *v)
{
	__atomic_store_n(&v->in_kvm, true, __ATOMIC_RELAXED);
	int result = ioctl(v->fd, KVM_RUN, NULL);
	int error = errno;
	__atomic_store_n(&v->in_kvm, false, __ATOMIC_RELAXED);

	if (result >= 0)
		return handle_exit(v);
	if (error != EINTR && error != EAGAIN)
		return vm_fail(v->vm, "KVM_RUN of vCPU %u: %s", v->id, strerror(error));
	/* Interrupted by vcpu_kick(), stuck_look(), or some other signal. */
	stuck_wait(v);
	return true;
}

static bool begin(struct vcpu *v)
{
	int error = look_open(&v->looker);

	if (error != 0)
		return vm_fail(v->vm, "/proc/thread-self/schedstat: %s", strerror(-error));
	atomic_store(&v->visible, true);
	error = v->vm->cgroups != NULL ? cgroup_enter(v->vm->cgroups, v->vm->id, v->id) : 0;
	return error == 0 || vm_fail(v->vm, "its cgroup: %s", strerror(-error));
}

/*
 * Prepare the vCPU for a snapshot: complete the last exit, which KVM does at the start of KVM_RUN,
 * and publish the time that the thread has waited.
 */
static bool settle(struct vcpu *v)
{
	__atomic_store_n(&v->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	if (ioctl(v->fd, KVM_RUN, NULL) < 0 && errno != EINTR)
		return vm_fail(v->vm, "KVM_RUN of vCPU %u: %s", v->id, strerror(errno));
	__atomic_store_n(&v->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	int error = v->vm->stolen != NULL
			    ? pvtime_kvm_vcpu_publish(v->vm->stolen, v->id, SIGNAL_LIBRARY)
			    : 0;
	return error == 0 ||
	       vm_fail(v->vm, "publishing stolen time of vCPU %u: %s", v->id, strerror(-error));
}

/* Wait until all threads of the VM are here, or this thread must end. */
static void wait_for_all(struct vcpu *v)
{
	struct vm *vm = v->vm;

	pthread_mutex_lock(&vm->ready_lock);
	vm->ready++;
	pthread_cond_broadcast(&vm->all_ready);
	while (vm->ready < vm->made && !atomic_load(&v->stop))
		pthread_cond_wait(&vm->all_ready, &vm->ready_lock);
	v->may_run = true;
	pthread_mutex_unlock(&vm->ready_lock);
}

/*
 * Exclude what the thread has waited so far from the guest's stolen time. No vCPU may run
 * before all threads have done this.
 */
static bool rebase(struct vcpu *v)
{
	int error = v->vm->stolen != NULL
			    ? pvtime_kvm_vcpu_rebase(v->vm->stolen, v->id, SIGNAL_LIBRARY)
			    : 0;

	return error == 0 ||
	       vm_fail(v->vm, "continuing stolen time of vCPU %u: %s", v->id, strerror(-error));
}

/* Take the thread's last look, at itself, and ask KVM whether the vCPU is off by PSCI. */
static void end(struct vcpu *v)
{
	struct kvm_mp_state state;

	v->ended_off = ioctl(v->fd, KVM_GET_MP_STATE, &state) == 0 &&
		       state.mp_state == KVM_MP_STATE_STOPPED;
	if (atomic_load(&v->visible))
		look_at_self(&v->looker, &v->last);
}

static void *thread(void *argument)
{
	struct vcpu *v = argument;
	bool good = begin(v);

	if (v->vm->restored) {
		good = good && rebase(v);
		wait_for_all(v);
	}
	while (good && !atomic_load(&v->stop))
		good = run(v);
	if (good && v->vm->saving)
		good = settle(v);
	if (!good)
		vm_tell(v->vm, VM_FAILED);
	end(v);
	return NULL;
}

/* The handler does nothing; the signal interrupts the system call. */
static void kicked(int number)
{
	(void)number;
}

/* Restrict the thread to the CPUs of `pin`; 0: no restriction. */
static int set_affinity(pthread_attr_t *attributes, uint32_t pin)
{
	cpu_set_t cpus;

	if (pin == 0)
		return 0;
	vmm_cpus(pin, &cpus);
	return pthread_attr_setaffinity_np(attributes, sizeof(cpus), &cpus);
}

/*
 * Begin or continue the ledger. The time between a snapshot and its restore is not counted; the
 * time of a pause is.
 */
static void begin_account(struct vcpu *v)
{
	uint64_t now = look_now();

	if (v->vm->paused)
		account_close(&v->account, now);
	if (v->vm->restored)
		account_resume(&v->account, now, v->ended_off);
	else
		account_begin(&v->account, now, v->id != 0);
}

bool vcpu_start(struct vcpu *v)
{
	struct sigaction action = {.sa_handler = kicked};
	pthread_attr_t attributes;

	sigaction(SIGNAL_KICK, &action, NULL);
	begin_account(v);
	atomic_store(&v->stop, false);
	v->may_run = !v->vm->restored;
	__atomic_store_n(&v->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	int error = pthread_attr_init(&attributes);
	if (error == 0)
		error = set_affinity(&attributes, v->vm->config->pin);
	if (error == 0)
		error = pthread_create(&v->thread, &attributes, thread, v);
	pthread_attr_destroy(&attributes);
	if (error == EINVAL && v->vm->config->pin != 0)
		return vm_fail(v->vm, "pin names no CPU that this process may use");
	return error == 0 || vm_fail(v->vm, "the thread of vCPU %u: %s", v->id, strerror(error));
}

/*
 * If the thread is about to enter KVM_RUN, immediate_exit makes it return; if it is in KVM_RUN, the
 * signal does. Before may_run, libpvtime-kvm uses KVM_RUN, and immediate_exit would make each of
 * its calls return; `stop` is then checked afterwards.
 */
void vcpu_kick(struct vcpu *v)
{
	pthread_mutex_lock(&v->vm->ready_lock);
	atomic_store(&v->stop, true);
	pthread_cond_broadcast(&v->vm->all_ready);
	if (v->may_run)
		__atomic_store_n(&v->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&v->vm->ready_lock);
	pthread_kill(v->thread, SIGNAL_KICK);
}

void vcpu_join(struct vcpu *v)
{
	pthread_join(v->thread, NULL);
	if (atomic_load(&v->visible))
		look_close(&v->looker);
	atomic_store(&v->visible, false);
}
