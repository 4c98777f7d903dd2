/* SPDX-License-Identifier: BSD-2-Clause */
/* Load a vCPU's registers into a physical CPU, and save them. */
#include "arch.h"
#include "cpu.h"
#include "debug.h"
#include "el2.h"
#include "sysregs.h"
#include "vm.h"
#include "dev/vtimer.h"

#define PSTATE_EL1H_MASKED 0x3c5u /* EL1, SP_EL1, D A I F masked */

_Static_assert(EL1_COUNT == EL1_REGS, "struct el1_regs holds what sysregs.h lists");
_Static_assert(offsetof(struct vcpu, regs) == 0, "switch.S");
_Static_assert(offsetof(struct gp_regs, pc) == 31 * 8, "switch.S");

/*
 * A half of the registers is read before it is stored, and loaded before it is written, so that the
 * compiler can pair the loads and the stores (LDP, STP).
 */
#define GET(name, reg, reset)  uint64_t name = read_sysreg(reg);
#define KEEP(name, reg, reset) el1->r[EL1_##name] = name;
#define TAKE(name, reg, reset) uint64_t name = el1->r[EL1_##name];
#define SET(name, reg, reset)  write_sysreg(reg, name);

static void el1_save(struct el1_regs *el1)
{
	{EL1_FIRST_HALF(GET) EL1_FIRST_HALF(KEEP)} EL1_OTHER_HALF(GET) EL1_OTHER_HALF(KEEP)
}

static void el1_load(const struct el1_regs *el1)
{
	{EL1_FIRST_HALF(TAKE) EL1_FIRST_HALF(SET)} EL1_OTHER_HALF(TAKE) EL1_OTHER_HALF(SET)
}

static void el1_reset(struct el1_regs *el1)
{
#define RESET(name, reg, reset) el1->r[EL1_##name] = (reset);
	EACH_EL1_REG(RESET)
}

/*
 * Reset the vCPU as a PE comes out of reset, at the entry that the loader or CPU_ON gave (DEN0022,
 * 6.4).
 */
static void take_entry(struct vcpu *v)
{
	v->regs = (struct gp_regs){.pc = v->entry.pc, .pstate = PSTATE_EL1H_MASKED};
	v->regs.x[0] = v->entry.x0;
	el1_reset(&v->el1);
	if (v->entry.big_endian)
		v->el1.r[EL1_SCTLR] |= SCTLR_EE | SCTLR_E0E;
	v->fp = (struct fp_regs){.fpcr = 0};
	v->serror = false;
	v->vdisr = 0;
	v->tpidr2 = 0;
	v->vtimer = (struct vtimer){0};
	v->ptimer = (struct vtimer){0};
	debug_reset(&v->debug);
	vgic_reset_vcpu(v);
	v->entry.pending = false;
}

/*
 * TLBs hold stage 1 translations by VMID and ASID, and a guest may use one ASID for different
 * tables on two of its vCPUs. If another vCPU of the VM ran on this CPU before, its translations
 * must go (DDI 0487, D8.14).
 */
static void tlb_change_vcpu(struct vcpu *v, struct cpu *cpu)
{
	if (v->vm->last_on_cpu[cpu->id] == v)
		return;
	if (v->vm->last_on_cpu[cpu->id]) {
		tlbi(vmalle1);
		dsb(nsh);
		isb();
	}
	v->vm->last_on_cpu[cpu->id] = v;
}

/*
 * If the PE has RAS, the guest's DISR_EL1 is VDISR_EL2 while HCR_EL2.AMO is set, although RAS is
 * hidden from the guest.
 */
static bool has_ras(void)
{
	return FIELD(read_sysreg(id_aa64pfr0_el1), 31, 28);
}

/* TPIDR2_EL0 came with SME. SME is hidden, but without FEAT_FGT nothing traps the register. */
static bool has_sme(void)
{
	return FIELD(read_sysreg(id_aa64pfr1_el1), 27, 24);
}

void vcpu_load(struct vcpu *v)
{
	struct cpu *cpu = this_cpu();

	if (v->entry.pending)
		take_entry(v);
	write_sysreg(vttbr_el2, (uint64_t)v->vm->s2.vmid << 48 | (uintptr_t)v->vm->s2.root);
	write_sysreg(vmpidr_el2, v->vmpidr);
	isb();
	tlb_change_vcpu(v, cpu);
	el1_load(&v->el1);
	fp_load(&v->fp);
	debug_load(&v->debug);
	vgic_load(v);
	vtimer_load(v);
	el2_set_serror(v->serror);
	if (has_ras())
		write_sysreg(s3_4_c12_c1_1, v->vdisr);
	if (has_sme())
		write_sysreg(s3_3_c13_c0_5, v->tpidr2);
	cpu->loaded = v;
}

void vcpu_put(struct vcpu *v)
{
	el1_save(&v->el1);
	fp_save(&v->fp);
	vgic_put(v);
	vtimer_put(v);
	v->serror = el2_serror();
	if (has_ras())
		v->vdisr = read_sysreg(s3_4_c12_c1_1);
	if (has_sme())
		v->tpidr2 = read_sysreg(s3_3_c13_c0_5);
	this_cpu()->loaded = NULL;
}

void vcpu_switch(struct cpu *cpu, struct vcpu *v)
{
	struct vcpu *old = cpu->loaded;

	if (old) {
		vcpu_put(old);
		sched_release(&old->sched);
	}
	if (v) {
		sched_claim(&v->sched);
		vcpu_load(v);
	}
	/*
	 * Not earlier: this may make the scheduler choose another vCPU for this CPU, and the loaded
	 * vCPU has to be the one that sched_next() returned.
	 */
	if (old)
		vm_left_cpu(old, v);
}

void vcpu_wake(struct vcpu *v)
{
	sched_wake(v, this_cpu()->id, counter());
}
