/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"
#include "arch.h"
#include "asm.h"
#include "board.h"
#include "cpu.h"
#include "el2.h"
#include "gic.h"
#include "lab.h"
#include "link.h"
#include "trap.h"
#include "vm.h"
#include "dev/vtimer.h"

/* Set the EL2 physical timer to `at`, unless it is set so already; UINT64_MAX turns it off. */
static void arm_timer(struct cpu *cpu, uint64_t at)
{
	if (at == cpu->timer_armed)
		return;
	write_sysreg(cnthp_cval_el2, at);
	write_sysreg(cnthp_ctl_el2, at == UINT64_MAX ? 0 : 1);
	cpu->timer_armed = at;
}

static void timer_interrupt(struct cpu *cpu)
{
	uint64_t now = counter();

	arm_timer(cpu, UINT64_MAX);
	isb(); /* the line must be low before the interrupt is deactivated */
	if (cpu->id == 0 && sched_alarm_due(0, now))
		lab_alarm(now);
}

static void take_interrupt(struct cpu *cpu)
{
	unsigned intid = gic_take();

	if (intid >= GIC_NONE)
		return;
	if (cpu->loaded && vtimer_interrupt(cpu->loaded, intid))
		return; /* the guest deactivates it */
	if (intid == SGI_KICK) {
		/*
		 * Nothing else to do: before the next guest entry, sched_deadline() shows a change
		 * of the scheduler, and vgic_needs_flush() shows a new interrupt.
		 */
		cpu_take_kick(cpu);
	} else if (intid == board.hyp_timer_intid) {
		timer_interrupt(cpu);
	} else if (intid == board.maintenance_intid && cpu->loaded) {
		vgic_maintenance(cpu->loaded);
	} else if (cpu->id == 0 && intid == board.uart_intid) {
		link_receive();
	} else if (intid == SGI_CPU0_WORK) {
		link_receive();
		lab_alarm(counter());
	} else if (intid == SGI_HALT) {
		cpu_halt();
	}
	gic_deactivate(intid);
}

/* Enter the guest once, and handle the exit. */
static void run_guest(struct cpu *cpu, struct vcpu *v)
{
	unsigned kind = guest_enter(v);

	v->exits++;
	if (kind == EXIT_SYNC)
		trap(v);
	else if (kind == EXIT_SERROR) /* the vCPU that runs gets it, whatever the cause */
		el2_set_serror(true);
	else
		take_interrupt(cpu);
}

/*
 * Run v, which this CPU has loaded, until the scheduler must decide: it has a pending change, or
 * its deadline has come. The clock is compared with the deadline at every exit. The timer's
 * interrupt is not enough, because other interrupts may precede it (hypervisor/README.md,
 * "Interrupts at EL2"). The read of the clock needs no ISB: the exit has synchronized this PE, so
 * the value is not older than the exit, and no ledger gets it. A flush may leave a change for the
 * scheduler, too.
 */
static void keep_running(struct cpu *cpu, struct vcpu *v)
{
	const unsigned id = cpu->id;

	for (;;) {
		run_guest(cpu, v);
		if (sched_deadline(id) != cpu->timer_armed ||
		    read_sysreg(cntpct_el0) >= cpu->timer_armed)
			return;
		if (vgic_needs_flush(&v->gic)) {
			vgic_flush(v);
			if (sched_deadline(id) != cpu->timer_armed)
				return;
		}
	}
}

/* Arm this CPU's timer for the scheduler's deadline. False: the scheduler must decide at once. */
static bool set_deadline(struct cpu *cpu)
{
	uint64_t at = sched_deadline(cpu->id);

	/*
	 * Work that was done since sched_next() may have left a change for this very CPU, without a
	 * kick.
	 */
	if (at == SCHED_AT_ONCE)
		return false;
	arm_timer(cpu, at);
	return true;
}

void run_forever(struct cpu *cpu)
{
	for (;;) {
		struct vcpu *v = sched_next(cpu->id, counter());

		if (v != cpu->loaded)
			vcpu_switch(cpu, v);
		if (!v) {
			lab_finish_if_ended();
			if (set_deadline(cpu)) {
				sched_idle_begin(cpu->id, counter());
				wfi();
				sched_idle_end(cpu->id, counter());
				take_interrupt(cpu);
			}
			continue;
		}
		if (vgic_needs_flush(&v->gic))
			vgic_flush(v);
		if (!set_deadline(cpu))
			continue;
		if (v->vm->phase == VM_LOADING) {
			vm_load_step(v);
			take_interrupt(cpu);
		} else {
			keep_running(cpu, v);
		}
	}
}
