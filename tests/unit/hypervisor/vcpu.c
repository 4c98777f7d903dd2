/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two vCPUs take turns on one CPU: each finds its registers as it left them, and nothing of the
 * other's.
 */
#include "tests/unit/hypervisor/machine.h"
#include "sysregs.h"
#include "tests/tap.h"

#include <string.h>

static const char *const names[] = {
#define NAME(name, reg, reset) STR(reg),
	EACH_EL1_REG(NAME)};

/* the PE has RAS and SME, whose registers a guest can reach although its ID registers hide them */
static bool hidden;

/* Write all registers, as the guest on CPU 0. */
static void scribble(uint64_t value)
{
	for (unsigned i = 0; i < EL1_COUNT; i++)
		*fake_sysreg(names[i]) = value + i;
	memset(&machine.fp, (int)value, sizeof(machine.fp));
	*fake_sysreg("s3_4_c12_c1_1") = value + 100; /* VDISR_EL2 */
	*fake_sysreg("s3_3_c13_c0_5") = value + 101; /* TPIDR2_EL0 */
	machine.serror = value & 1;
}

/* Whether all registers are as scribble(value) left them. */
static bool intact(uint64_t value)
{
	unsigned wrong = 0;
	struct fp_regs fp;

	for (unsigned i = 0; i < EL1_COUNT; i++)
		wrong += *fake_sysreg(names[i]) != value + i;
	memset(&fp, (int)value, sizeof(fp));
	wrong += memcmp(&fp, &machine.fp, sizeof(fp)) != 0;
	wrong += machine.serror != (value & 1);
	if (hidden)
		wrong += *fake_sysreg("s3_4_c12_c1_1") != value + 100 ||
			 *fake_sysreg("s3_3_c13_c0_5") != value + 101;
	return !wrong;
}

static void next_to_run(struct vcpu *v)
{
	struct vcpu *old = cpus[0].loaded;

	machine_on(0);
	vcpu_put(old);
	vcpu_load(v);
}

static void turns(bool with_hidden)
{
	struct vcpu *a, *b;

	machine_start(PVTIME_DIALECT_1_0, false);
	hidden = with_hidden;
	*fake_sysreg("id_aa64pfr0_el1") = with_hidden ? 0x10000000 : 0xf0fffffff;
	*fake_sysreg("id_aa64pfr1_el1") = with_hidden ? 0x01000000 : 0xf0ffffff;
	a = machine_run(0);
	b = a == &vm.vcpus[0] ? &vm.vcpus[1] : NULL;
	if (!tap_ok(b != NULL, "vCPU 0 runs on CPU 0"))
		return;
	b->entry = (struct vcpu_entry){.pc = ENTRY, .pending = true};
	b->serror = b->debug.os_locked = true;
	b->ptimer.ctl = b->vtimer.ctl = 1;
	b->vdisr = b->tpidr2 = 5;
	scribble(0x1001);
	machine.order[0] = '\0';
	machine.gic_vcpu_resets = 0;
	next_to_run(b);
	tap_ok(!strcmp(machine.order, "gtGT"),
	       "a switch saves the GIC and then the timers, and loads them in the same order");
	tap_ok(machine.gic_vcpu_resets == 1 && !b->entry.pending,
	       "the CPU interface of a vCPU that begins is reset");
	tap_ok(!machine.serror && !b->ptimer.ctl && !b->vtimer.ctl,
	       "a vCPU that begins has no pending SError and no running timer");
	tap_ok(!with_hidden || (!*fake_sysreg("s3_4_c12_c1_1") && !*fake_sysreg("s3_3_c13_c0_5")),
	       "a vCPU that begins has nothing in the hidden registers");
	scribble(0x2000);
	next_to_run(a);
	tap_ok(intact(0x1001), "the first vCPU has its registers back");
	scribble(0x3001);
	next_to_run(b);
	tap_ok(intact(0x2000), "the second vCPU has its registers back");
	next_to_run(a);
	tap_ok(intact(0x3001), "the first vCPU has its registers back once more");
	tap_ok(cpus[0].loaded == a, "the CPU's `loaded` is the vCPU whose registers it has");
	vcpu_put(a);
	if (!with_hidden)
		tap_ok(!a->vdisr && !a->tpidr2,
		       "hidden registers that the PE does not have are not saved");
	tap_ok(cpus[0].loaded == NULL, "after vcpu_put() the CPU has no vCPU's registers");
}

/* A vCPU's breakpoints are off while another vCPU runs. */
static void debugging(void)
{
	struct vcpu *a;

	machine_start(PVTIME_DIALECT_1_0, false);
	a = machine_run(0);
	next_to_run(&vm.vcpus[1]);
	a->debug.os_locked = false;
	a->debug.mdscr = BIT(15);
	a->debug.bvr[0] = 0x4444;
	next_to_run(a);
	tap_ok(*fake_sysreg("mdscr_el1") == BIT(15) && *fake_sysreg("dbgbvr0_el1") == 0x4444,
	       "a vCPU has its own debug state while it runs");
	next_to_run(&vm.vcpus[1]);
	tap_is_u64(*fake_sysreg("mdscr_el1"), 0, "a vCPU's debug state is off while another runs");
	*fake_sysreg("dbgbvr0_el1") = 0;
	next_to_run(a);
	tap_is_u64(*fake_sysreg("dbgbvr0_el1"), 0x4444,
		   "a vCPU's breakpoint is in the hardware again when the vCPU is loaded");
}

/* Every listed register has its reset value. */
static void reset_values(void)
{
	unsigned wrong = 0;

	machine_start(PVTIME_DIALECT_1_0, false);
	for (unsigned i = 0; i < EL1_COUNT; i++)
		*fake_sysreg(names[i]) = 0x77;
	vm.vcpus[2].entry = (struct vcpu_entry){.pc = ENTRY, .pending = true};
	next_to_run(&vm.vcpus[2]);
	for (unsigned i = 0; i < EL1_COUNT; i++)
		wrong += *fake_sysreg(names[i]) != (i == EL1_SCTLR ? 0x30d50838 : 0);
	tap_is_u64(wrong, 0, "%u registers of EL1 have their reset values when a vCPU begins",
		   (unsigned)EL1_COUNT);
}

int main(void)
{
	turns(true);
	turns(false);
	debugging();
	reset_values();
	return tap_done();
}
