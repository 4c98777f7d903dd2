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

/* Program the EL2 physical timer, where it is not so already. */
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
	isb(); /* the line is low before it is deactivated */
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
		/* What it was for is seen by the run loop, and by the flush before the guest. */
		cpu_take_kick(cpu);
	} else if (intid == board.hyp_timer_intid) {
		timer_interrupt(cpu);
	} else if (intid == board.maintenance_intid && cpu->loaded) {
		vgic_maintenance(cpu->loaded);
	} else if (cpu->id == 0 && intid == board.uart_intid) {
		link_receive();
	} else if (intid == SGI_BOOT_CPU) {
		link_receive();
		lab_alarm(counter());
	} else if (intid == SGI_HALT) {
		cpu_halt();
	}
	gic_deactivate(intid);
}

/* One stay in the guest, and what ended it. */
static void run_guest(struct cpu *cpu, struct vcpu *v)
{
	unsigned kind = guest_enter(v);

	v->exits++;
	if (kind == EXIT_SYNC)
		trap(v);
	else if (kind == EXIT_SERROR) /* whoever caused it: the one that runs is told */
		el2_set_serror(true);
	else
		take_interrupt(cpu);
}

/*
 * v, which this CPU has loaded, goes on until the scheduler has to be asked: until it has news, or
 * its deadline has come. The clock says that, at every exit, and not the timer's interrupt, which
 * others may precede (hypervisor/README.md, "Interrupts at EL2"). A flush may bring news too.
 */
static void run_on(struct cpu *cpu, struct vcpu *v)
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

/* This CPU's timer stands where the scheduler wants it; false: at once, there are news. */
static bool set_deadline(struct cpu *cpu)
{
	uint64_t at = sched_deadline(cpu->id);

	/*
	 * What was done since sched_next() may have left something for this very CPU, without a
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
			run_on(cpu, v);
		}
	}
}
