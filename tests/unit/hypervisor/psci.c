/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI 1.1 (Arm DEN0022), and the life of a VM and its vCPUs that comes of it. */
#include "tests/unit/hypervisor/machine.h"
#include "sysregs.h"
#include "pvtime.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>

#define CPU_ON	      0xc4000003u
#define AFFINITY_INFO 0xc4000004u
#define ERROR(n)      ((uint64_t)(-(n))) /* all of x0 */
#define HIGH_CONTEXT  UINT64_C(0x1234567890abcdef)
#define NOT_SUPPORTED ERROR(1)
#define INVALID	      ERROR(2)
#define ALREADY_ON    ERROR(4)
#define ON_PENDING    ERROR(5)
#define BAD_ADDRESS   ERROR(9)

static struct vcpu *vcpu(unsigned i)
{
	return &vm.vcpus[i];
}

/* A call of vCPU 0. */
static uint64_t call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
	machine_on(0);
	return machine_call(vcpu(0), x0, x1, x2, x3);
}

static enum pvtime_state state(unsigned i)
{
	struct sched_ledger copy;

	sched_ledger(vcpu(i), &copy);
	return pvtime_get_state(&copy.time);
}

static void features(void)
{
	static const struct {
		uint32_t fid;
		bool there;
	} cases[] = {
		{0x84000000, true},  {0xc4000000, false}, {0x84000001, true},  {0xc4000001, true},
		{0x84000002, true},  {0xc4000002, false}, {0x84000003, true},  {0xc4000003, true},
		{0x84000004, true},  {0xc4000004, true},  {0x84000005, false}, {0xc4000005, false},
		{0x84000006, true},  {0x84000007, false}, {0x84000008, true},  {0x84000009, true},
		{0x8400000a, true},  {0x8400000b, false}, {0x8400000c, false}, {0x8400000e, false},
		{0xc400000e, false}, {0x8400000f, false}, {0x84000010, false}, {0x84000012, false},
		{0xc4000012, false}, {0x84000013, false}, {0x80000000, true},  {0x80000001, false},
		{0xc5000020, false}, {0, false},
	};

	machine_start(PVTIME_DIALECT_1_0, false);
	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		tap_is_u64(call(0x8400000a, cases[i].fid, 0, 0), cases[i].there ? 0 : NOT_SUPPORTED,
			   "PSCI_FEATURES(0x%x) returns whether the function exists", cases[i].fid);
		if (!cases[i].there && cases[i].fid >> 24 != 0x80 && cases[i].fid >> 24 != 0xc5)
			tap_is_u64(call(cases[i].fid, 1, ENTRY, 0), NOT_SUPPORTED,
				   "0x%x, which PSCI_FEATURES denies, is NOT_SUPPORTED",
				   cases[i].fid);
	}
	tap_is_u64(call(0x84000006, 0, 0, 0), 2,
		   "MIGRATE_INFO_TYPE returns that nothing has to be migrated");
	tap_ok(vm.phase == VM_RUNNING && state(0) == PVTIME_RUNNING && state(1) == PVTIME_OFF,
	       "asking for features changes no state");
}

static void affinity(void)
{
	tap_is_u64(call(AFFINITY_INFO, 0, 0, 0), 0, "AFFINITY_INFO: vCPU 0 is on");
	tap_is_u64(call(AFFINITY_INFO, 3, 0, 0), 1, "AFFINITY_INFO: vCPU 3 is off");
	tap_is_u64(call(AFFINITY_INFO, 4, 0, 0), INVALID,
		   "AFFINITY_INFO: vCPU 4, which does not exist, is refused");
	tap_is_u64(call(AFFINITY_INFO, 0x100, 0, 0), INVALID,
		   "AFFINITY_INFO: an Aff1 of 1, which no vCPU has, is refused");
	tap_is_u64(call(AFFINITY_INFO, BIT(32), 0, 0), INVALID,
		   "AFFINITY_INFO: an Aff3 of 1, which no vCPU has, is refused");
	tap_is_u64(call(0x84000004, BIT(32) | 3, BIT(32), 0), 1,
		   "AFFINITY_INFO: the 32-bit call ignores the upper halves");
	tap_is_u64(call(AFFINITY_INFO, BIT(31), 0, 0), INVALID,
		   "AFFINITY_INFO: reserved bits are refused");
	tap_is_u64(call(AFFINITY_INFO, 3, 1, 0), 0,
		   "AFFINITY_INFO, level 1: the cluster has a vCPU that is on");
	tap_is_u64(call(AFFINITY_INFO, 0x200, 1, 0), INVALID,
		   "AFFINITY_INFO, level 1: a second cluster, which does not exist, is refused");
	tap_is_u64(call(AFFINITY_INFO, 0x200, 2, 0), 0, "AFFINITY_INFO, level 2: Aff1 is ignored");
	tap_is_u64(call(AFFINITY_INFO, 0x10000, 2, 0), INVALID,
		   "AFFINITY_INFO, level 2: an Aff2 of 1, which does not exist, is refused");
	tap_is_u64(call(AFFINITY_INFO, 0x20300, 3, 0), 0,
		   "AFFINITY_INFO, level 3: Aff2 and Aff1 are ignored");
	tap_is_u64(call(AFFINITY_INFO, BIT(33), 3, 0), INVALID,
		   "AFFINITY_INFO, level 3: an Aff3 of 2, which does not exist, is refused");
	tap_is_u64(call(AFFINITY_INFO, 0, 4, 0), INVALID, "AFFINITY_INFO: level 4 is refused");
	tap_is_u64(call(AFFINITY_INFO, 0, BIT(32), 0), INVALID,
		   "AFFINITY_INFO: level 2^32 is refused");
}

static void cpu_on_errors(void)
{
	tap_is_u64(call(CPU_ON, 4, ENTRY, 0), INVALID,
		   "CPU_ON: vCPU 4, which does not exist, is refused");
	tap_is_u64(call(CPU_ON, BIT(32) | 1, ENTRY, 0), INVALID,
		   "CPU_ON: an Aff3 of 1, which no vCPU has, is refused");
	tap_is_u64(call(CPU_ON, BIT(31) | 1, ENTRY, 0), INVALID,
		   "CPU_ON: an affinity with MPIDR's bit 31 is refused");
	tap_is_u64(call(CPU_ON, 1, ENTRY + 2, 0), BAD_ADDRESS,
		   "CPU_ON: an entry that is not aligned to an instruction is refused");
	tap_is_u64(call(CPU_ON, 1, MAP_RAM_BASE - 4, 0), BAD_ADDRESS,
		   "CPU_ON: an entry below RAM is refused");
	tap_is_u64(call(CPU_ON, 1, MAP_RAM_BASE + RAM_SIZE, 0), BAD_ADDRESS,
		   "CPU_ON: an entry above RAM is refused");
	tap_is_u64(call(CPU_ON, 1, UINT64_MAX - 3, 0), BAD_ADDRESS,
		   "CPU_ON: an entry far above RAM is refused");
	tap_is_u64(call(CPU_ON, 0, ENTRY, 0), ALREADY_ON,
		   "CPU_ON: a vCPU that starts itself gets ALREADY_ON");
	tap_is_u64(call(CPU_ON, 4, ENTRY + 2, 0), INVALID,
		   "CPU_ON: a missing vCPU is reported before a bad entry");
	tap_ok(state(1) == PVTIME_OFF && !vcpu(1)->entry.pending,
	       "CPU_ON: calls that are refused leave vCPU 1 OFF");
}

/* The registers of a PE that CPU_ON has started (DEN0022, 6.4). */
static void check_entry(unsigned i, uint64_t pc, uint64_t x0, uint64_t sctlr)
{
	const struct vcpu *v = vcpu(i);
	uint64_t others = 0;
	bool reset = true;

	tap_is_u64(v->regs.pc, pc, "vCPU %u starts at its entry", i);
	tap_is_u64(v->regs.x[0], x0, "a vCPU that starts has its context in x0");
	for (unsigned n = 1; n < 31; n++)
		others |= v->regs.x[n];
	tap_is_u64(others, 0, "a vCPU that starts has 0 in x1 to x30");
	tap_is_u64(v->regs.pstate, 0x3c5, "a vCPU that starts is at EL1 with SP_EL1, all masked");
	tap_is_u64(*fake_sysreg("sctlr_el1"), sctlr, "a vCPU that starts has its SCTLR_EL1");
	for (unsigned n = 0; n < EL1_COUNT; n++)
		reset = reset && (n == EL1_SCTLR || v->el1.r[n] == 0);
	tap_ok(reset && v->debug.os_locked && !v->debug.mdscr && !v->vtimer.ctl && !v->fp.fpcr,
	       "all other state of a vCPU that starts is as after a reset");
	tap_is_u64(*fake_sysreg("vmpidr_el2"), BIT(31) | i,
		   "a vCPU that starts has its number in MPIDR_EL1");
	tap_is_u64(*fake_sysreg("vttbr_el2"), BIT(48) | (uintptr_t)vm.s2.root,
		   "a vCPU that starts has VMID 1 and its VM's tables in VTTBR_EL2");
}

static void cpu_on(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	*fake_sysreg("sctlr_el1") = 0x30d5d91d; /* vCPU 0 has its MMU on */
	memset(vcpu(1), 0x55, offsetof(struct vcpu, vm));
	memset(&vcpu(1)->el1, 0x55, sizeof(struct el1_regs));
	memset(&vcpu(1)->fp, 0x55, sizeof(struct fp_regs));
	vcpu(1)->vtimer.ctl = 1;
	tap_is_u64(call(CPU_ON, 1, MAP_RAM_BASE + RAM_SIZE - 4, HIGH_CONTEXT), 0,
		   "CPU_ON accepts the last word of RAM as the entry");
	tap_ok(machine.kicks[1] == 1 && state(1) == PVTIME_READY,
	       "CPU_ON: the vCPU is READY, the idle CPU is kicked");
	tap_is_u64(call(AFFINITY_INFO, 1, 0, 0), 2,
		   "AFFINITY_INFO returns ON_PENDING for a vCPU that has not run yet");
	tap_is_u64(call(CPU_ON, 1, ENTRY, 0), ON_PENDING,
		   "CPU_ON returns ON_PENDING for a vCPU that has not run yet");
	tap_ok(machine_run(1) == vcpu(1), "CPU_ON: the vCPU runs on CPU 1");
	check_entry(1, MAP_RAM_BASE + RAM_SIZE - 4, HIGH_CONTEXT, SCTLR_RESET);
	tap_is_u64(call(AFFINITY_INFO, 1, 0, 0), 0,
		   "AFFINITY_INFO returns ON for a vCPU that has started");
	tap_is_u64(call(CPU_ON, 1, ENTRY, 0), ALREADY_ON,
		   "CPU_ON returns ALREADY_ON for a vCPU that has started");
	tap_is_u64(
		call(0x84000003, HIGH_CONTEXT << 32 | 2, HIGH_CONTEXT << 32 | ENTRY, HIGH_CONTEXT),
		0, "the 32-bit CPU_ON returns SUCCESS");
	machine_on(1);
	sched_stop(vcpu(1), 1, counter());
	tap_ok(machine_run(1) == vcpu(2), "the 32-bit CPU_ON: vCPU 2 runs on CPU 1");
	check_entry(2, ENTRY, (uint32_t)HIGH_CONTEXT, SCTLR_RESET);
}

static void byte_order(void)
{
	machine_start(PVTIME_DIALECT_1_0, true);
	machine_run(0);
	tap_is_u64(*fake_sysreg("sctlr_el1"), SCTLR_RESET | SCTLR_EE | SCTLR_E0E,
		   "a big-endian ELF starts big-endian");
	call(CPU_ON, 1, ENTRY, 0);
	machine_run(1);
	tap_is_u64(*fake_sysreg("sctlr_el1"), SCTLR_RESET | SCTLR_EE | SCTLR_E0E,
		   "CPU_ON inherits the byte order of its caller");
	*fake_sysreg("sctlr_el1") = SCTLR_RESET;
	tap_is_u64(call(CPU_ON, 2, MAP_RAM_BASE, 0), 0,
		   "CPU_ON accepts the first word of RAM as the entry");
	tap_ok(vcpu(2)->entry.pending && !vcpu(2)->entry.big_endian,
	       "CPU_ON uses its caller's byte order at the call, not at the start");
}

/* Let v run only on these CPUs from now on. */
static void pin(struct vcpu *v, uint8_t affinity)
{
	v->sched.affinity = affinity;
	v->sched.ready.traits = (v->sched.ready.traits & ~0xffu) | affinity;
	v->sched.cpu = (uint8_t)__builtin_ctz(affinity);
}

static void cpu_off(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	call(CPU_ON, 1, ENTRY, 7);
	machine_run(1);
	machine_on(1);
	machine_call(vcpu(1), 0x84000002, 0, 0, 0);
	tap_is_u64(call(AFFINITY_INFO, 1, 0, 0), 0,
		   "CPU_OFF: a vCPU is on as long as its CPU has its registers");
	tap_is_u64(call(CPU_ON, 1, ENTRY, 0), ALREADY_ON,
		   "CPU_OFF: a vCPU cannot be started before it is OFF");
	tap_ok(machine_run(1) == NULL && state(1) == PVTIME_OFF,
	       "CPU_OFF: the vCPU is OFF when its CPU has left it");
	tap_ok(vm.phase == VM_RUNNING && !machine.ends,
	       "CPU_OFF of one vCPU: the VM stays RUNNING with the other");
	tap_is_u64(call(AFFINITY_INFO, 1, 0, 0), 1,
		   "AFFINITY_INFO returns OFF for a vCPU after its CPU_OFF");
	tap_is_u64(call(CPU_ON, 1, ENTRY + 64, 9), 0,
		   "CPU_ON returns SUCCESS for a vCPU after its CPU_OFF");
	tap_ok(machine_run(1) == vcpu(1) && vcpu(1)->regs.pc == ENTRY + 64 &&
		       vcpu(1)->regs.x[0] == 9,
	       "a vCPU that is started once more runs from its new entry");
	machine_on(1);
	machine_call(vcpu(1), 0x84000002, 0, 0, 0);
	machine_run(1);
	machine_on(0);
	machine_call(vcpu(0), 0x84000002, 0, 0, 0);
	machine_settle();
	tap_ok(vm.phase == VM_STUCK && state(0) == PVTIME_OFF && !machine.offs,
	       "a VM all of whose vCPUs are off is STUCK, which is not reported as SYSTEM_OFF");
	tap_ok(machine.stuck == 1 && machine.ends == 1, "a VM that is stuck is reported once");
}

static void suspend(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	machine.interrupt = true;
	tap_is_u64(call(0xc4000001, 0x10000, ENTRY, 5), 0,
		   "CPU_SUSPEND with an interrupt pending returns SUCCESS");
	tap_ok(machine_run(0) == vcpu(0) && state(0) == PVTIME_RUNNING,
	       "CPU_SUSPEND with an interrupt pending: the vCPU runs on");
	machine.stale = true;
	machine.wake_at = *fake_sysreg("cntpct_el0") + 50000;
	vcpu(0)->regs.pc = ENTRY + 0x100;
	tap_is_u64(call(0x84000001, 0, ENTRY, 5), 0,
		   "CPU_SUSPEND without an interrupt pending returns SUCCESS");
	tap_ok(machine_run(0) == NULL && state(0) == PVTIME_BLOCKED && vm.phase == VM_RUNNING,
	       "CPU_SUSPEND: the vCPU is BLOCKED, and its VM is not stuck, as the vCPU's timer is on");
	*fake_sysreg("cntpct_el0") += 60000;
	tap_ok(machine_run(0) == vcpu(0) && state(0) == PVTIME_RUNNING,
	       "CPU_SUSPEND: the timer wakes the vCPU");
	tap_ok(vcpu(0)->regs.pc == ENTRY + 0x100 && vcpu(0)->regs.x[0] == 0 &&
		       vcpu(0)->regs.x[3] == 5,
	       "CPU_SUSPEND: the vCPU continues behind the call, as every state is standby");
	machine.wake_at = UINT64_MAX;
	call(0xc4000001, 0, 0, 0);
	machine_run(0);
	machine_on(1);
	vcpu_wake(vcpu(0));
	tap_ok(state(0) == PVTIME_READY, "CPU_SUSPEND: an interrupt wakes the vCPU");
}

/* Whether the VM's memory is as at power-on. */
static bool pristine(void)
{
	const char *ram = pa_ptr(vm.ram);
	uint64_t wrong = 0;

	for (uint64_t i = 0; i < RAM_SIZE; i++) {
		char want = 0;

		for (unsigned s = 0; s < vm.nsegments; s++)
			if (i - (vm.segments[s].to.ipa - MAP_RAM_BASE) < vm.segments[s].size)
				want = ((const char *)pa_ptr(
					vm.segments[s]
						.from))[i - (vm.segments[s].to.ipa - MAP_RAM_BASE)];
		wrong += ram[i] != want;
	}
	return !wrong;
}

static void power_on(uint64_t dczid)
{
	machine_dczid = dczid;
	machine_start(PVTIME_DIALECT_1_0, false);
	tap_ok(pristine(), "power-on: RAM is 0 except for the images");
	tap_is_u64(machine.zeroed, dczid & 16 ? 0 : RAM_SIZE,
		   "power-on: RAM is zeroed by DC ZVA if the PE has it");
	tap_is_u64(machine.cleaned,
		   RAM_SIZE + vm.segments[0].size + vm.segments[1].size + MAP_PVTIME_SIZE,
		   "power-on: all of a VM's memory is clean to the point of coherency");
	tap_is_u64(machine.piece, 64 * 1024,
		   "power-on: memory is cleaned in pieces of 64 KiB at most");
	tap_ok(machine.loads == 1 && machine.gic_resets == 1,
	       "power-on: the VM is loaded once, and its GIC is reset once");
	tap_ok(fake_operations("tlbi vmalls12e1is") == 1 && fake_operations("ic ialluis") == 1,
	       "power-on: the VM's translations and the instruction caches are invalidated");
	tap_ok(cpus[0].loaded == vcpu(0) || cpus[1].loaded == vcpu(0),
	       "power-on: vCPU 0 is loaded");
	tap_ok(state(1) == PVTIME_OFF && state(3) == PVTIME_OFF, "power-on: vCPUs 1 and 3 are OFF");
	tap_ok(vcpu(0)->regs.pc == ENTRY && vcpu(0)->regs.x[0] == MAP_RAM_BASE + MIB,
	       "power-on: vCPU 0 has the VM's entry and x0");
	machine_dczid = 16;
}

/* The physical address of `ipa` in the VM; 0: not mapped. */
static uint64_t mapped(uint64_t ipa)
{
	uint64_t block;
	paddr_t pa;

	return stage2_walk(&vm.s2, (ipaddr_t){ipa}, &pa, &block) ? pa.pa : 0;
}

static void address_space(void)
{
	const uint8_t *region;
	uint64_t used = 0;

	machine_start(PVTIME_DIALECT_1_0, false);
	region = pa_ptr(vm.pvtime);
	tap_ok(mapped(MAP_RAM_BASE) == vm.ram.pa &&
		       mapped(MAP_RAM_BASE + RAM_SIZE - 1) == vm.ram.pa + RAM_SIZE - 1,
	       "a VM's RAM is mapped");
	tap_ok(!mapped(MAP_RAM_BASE - 1) && !mapped(MAP_RAM_BASE + RAM_SIZE),
	       "nothing beside a VM's RAM is mapped");
	tap_ok(mapped(MAP_PVTIME_BASE) == vm.pvtime.pa &&
		       mapped(MAP_PVTIME_BASE + 0xffff) == vm.pvtime.pa + 0xffff &&
		       !mapped(MAP_PVTIME_BASE - 1) && !mapped(MAP_PVTIME_BASE + 0x10000),
	       "exactly the 64 KiB of the stolen-time region are mapped");
	for (uint64_t i = 0; i < MAP_PVTIME_SIZE; i++)
		used += region[i] && !(i < 64 * MACHINE_VCPUS && i % 64 >= 8 && i % 64 < 16);
	tap_is_u64(used, 0, "the stolen-time region is 0 except for the counters (R-05)");
	machine_start(PVTIME_DIALECT_OFF, false);
	tap_ok(!mapped(MAP_PVTIME_BASE) && mapped(MAP_RAM_BASE),
	       "a VM without stolen time has no region mapped (R-32)");
	tap_is_u64(pvtime_published(vcpu(0)), 0, "a VM without stolen time has no structure");
}

/* The VMs of a lab start together: the first vCPU waits until all are loaded. */
static void together(void)
{
	machine.hold = true;
	machine_start(PVTIME_DIALECT_1_0, false);
	tap_ok(machine.loads == 1 && vm.phase == VM_LOADING && state(0) == PVTIME_BLOCKED,
	       "a VM that is held waits after it is loaded");
	*fake_sysreg("cntpct_el0") += 1000000;
	machine_on(1);
	vm_run(&vm, *fake_sysreg("cntpct_el0"));
	tap_ok(vm.phase == VM_RUNNING && state(0) == PVTIME_READY,
	       "vm_run() makes the VM's vCPU 0 READY");
	machine_settle();
	tap_ok(state(0) == PVTIME_RUNNING && vcpu(0)->regs.pc == ENTRY,
	       "a VM that was held runs from its entry");
	machine.hold = false;
}

static void system_off(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	call(CPU_ON, 1, ENTRY, 0);
	machine_run(1);
	machine.kicks[1] = 0;
	call(0x84000008, 0, 0, 0);
	tap_ok(vm.phase == VM_STOPPING && machine.kicks[1] == 1,
	       "SYSTEM_OFF: the VM is STOPPING, and the other vCPU's CPU is kicked");
	machine_run(0);
	tap_ok(!machine.offs && vm.phase == VM_STOPPING,
	       "SYSTEM_OFF: the VM is not off as long as vCPU 1 runs");
	machine_on(1);
	tap_is_u64(machine_call(vcpu(1), CPU_ON, 2, ENTRY, 0), 0,
		   "CPU_ON in a VM that is stopping returns SUCCESS");
	machine_call(vcpu(1), 0x84000009, 0, 0, 0);
	tap_ok(state(2) == PVTIME_OFF && !vm.resetting,
	       "a VM that is stopping starts no vCPU and does not become a reset");
	machine_run(1);
	tap_ok(machine.offs == 1 && vm.phase == VM_OFF,
	       "SYSTEM_OFF: the VM is off, once, when its last vCPU has left");
	machine_settle();
	tap_ok(machine.offs == 1 && !machine.resets && !cpus[0].loaded && !cpus[1].loaded,
	       "SYSTEM_OFF: the VM stays off");
}

/* The same, but vCPU 0 is the last to leave. */
static void system_off_by_another(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	call(CPU_ON, 1, ENTRY, 0);
	machine_run(1);
	machine_on(1);
	machine_call(vcpu(1), 0x84000008, 0, 0, 0);
	machine_run(1);
	tap_ok(vm.phase == VM_STOPPING && !machine.offs,
	       "SYSTEM_OFF by vCPU 1: the VM is not off before vCPU 0 has left");
	machine_run(0);
	tap_ok(vm.phase == VM_OFF && machine.offs == 1,
	       "SYSTEM_OFF by vCPU 1: the VM is off when vCPU 0 has left");
}

/*
 * When the VM is switched off, one of its vCPUs has been given a CPU on which another VM's vCPU is
 * still loaded. This vCPU is never loaded, and leaves no CPU.
 */
static void system_off_before_one_is_loaded(bool at_once)
{
	static struct vcpu x;
	static struct vm other;

	machine_start(PVTIME_DIALECT_1_0, false);
	x = (struct vcpu){.vm = &other};
	other = (struct vm){.vcpus = &x, .nvcpus = 1, .phase = VM_RUNNING, .id = 1};
	machine.other = &other;
	sched_add(&x, 100, 0, 2, counter());
	pin(vcpu(0), 1);
	pin(vcpu(1), 2);
	machine_on(0);
	sched_start(&x, 0, counter());
	tap_ok(machine_run(1) == &x, "a vCPU of another VM runs on CPU 1");
	call(CPU_ON, 1, ENTRY, 0);
	machine_on(1);
	if (cpus[1].loaded != &x)
		abort();
	sched_will_block(&x);
	sched_block(&x, 1, counter(), UINT64_MAX);
	tap_ok(state(1) == PVTIME_RUNNING && cpus[1].loaded == &x,
	       "vCPU 1 is given CPU 1 while another VM's vCPU is still loaded there");
	if (at_once) /* that CPU is still in a trap, in which it decides once more */
		sched_wake(&x, 1, counter());
	call(0x84000008, 0, 0, 0);
	machine_run(0);
	tap_ok(vm.phase == VM_STOPPING,
	       "SYSTEM_OFF: the VM is STOPPING when vCPU 0 has left, as vCPU 1 is still to leave");
	machine_on(1);
	if (at_once)
		sched_wake(&x, 1, counter());
	machine_run(1);
	tap_ok(vm.phase == VM_OFF && machine.offs == 1,
	       "SYSTEM_OFF: the VM is off once, although vCPU 1 was never loaded");
}

static void system_reset(void)
{
	char *ram;
	struct pvtime_totals totals;
	struct sched_ledger copy;

	machine_start(PVTIME_DIALECT_1_0, false);
	call(CPU_ON, 1, ENTRY, 0);
	machine_run(1);
	sched_stop(vcpu(1), 1, counter());
	call(CPU_ON, 2, ENTRY, 0); /* CPU 1 does not enter its run loop for a while */
	*fake_sysreg("cntpct_el0") += 62500000;
	machine_run(1);
	tap_ok(pvtime_published(vcpu(2)) > 1000000000,
	       "more than 1 s was stolen from vCPU 2 before the reset");
	call(CPU_ON, 3, ENTRY, 0);
	tap_ok(vcpu(3)->entry.pending, "the start of vCPU 3 is pending before the reset");
	ram = pa_ptr(vm.ram);
	memset(ram, 0x77, RAM_SIZE);
	vuart_write(&vm, 0x38, 0x10);
	vuart_receive(&vm, 'x');
	machine.cleaned = 0;
	call(0x84000009, 0, 0, 0);
	machine_run(0);
	tap_ok(!machine.resets && ram[0] == 0x77,
	       "SYSTEM_RESET: nothing is reset while a vCPU runs");
	machine_run(1);
	tap_ok(machine.resets == 1 && !machine.offs,
	       "SYSTEM_RESET: the VM is reset, once, when its last vCPU has left");
	tap_ok(!machine.gone && !machine.ends, "SYSTEM_RESET: the VM counts as alive throughout");
	machine_settle();
	tap_ok(pristine(), "SYSTEM_RESET: RAM is as at power-on");
	tap_is_u64(machine.cleaned, RAM_SIZE + vm.segments[0].size + vm.segments[1].size,
		   "SYSTEM_RESET: RAM and segments are cleaned from the caches");
	tap_ok(vm.phase == VM_RUNNING && machine.loads == 2 && machine.gic_resets == 2,
	       "SYSTEM_RESET: the VM runs again, loaded and with its GIC reset once more");
	tap_ok(vcpu(0)->regs.pc == ENTRY && vcpu(0)->regs.x[0] == MAP_RAM_BASE + MIB &&
		       state(1) == PVTIME_OFF && state(2) == PVTIME_OFF,
	       "SYSTEM_RESET: vCPU 0 runs from the entry, the others are off");
	tap_is_u64(pvtime_published(vcpu(2)), 0,
		   "SYSTEM_RESET: vCPU 2's counter starts at zero (R-23)");
	sched_ledger(vcpu(2), &copy);
	pvtime_totals(&copy.time, *fake_sysreg("cntpct_el0"), &totals);
	tap_ok(totals.ticks[PVTIME_OFF] == totals.elapsed && totals.elapsed < 62500000,
	       "SYSTEM_RESET: vCPU 2's ledger starts at zero");
	sched_ledger(vcpu(0), &copy);
	pvtime_totals(&copy.time, *fake_sysreg("cntpct_el0"), &totals);
	tap_ok(totals.ticks[PVTIME_RUNNING] <= totals.elapsed && totals.elapsed < 62500000,
	       "SYSTEM_RESET: vCPU 0's ledger starts at zero");
	tap_ok(state(3) == PVTIME_OFF && !vcpu(3)->entry.pending,
	       "SYSTEM_RESET: the start of vCPU 3 is cancelled");
	tap_ok(vuart_read(&vm, 0x18) == 0x90 && vuart_read(&vm, 0x38) == 0,
	       "SYSTEM_RESET: the UART is reset");
	tap_is_u64(call(0xc5000021, 0, 0, 0), 0x090a0000,
		   "SYSTEM_RESET: the structure is where it was");
}

/* A vCPU must not use translations that another vCPU of its VM has left in a CPU's TLB. */
static void translations(void)
{
	machine_start(PVTIME_DIALECT_1_0, false);
	call(CPU_ON, 1, ENTRY, 0);
	machine_run(1);
	tap_is_u64(fake_operations("tlbi vmalle1"), 0,
		   "the first vCPU of a VM on this CPU: the TLB is not invalidated");
	machine_on(1);
	sched_stop(vcpu(1), 1, counter());
	machine_run(1);
	call(CPU_ON, 2, ENTRY, 0);
	tap_ok(machine_run(1) == vcpu(2) && fake_operations("tlbi vmalle1") == 1,
	       "another vCPU on this CPU: the TLB is invalidated");
	machine_on(1);
	sched_stop(vcpu(2), 1, counter());
	machine_run(1);
	call(CPU_ON, 2, ENTRY, 0);
	tap_ok(machine_run(1) == vcpu(2) && fake_operations("tlbi vmalle1") == 1,
	       "the same vCPU again on this CPU: the TLB is not invalidated");
}

int main(void)
{
	features();
	affinity();
	cpu_on_errors();
	cpu_on();
	byte_order();
	cpu_off();
	suspend();
	power_on(16);
	power_on(4);
	address_space();
	together();
	system_off();
	system_off_by_another();
	system_off_before_one_is_loaded(false);
	system_off_before_one_is_loaded(true);
	system_reset();
	translations();
	return tap_done();
}
