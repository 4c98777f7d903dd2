/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include "tools/vmm/stuck.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define PATIENCE_NS UINT64_C(500000000)

#define TIMER_ENABLE 1u
#define TIMER_IMASK  2u

#define GICR_ISENABLER0 0x10100u

void stuck_begin(struct vm *vm)
{
	vm->called = false;
	vm->came = 0;
	vm->idle_run_ns = UINT64_MAX;
	vm->patience_ns = PATIENCE_NS;
}

void stuck_wait(struct vcpu *v)
{
	struct vm *vm = v->vm;

	pthread_mutex_lock(&vm->ready_lock);
	if (vm->called) {
		vm->came++;
		eventfd_write(vm->wake, 1);
		while (vm->called && !atomic_load(&v->stop))
			pthread_cond_wait(&vm->all_ready, &vm->ready_lock);
		vm->came--;
	}
	pthread_mutex_unlock(&vm->ready_lock);
}

/* Whether all vCPUs are asleep, and none has run since the last look. */
static bool is_idle(struct vm *vm, uint64_t now)
{
	uint64_t run_ns = 0;
	bool asleep = vm->running && !vm->stuck;

	for (unsigned i = 0; i < vm->made; i++) {
		const struct account *a = &vm->vcpus[i].account;

		asleep = asleep && (a->state == PVTIME_OFF || a->state == PVTIME_BLOCKED);
		run_ns += a->ticks[PVTIME_RUNNING];
	}
	bool again = asleep && run_ns == vm->idle_run_ns;
	vm->idle_run_ns = asleep ? run_ns : UINT64_MAX;
	if (!again)
		vm->idle_since = now;
	return again;
}

static void set_called(struct vm *vm, bool called)
{
	pthread_mutex_lock(&vm->ready_lock);
	vm->called = called;
	pthread_cond_broadcast(&vm->all_ready);
	pthread_mutex_unlock(&vm->ready_lock);
}

void stuck_look(struct vm *vm, uint64_t now)
{
	bool idle = is_idle(vm, now);

	/* the threads did not all arrive: one waits for a CPU, or does something else */
	if (vm->called) {
		set_called(vm, false);
		return;
	}
	if (!idle || now - vm->idle_since < vm->patience_ns)
		return;
	set_called(vm, true);
	for (unsigned i = 0; i < vm->made; i++) {
		struct vcpu *v = &vm->vcpus[i];

		v->asleep_exits = v->exits - v->exits_before;
		v->in_wfi = stats_blocking(&v->stats);
		pthread_kill(v->thread, SIGNAL_KICK);
	}
}

static bool is_off(const struct vcpu *v)
{
	struct kvm_mp_state state;

	return ioctl(v->fd, KVM_GET_MP_STATE, &state) == 0 &&
	       state.mp_state == KVM_MP_STATE_STOPPED;
}

/*
 * Whether a timer can wake the vCPU. KVM shows the physical timer's control only from Linux 6.4 on,
 * so that timer counts as able to wake unless its interrupt is disabled.
 */
static bool timer_can_wake(const struct vcpu *v)
{
	uint64_t control = 0;
	uint32_t enabled = 0;
	const struct kvm_one_reg timer = {.id = ARM_REG_TIMER_CTL, .addr = (uintptr_t)&control};
	const struct kvm_device_attr enabler = {
		.group = KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
		.attr = (uint64_t)v->id << KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT | GICR_ISENABLER0,
		.addr = (uintptr_t)&enabled,
	};

	return ioctl(v->fd, KVM_GET_ONE_REG, &timer) != 0 ||
	       ioctl(v->vm->gic, KVM_GET_DEVICE_ATTR, &enabler) != 0 ||
	       (control & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE ||
	       (enabled >> MAP_PPI_PTIMER & 1) != 0;
}

/*
 * Whether the vCPU will never run again by itself. If it had executed an instruction since
 * stuck_look(), KVM would have counted an exit. A vCPU that is off can only be woken by another
 * vCPU. In WFI it must have no timer and no input that could end the WFI. If it sleeps for another
 * reason, it may wait for memory.
 */
static bool sleeps_for_good(const struct vcpu *v)
{
	return stats_exits(&v->stats) == v->asleep_exits &&
	       (is_off(v) || (v->in_wfi && !v->vm->has_input && !timer_can_wake(v)));
}

bool stuck_judge(struct vm *vm)
{
	bool for_good = true;

	pthread_mutex_lock(&vm->ready_lock);
	bool all_came = vm->called && vm->came == vm->made;
	pthread_mutex_unlock(&vm->ready_lock);
	if (!all_came)
		return false;
	for (unsigned i = 0; i < vm->made; i++)
		for_good = for_good && sleeps_for_good(&vm->vcpus[i]);
	vm->patience_ns *= 2;
	set_called(vm, false);
	return for_good;
}
