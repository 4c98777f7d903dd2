/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a VM: created at boot, loaded, running, stopping, and loaded again or off. */
#include "vm.h"
#include "arch.h"
#include "cpu.h"
#include "dev/flash.h"
#include "lab.h"
#include "memory.h"
#include "pvtime.h"
#include "records.h"
#include "dev/vtimer.h"
#include "machine/board.h"

const char *vm_create(struct vm *vm)
{
	if (!stage2_init(&vm->s2, (uint16_t)(vm->id + 1)))
		return "no memory for its translation tables";
	if (!memory_alloc(vm->ram_size, board_vm_align(vm->ram_size),
			  BOARD_RAM_BASE + BOARD_HYPERVISOR_SIZE, &vm->ram))
		return "no room for its RAM";
	if (!stage2_map(&vm->s2, (ipaddr_t){MAP_RAM_BASE}, vm->ram, vm->ram_size, S2_READ_WRITE) ||
	    !flash_map(&vm->s2))
		return "no memory for its translation tables";
	for (unsigned i = 0; i < vm->nvcpus; i++) {
		vm->vcpus[i].vm = vm;
		vm->vcpus[i].id = i;
		vm->vcpus[i].vmpidr = BIT(31) | i;
	}
	return NULL;
}

/*
 * Power on a VM of which no CPU has a vCPU loaded: reset the devices, and leave the memory to be
 * loaded by the first vCPU.
 */
void vm_start(struct vm *vm)
{
	struct vcpu *first = &vm->vcpus[0];

	vgic_reset_vm(vm);
	vuart_reset(&vm->uart);
	spin_lock(&vm->lock);
	for (unsigned i = 0; i < vm->nvcpus; i++)
		vm->vcpus[i].entry.pending = false;
	first->entry = (struct vcpu_entry){
		.pc = vm->entry, .x0 = vm->x0, .big_endian = vm->big_endian, .pending = true};
	vm->load_done = 0;
	vm->phase = VM_LOADING;
	sched_start(first, this_cpu()->id, counter());
	spin_unlock(&vm->lock);
}

void vm_run(struct vm *vm, uint64_t now)
{
	for (unsigned i = 0; i < vm->nvcpus; i++)
		sched_reset_ledger(&vm->vcpus[i], now);
	spin_lock(&vm->lock);
	vm->phase = VM_RUNNING;
	/* Under the lock, because VM_RUNNING without a vCPU that can run becomes VM_STUCK. */
	sched_wake(&vm->vcpus[0], this_cpu()->id, now);
	spin_unlock(&vm->lock);
}

void vm_wait_for_interrupt(struct vcpu *v)
{
	sched_will_block(v);
	/* A timer that was stopped before its interrupt was taken must not keep the vCPU awake. */
	vtimer_resync(v);
	if (vgic_can_wake(v))
		return;
	sched_block(v, this_cpu()->id, counter(), vtimer_wake_at(v));
}

void vm_cpu_off(struct vcpu *v)
{
	sched_stop(v, this_cpu()->id, counter());
}

void vm_stop(struct vm *vm, bool reset)
{
	spin_lock(&vm->lock);
	if (vm->phase == VM_RUNNING) {
		vm->phase = VM_STOPPING;
		vm->noticed = true;
		vm->resetting = reset;
		for (unsigned i = 0; i < vm->nvcpus; i++)
			sched_stop(&vm->vcpus[i], this_cpu()->id, counter());
	}
	spin_unlock(&vm->lock);
}

/* With the lock held: enter a phase that is to be reported. */
static void enter(struct vm *vm, enum vm_phase phase, uint8_t news)
{
	vm->phase = phase;
	__atomic_or_fetch(&vm->news, news, __ATOMIC_RELAXED);
}

/*
 * One more vCPU has left its CPU. If it was the last, VM_STOPPING ends: VM_OFF, or the VM starts
 * again. The record comes after that, because the UART is slow.
 */
static __attribute__((noinline)) void end_if_all_off(struct vm *vm)
{
	bool reset, last = true;

	spin_lock(&vm->lock);
	for (unsigned i = 0; i < vm->nvcpus; i++)
		last = last && sched_is_off(&vm->vcpus[i]);
	last = last && vm->phase == VM_STOPPING;
	reset = vm->resetting;
	if (last && reset)
		enter(vm, VM_RESETTING, VM_NEWS_RESET);
	else if (last)
		enter(vm, VM_OFF, VM_NEWS_OFF);
	spin_unlock(&vm->lock);
	if (last && reset) {
		vm_start(vm);
		report_vm(vm);
	} else if (last) {
		lab_vm_ended(vm);
	}
}

/* One of its vCPUs waits or is off. If no vCPU can ever run again: VM_STUCK. */
static void check_stuck(struct vm *vm)
{
	bool stuck;

	if (vm->has_input || lab_is_ending() || sched_vm_can_run(vm))
		return;
	spin_lock(&vm->lock);
	stuck = vm->phase == VM_RUNNING && !sched_vm_can_run(vm);
	if (stuck)
		enter(vm, VM_STUCK, VM_NEWS_STUCK);
	spin_unlock(&vm->lock);
	if (stuck)
		lab_vm_ended(vm);
}

void vm_left_cpu(struct vcpu *v, const struct vcpu *next)
{
	struct vm *vm = v->vm;

	if (__atomic_load_n(&vm->phase, __ATOMIC_RELAXED) == VM_STOPPING)
		end_if_all_off(vm);
	else if ((!next || next->vm != vm) && !sched_wants_cpu(v))
		check_stuck(vm);
}

void vm_dropped(uint64_t vms)
{
	for (; vms; vms &= vms - 1) {
		struct vm *vm = lab_vm((unsigned)__builtin_ctzl(vms));

		end_if_all_off(vm);
		check_stuck(vm);
	}
}
