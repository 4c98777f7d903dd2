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
#include "vtimer.h"

unsigned guest_enter(struct vcpu *v);

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
	sched_tick(cpu->id, now);
	if (cpu->id == 0 && sched_alarm_due(0, now))
		lab_alarm(now);
}

/* Besides the scheduler's business, the boot CPU has the link and the lab's clock. */
static void boot_cpu_kicked(void)
{
	link_receive();
	lab_alarm(counter());
}

static void take_interrupt(struct cpu *cpu)
{
	unsigned intid = gic_take();

	if (intid >= GIC_NONE)
		return;
	if (cpu->loaded && vtimer_interrupt(cpu->loaded, intid))
		return; /* the guest deactivates it */
	if (intid == SGI_HALT)
		cpu_halt();
	else if (intid == board.hyp_timer_intid)
		timer_interrupt(cpu);
	else if (intid == board.maintenance_intid && cpu->loaded)
		vgic_maintenance(cpu->loaded);
	else if (cpu->id == 0 && intid == board.uart_intid)
		link_receive();
	else if (cpu->id == 0 && intid == SGI_KICK)
		boot_cpu_kicked();
	gic_deactivate(intid);
}

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

void run_forever(struct cpu *cpu)
{
	for (;;) {
		struct vcpu *v = sched_next(cpu->id, counter());

		if (v != cpu->loaded)
			vcpu_switch(cpu, v);
		lab_finish_if_ended();
		if (v && vgic_needs_flush(&v->gic))
			vgic_flush(v);
		/* What was done since may have left something for this very CPU, without a kick. */
		if (sched_deadline(cpu->id) == SCHED_AT_ONCE)
			continue;
		arm_timer(cpu, sched_deadline(cpu->id));
		if (!v) {
			wfi();
			take_interrupt(cpu);
		} else if (v->vm->phase == VM_LOADING) {
			vm_load_step(v);
			take_interrupt(cpu);
		} else {
			run_guest(cpu, v);
		}
	}
}
