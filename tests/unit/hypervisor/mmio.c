/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps by class, and the guest's accesses that stage 2 does not permit. */
#include "trap.h"
#include "inject.h"
#include "mmio.h"
#include "records.h"
#include "smccc.h"
#include "sysreg.h"
#include "vm.h"
#include "tests/tap.h"

#include <string.h>

#define VBAR UINT64_C(0x40001000)
/* The guest has mapped the second page of its RAM here. */
#define PAGE	 UINT64_C(0xffff000008001000)
#define PC	 (PAGE + 0x124)
#define FAR_	 UINT64_C(0xffff800000001000)
#define RAM_SIZE UINT64_C(0x4000)
#define PVTIME	 UINT64_C(0x090a0000)
#define UART	 UINT64_C(0x09000000)
#define GICD	 UINT64_C(0x08000000)
#define RTC	 UINT64_C(0x09010000)
#define VIRTIO	 UINT64_C(0x0a000000)

static uint32_t ram[RAM_SIZE / 4];
static uint8_t region[16];
static struct vcpu v;
static struct vm vm = {.nvcpus = 1, .vcpus = &v, .ram_size = RAM_SIZE};

/* The seams. */
static char console[16];
static unsigned nowhere;
static uint64_t nowhere_at;
static unsigned asked, sent, calls, sysregs, waits, accesses, translations;
static unsigned immediate;
static struct {
	uint64_t ipa, value;
	unsigned size;
	bool write;
} gic[4]; /* the accesses that were made */
static enum vgic_result gic_result, second_result;
static uint64_t gic_value, par, pc_offset = PC - PAGE, far_offset;

void link_console(unsigned id, uint8_t byte)
{
	console[sent++ % sizeof(console)] = (char)(byte + id);
}

void lab_line_ends(struct vm *of)
{
	(void)of;
}

void link_has_room(void)
{
}

void report_nowhere(const struct vcpu *of, uint64_t ipa)
{
	(void)of;
	nowhere++;
	nowhere_at = ipa;
}

void vgic_set_spi(struct vm *of, unsigned intid, bool high)
{
	(void)of, (void)intid, (void)high;
}

bool vgic_covers(const struct vm *of, ipaddr_t ipa)
{
	return of == &vm && (ipa.ipa - GICD < 0x10000 || ipa.ipa - 0x080a0000 < 0x20000);
}

enum vgic_result vgic_mmio(struct vcpu *of, struct mmio *m)
{
	unsigned i = accesses % 4;

	if (m->ask)
		return ++asked == 2 ? gic_result
				    : second_result; /* the last access is asked about first */
	accesses++;
	gic[i].ipa = of == &v ? m->ipa.ipa : 0;
	gic[i].size = m->size;
	gic[i].write = m->write;
	gic[i].value = m->value;
	if (!m->write)
		m->value = gic_value++;
	return gic_result;
}

void smccc_call(struct vcpu *of, unsigned imm)
{
	calls += of == &v;
	immediate = imm;
}

void sysreg_trap(struct vcpu *of, uint64_t esr)
{
	sysregs += of == &v && esr == 0x62000000;
}

void vm_wait_for_interrupt(struct vcpu *of)
{
	waits += of->regs.pc == PC + 4;
}

uint64_t guest_translate(uint64_t va)
{
	bool known = va == PAGE + pc_offset || va == FAR_ + far_offset;

	translations += known;
	return known ? par : 1;
}

static void fresh(void)
{
	memset(&v, 0, sizeof(v));
	fake_reset();
	*fake_sysreg("vbar_el1") = VBAR;
	*fake_sysreg("sctlr_el1") = BIT(23);
	v.vm = &vm;
	vm.ram = pa_from(ram);
	vm.pvtime = pa_from(region);
	v.regs.pc = PC;
	v.regs.pstate = 5;
	for (unsigned i = 0; i < 31; i++)
		v.regs.x[i] = 0x1000 + i;
	asked = sent = calls = sysregs = waits = accesses = translations = 0;
	gic_result = second_result = VGIC_DONE;
	gic_value = 0x80;
	par = MAP_RAM_BASE | 0x1000;
	vuart_reset(&vm.uart);
	nowhere = 0;
	vm.told_nowhere = false;
	memset(&vm.rtc, 0, sizeof(vm.rtc));
}

/* The guest exits with this syndrome, at the IPA. */
static void leave(uint64_t esr, uint64_t ipa)
{
	*fake_sysreg("esr_el2") = esr;
	*fake_sysreg("far_el2") = (FAR_ & ~UINT64_C(0xfff)) | (ipa & 0xfff);
	*fake_sysreg("hpfar_el2") = ipa >> 12 << 4;
	trap(&v);
}

/* ESR_EL2 of a load or store of x5, as the hardware describes it, translation fault at level 3. */
static uint64_t described(unsigned size, bool write)
{
	unsigned sas = size == 8 ? 3 : size / 2;

	return 0x93000007 | sas << 22 | 5 << 16 | (size == 8 ? BIT(15) : 0) | (uint32_t)write << 6;
}

static void load(uint64_t ipa, unsigned size)
{
	leave(described(size, false), ipa);
}

static void store(uint64_t ipa, unsigned size, uint64_t value)
{
	v.regs.x[5] = value;
	leave(described(size, true), ipa);
}

/* The guest executes this instruction, which the hardware does not describe. */
static void execute(uint32_t insn, uint64_t ipa, bool write)
{
	ram[0x1124 / 4] = insn;
	leave(0x92000007 | (uint32_t)write << 6, ipa);
}

static bool went_on(void)
{
	return v.regs.pc == PC + 4;
}

static bool aborted(uint64_t esr)
{
	return v.regs.pc == VBAR + 0x200 && *fake_sysreg("esr_el1") == esr &&
	       *fake_sysreg("elr_el1") == PC;
}
#define LOAD_ABORT  0x96000010u
#define STORE_ABORT 0x96000050u

static void classes(void)
{
	fresh();
	leave(0x5a00abcd, 0);
	tap_ok(calls == 1 && immediate == 0xabcd && v.regs.pc == PC,
	       "HVC makes a call and leaves the PC, which is already behind it");
	leave(0x5e00001f, 0);
	tap_ok(calls == 2 && immediate == 0x1f && v.regs.pc == PC + 4,
	       "SMC makes a call and moves the PC behind it");
	fresh();
	leave(0x62000000, 0);
	tap_ok(sysregs == 1 && v.regs.pc == PC, "a trapped MSR or MRS goes to sysreg_trap()");
	leave(0x06000000, 0);
	tap_ok(waits == 1, "WFI waits, with the PC behind it");
	fresh();
	leave(0x06000002, 0);
	tap_ok(v.regs.pc == VBAR + 0x200 && !waits,
	       "WFIT, which the ID registers hide, is UNDEFINED");
	fresh();
	leave(0x02000000, 0);
	tap_ok(v.regs.pc == VBAR + 0x200 && *fake_sysreg("esr_el1") == 0x02000000,
	       "a trap for an unknown reason is UNDEFINED");
	fresh();
	leave(0x66000000, 0);
	tap_ok(v.regs.pc == VBAR + 0x200 && *fake_sysreg("esr_el1") == 0x02000000,
	       "SVE is UNDEFINED");
	fresh();
	leave(0x82000007, UART);
	tap_ok(aborted(0x86000010) && *fake_sysreg("far_el1") == FAR_,
	       "a fetch from a device is an external abort");
	fresh();
	leave(0x93820010, UART);
	tap_ok(aborted(LOAD_ABORT) && !accesses,
	       "an external abort of the board is passed on to the guest");
	fresh();
	leave(0x92000061, UART);
	tap_ok(aborted(STORE_ABORT), "an alignment fault is passed on to the guest");
}

static void uart(void)
{
	fresh();
	store(UART, 1, 0x1234567841);
	tap_ok(went_on() && sent == 1 && console[0] == 'A', "a byte stored to the UART is sent");
	fresh();
	load(UART + 0x18, 4);
	tap_ok(went_on() && v.regs.x[5] == 0x90, "the UART's flags can be read");
	fresh();
	store(UART + 0x24, 2, 0x12345);
	load(UART + 0x24, 4);
	tap_ok(v.regs.pc == PC + 8 && v.regs.x[5] == 0x2345,
	       "a half-word stored to a register of the UART reads back");
	fresh();
	store(UART + 0x20, 8, 0x2233ull << 32 | 0x11);
	load(UART + 0x24, 4);
	tap_ok(v.regs.pc == PC + 8 && v.regs.x[5] == 0x2233,
	       "a store of eight bytes to the UART writes two registers");
	load(UART + 0x20, 8);
	tap_ok(v.regs.pc == PC + 12 && v.regs.x[5] == (0x2233ull << 32 | 0x11),
	       "a load of eight bytes from the UART reads two registers");
}

static void flash(void)
{
	fresh();
	load(0, 1);
	tap_ok(went_on() && v.regs.x[5] == 0xff, "the first byte of flash reads as erased");
	fresh();
	load(0x7fffff8, 8);
	tap_ok(went_on() && v.regs.x[5] == UINT64_MAX,
	       "the last eight bytes of flash read as erased");
	fresh();
	leave(described(2, false) | BIT(21), 0x4000000);
	tap_ok(went_on() && v.regs.x[5] == 0xffffffff,
	       "a signed load from the second bank of flash reads as erased");
	fresh();
	store(0x1000, 4, 0x12345678);
	tap_ok(went_on(), "a write to flash is ignored");
}

static void clock(void)
{
	fresh();
	vrtc_begin(1767225600);
	*fake_sysreg("cntfrq_el0") = 62500000;
	*fake_sysreg("cntpct_el0") = 62500000u * 7 + 1;
	load(RTC, 4);
	tap_ok(went_on() && v.regs.x[5] == 1767225607,
	       "the clock reads the lab's beginning plus 7 s");
	store(RTC + 8, 4, 1000);
	*fake_sysreg("cntpct_el0") += 62500000;
	load(RTC, 4);
	tap_is_u64(v.regs.x[5], 1001, "a clock that was set reads that time plus one second");
	load(RTC + 0xfe0, 8);
	tap_is_u64(v.regs.x[5], UINT64_C(0x10) << 32 | 0x31,
		   "a load of eight bytes from the clock reads two registers");
	store(RTC + 8, 1, 0);
	tap_is_u64(nowhere, 0, "no access to the clock is reported as an access to nothing");
}

static void transports(void)
{
	fresh();
	load(VIRTIO, 4);
	tap_ok(went_on() && v.regs.x[5] == 0x74726976, "a transport has its magic");
	load(VIRTIO + 0x3e08, 4);
	tap_ok(v.regs.pc == PC + 8 && v.regs.x[5] == 0, "the last transport has no device");
	store(VIRTIO + 0x70, 4, 0xf);
	tap_ok(v.regs.pc == PC + 12 && nowhere == 0, "a write to a transport does nothing");
}

static void told(void)
{
	fresh();
	load(0x3f000000, 4);
	tap_ok(aborted(LOAD_ABORT) && nowhere == 1 && nowhere_at == 0x3f000000,
	       "an access to nothing is reported");
	v.regs.pc = PC;
	load(0x3f000008, 4);
	tap_is_u64(nowhere, 1, "a second access to nothing is not reported");
	fresh();
	leave(0x82000007, 0x3f000000);
	tap_is_u64(nowhere, 1, "a fetch from nothing is reported");
	fresh();
	leave(0x82000007, UART);
	gic_result = VGIC_FAULT;
	load(GICD, 1);
	store(PVTIME, 4, 1);
	tap_is_u64(nowhere, 0, "a faulty access to something that exists is not reported");
	fresh();
	vm.pvtime = pa_from(NULL);
	store(PVTIME, 4, 1);
	tap_is_u64(nowhere, 1,
		   "a store to the region's address is reported in a VM without a region");
}

/* The addresses where each device begins or ends, and some in between. */
static void holes(void)
{
	static const uint64_t at[] = {0x08010000,  0x0809fffc,	 0x080c0000,
				      0x08fffffc,  0x09001000,	 0x09011000,
				      0x0909fffc,  0x090b0000,	 0x0a004000,
				      0x10000000,  0x3ffffffc,	 MAP_RAM_BASE + RAM_SIZE,
				      0x100000000, 0x8000000000, 0xfffffffffc};

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		fresh();
		load(at[i], 4);
		tap_ok(aborted(LOAD_ABORT) && v.regs.x[5] == 0x1005 &&
			       *fake_sysreg("far_el1") ==
				       ((FAR_ & ~UINT64_C(0xfff)) | (at[i] & 0xfff)),
		       "a load at 0x%llx, where nothing is, aborts", (unsigned long long)at[i]);
		fresh();
		store(at[i], 4, 1);
		tap_ok(aborted(STORE_ABORT) && !v.refused_writes && !sent && !accesses,
		       "a store at 0x%llx, where nothing is, aborts", (unsigned long long)at[i]);
	}
}

/* a write aborts and is counted, and changes nothing. */
static void stolen_time(void)
{
	uint8_t before[sizeof(region)];

	memcpy(before, region, sizeof(region));
	fresh();
	store(PVTIME + 8, 8, 1);
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "a write to the structure aborts and is counted");
	fresh();
	store(PVTIME + 0xffff, 1, 1);
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "a write to the region's last byte aborts and is counted");
	fresh();
	load(PVTIME, 8);
	tap_ok(aborted(LOAD_ABORT) && !v.refused_writes,
	       "a read of the region that traps aborts, and is not counted as a write");
	fresh();
	vm.pvtime.pa = 0;
	store(PVTIME + 8, 8, 1);
	tap_ok(aborted(STORE_ABORT) && !v.refused_writes,
	       "a write at the region's address in a VM without a region aborts, and is not counted");

	/* A permission fault: HPFAR_EL2 is not valid. */
	fresh();
	par = PVTIME | 0xff00000000000a80;
	v.regs.x[5] = 1;
	*fake_sysreg("esr_el2") = (described(8, true) & ~UINT64_C(0x3f)) | 0xf;
	*fake_sysreg("far_el2") = FAR_;
	*fake_sysreg("hpfar_el2") = UART >> 12 << 4;
	trap(&v);
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1 && !sent,
	       "the IPA is translated if HPFAR_EL2 is not valid");
	fresh();
	par = 0x80d;
	*fake_sysreg("esr_el2") = (described(8, true) & ~UINT64_C(0x3f)) | 0xf;
	*fake_sysreg("far_el2") = FAR_;
	trap(&v);
	tap_ok(v.regs.pc == PC && !v.refused_writes && v.regs.pstate == 5,
	       "an access whose page is no longer mapped is executed again");

	fresh();
	far_offset = 0x18;
	par = UART;
	*fake_sysreg("esr_el2") = (described(4, false) & ~UINT64_C(0x3f)) | 0xf;
	*fake_sysreg("far_el2") = FAR_ + far_offset;
	trap(&v);
	tap_ok(went_on() && v.regs.x[5] == 0x90, "the translated IPA is exact to the byte");

	/* Instructions that the hardware does not describe. */
	fresh();
	execute(0xa9000440, PVTIME + 16, true); /* stp x0, x1, [x2] */
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "STP to the region aborts and is counted once");
	fresh();
	execute(0xf8008c22, PVTIME, true); /* str x2, [x1, #8]! */
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1 && v.regs.x[1] == 0x1001,
	       "a pre-indexed store to the region aborts and writes nothing back");
	fresh();
	execute(0x3d800020, PVTIME, true); /* str q0, [x1] */
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "a vector's store to the region aborts and is counted");
	fresh();
	execute(0xc8027c20, PVTIME, true); /* stxr w2, x0, [x1] */
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "an exclusive store to the region aborts and is counted");
	fresh();
	execute(0xf8200041, PVTIME, true); /* ldadd x0, x1, [x2] */
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 1,
	       "an atomic access to the region aborts and is counted");
	fresh();
	execute(0x3d800020, PVTIME + 0x10000, true);
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 0,
	       "a vector's store behind the region is not counted as refused");
	fresh();
	execute(0x3dc00020, PVTIME, false); /* ldr q0, [x1] */
	tap_ok(aborted(LOAD_ABORT) && v.refused_writes == 0,
	       "a vector's load from the region aborts, and is not counted");
	fresh();
	execute(0x3d800020, UART, true);
	tap_ok(aborted(STORE_ABORT) && v.refused_writes == 0 && !sent,
	       "a vector's store to the UART is not counted as refused");
	tap_ok(!memcmp(before, region, sizeof(region)),
	       "the refused writes change no byte of the region");
}

static void with_the_gic(void)
{
	fresh();
	store(GICD + 0x100, 4, 0xffffffff11223344);
	tap_ok(went_on() && accesses == 1 && gic[0].ipa == GICD + 0x100 && gic[0].size == 4 &&
		       gic[0].write && gic[0].value == 0x11223344,
	       "a store to the GIC reaches the vGIC");
	fresh();
	load(0x080b0008, 8);
	tap_ok(went_on() && gic[0].ipa == 0x080b0008 && gic[0].size == 8 && !gic[0].write &&
		       v.regs.x[5] == 0x80,
	       "a load from the GIC gets its value from the vGIC");
	fresh();
	gic_result = VGIC_RETRY;
	load(GICD, 4);
	tap_ok(v.regs.pc == PC && v.regs.x[5] == 0x1005 && v.regs.pstate == 5,
	       "a load from the GIC is executed again after VGIC_RETRY");
	fresh();
	gic_result = VGIC_FAULT;
	store(GICD + 2, 4, 1);
	tap_ok(aborted(STORE_ABORT), "a store to a GIC register that does not exist aborts");
}

static void byte_orders(void)
{
	static const struct {
		uint64_t pstate, sctlr;
		bool big;
		const char *who;
	} cases[] = {
		{5, 0, false, "EL1, EE 0"},
		{5, BIT(24), false, "EL1, E0E 1"},
		{5, BIT(25), true, "EL1, EE 1"},
		{4, BIT(25), true, "EL1 with SP_EL0, EE 1"},
		{0, BIT(25), false, "EL0, EE 1"},
		{0, BIT(24), true, "EL0, E0E 1"},
		{0x10, BIT(24) | BIT(25), false, "AArch32, E 0"},
		{0x210, 0, true, "AArch32, E 1"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		fresh();
		v.regs.pstate = cases[i].pstate;
		*fake_sysreg("sctlr_el1") = cases[i].sctlr;
		store(GICD, 4, 0x11223344);
		load(GICD, 2);
		tap_ok(gic[0].value == (cases[i].big ? 0x44332211 : 0x11223344) &&
			       v.regs.x[5] == (cases[i].big ? 0x8000 : 0x80),
		       "accesses at %s are %s-endian", cases[i].who,
		       cases[i].big ? "big" : "little");
	}
}

static void undescribed(void)
{
	fresh();
	execute(0xb8004420, GICD, true); /* str w0, [x1], #4 */
	tap_ok(went_on() && gic[0].value == 0x1000 && v.regs.x[1] == 0x1005,
	       "a post-indexed store is written back");
	fresh();
	execute(0xf85f8c22, GICD + 8, false); /* ldr x2, [x1, #-8]! */
	tap_ok(went_on() && v.regs.x[2] == 0x80 && v.regs.x[1] == 0x1001 - 8,
	       "a pre-indexed load with a negative offset is written back");
	fresh();
	execute(0x28c10440, GICD + 0x400, false); /* ldp w0, w1, [x2], #8 */
	tap_ok(went_on() && accesses == 2 && gic[0].ipa == GICD + 0x400 &&
		       gic[1].ipa == GICD + 0x404 && gic[1].size == 4 && v.regs.x[0] == 0x80 &&
		       v.regs.x[1] == 0x81 && v.regs.x[2] == 0x100a,
	       "a load of a pair makes two accesses, one after the other, and is written back");
	fresh();
	execute(0xa9000440, GICD + 0x6100, true); /* stp x0, x1, [x2] */
	tap_ok(went_on() && gic[0].value == 0x1000 && gic[1].ipa == GICD + 0x6108 &&
		       gic[1].value == 0x1001,
	       "a store of a pair of eight bytes makes two accesses");
	fresh();
	second_result = VGIC_RETRY; /* of the last access, here the only one */
	execute(0xb8004420, GICD, true);
	tap_ok(v.regs.pc == PC && v.regs.x[1] == 0x1001,
	       "an access that is to be repeated writes nothing back");
	fresh();
	second_result = VGIC_RETRY;
	execute(0x28c10440, GICD + 0x304, false);
	tap_ok(v.regs.pc == PC && asked == 2 && !accesses && v.regs.x[0] == 0x1000 &&
		       v.regs.x[2] == 0x1002,
	       "a pair whose second access is to be repeated does not read the first");
	fresh();
	gic_result = VGIC_RETRY;
	execute(0x28c10440, GICD + 0x304, false);
	tap_ok(v.regs.pc == PC && asked == 2 && !accesses,
	       "a pair whose first access is to be repeated asks about the second too");
	fresh();
	second_result = VGIC_FAULT;
	execute(0xa9000440, GICD + 0x7ff8, true);
	tap_ok(aborted(STORE_ABORT) && !accesses,
	       "a pair whose second access faults does not write the first");
	fresh();
	execute(0xa9000440, UART + 0xff8, true);
	tap_ok(aborted(STORE_ABORT) && !sent,
	       "a pair that begins in the UART and ends behind it aborts and writes nothing");
}

static void stack_pointers(void)
{
	static const struct {
		uint64_t pstate;
		const char *sp, *other, *who;
	} cases[] = {
		{5, "sp_el1", "sp_el0", "EL1 with SP_EL1"},
		{4, "sp_el0", "sp_el1", "EL1 with SP_EL0"},
		{0, "sp_el0", "sp_el1", "EL0"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		fresh();
		v.regs.pstate = cases[i].pstate;
		*fake_sysreg("sp_el0") = *fake_sysreg("sp_el1") = 0x8000;
		execute(0xf81f0fe0, GICD, true); /* str x0, [sp, #-16]! */
		tap_ok(went_on() && *fake_sysreg(cases[i].sp) == 0x7ff0 &&
			       *fake_sysreg(cases[i].other) == 0x8000,
		       "writeback to SP at %s changes the right stack pointer", cases[i].who);
	}
}

static void fetching(void)
{
	static const struct {
		uint64_t par;
		bool fetched;
		const char *what;
	} cases[] = {
		{MAP_RAM_BASE | 0x1000, true, "in RAM"},
		{0xff00000000000b80 | MAP_RAM_BASE | 0x1000, true, "in RAM with any attributes"},
		{MAP_RAM_BASE | 0x1000 | 1, false, "whose page is gone"},
		{MAP_RAM_BASE - 0x1000, false, "below RAM"},
		{MAP_RAM_BASE + RAM_SIZE, false, "above RAM"},
		{MAP_RAM_BASE + 16 * RAM_SIZE, false, "far above RAM"},
		{0, false, "in flash"},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		fresh();
		par = cases[i].par;
		execute(0xb8004420, GICD, true);
		tap_ok(translations == 1 &&
			       (cases[i].fetched ? went_on() && accesses == 1
						 : v.regs.pc == PC && !accesses) &&
			       v.regs.pstate == 5,
		       "the access of an instruction %s is %s", cases[i].what,
		       cases[i].fetched ? "done" : "executed again");
	}
	for (unsigned last = 0; last < 2; last++) { /* the ends of RAM */
		fresh();
		pc_offset = last ? 0xffc : 0;
		v.regs.pc = PAGE + pc_offset;
		par = MAP_RAM_BASE + last * (RAM_SIZE - 0x1000);
		memset(ram, 0, sizeof(ram));
		ram[last ? RAM_SIZE / 4 - 1 : 0] = 0xb8004420;
		leave(0x92000047, GICD);
		tap_ok(accesses == 1 && v.regs.pc == PAGE + pc_offset + 4,
		       "an instruction in the %s word of RAM is decoded", last ? "last" : "first");
	}
	fresh();
	pc_offset = 0;
	v.regs.pc = PAGE;
	par = MAP_RAM_BASE + RAM_SIZE;
	leave(0x92000047, GICD);
	tap_ok(v.regs.pc == PAGE && !accesses,
	       "the access of an instruction in the first word behind RAM is executed again");
	pc_offset = PC - PAGE;
	fresh();
	v.regs.pstate = 0x10;
	execute(0xb8004420, GICD, true);
	tap_ok(v.regs.pc == VBAR + 0x600 && *fake_sysreg("esr_el1") == 0x92000050 &&
		       !translations && !accesses,
	       "an AArch32 access that the hardware does not describe aborts");
	fresh();
	v.regs.pstate = 0x30;
	v.regs.x[5] = 7;
	leave(described(4, true) & ~BIT(25), GICD);
	tap_ok(v.regs.pc == PC + 2 && gic[0].value == 7,
	       "a described access of a 16-bit instruction moves the PC by 2");
}

static void maintenance(void)
{
	fresh();
	leave(0x92000147, PVTIME);
	tap_ok(went_on() && !v.refused_writes,
	       "cache maintenance of the region does nothing, and is not counted as a write");
	fresh();
	leave(0x92000147, UART);
	tap_ok(went_on() && !sent, "cache maintenance of a device does nothing");
	fresh();
	leave(0x920000c6, UART);
	tap_ok(aborted(0x96000056) && !sent,
	       "translation tables in a device: a load aborts on the walk");
	fresh();
	leave(0x920001c6, UART);
	tap_ok(aborted(0x96000156), "translation tables in a device: cache maintenance aborts");
}

/* Thumb's IT block: the access is one of its instructions, and ITSTATE moves on to the next. */
static void it_blocks(void)
{
	static const uint8_t states[][2] = {{0x00, 0x00}, {0x08, 0x00}, {0x04, 0x08},
					    {0x1d, 0x1a}, {0xa6, 0xac}, {0xef, 0xfe}};

	for (unsigned i = 0; i < ARRAY_SIZE(states); i++) {
		const uint64_t it[] = {states[i][0], states[i][1]};

		fresh();
		v.regs.pstate = 0x880f0030 | (it[0] & 3) << 25 | it[0] >> 2 << 10;
		load(GICD, 4);
		tap_ok(v.regs.pc == PC + 4 &&
			       v.regs.pstate == (0x880f0030 | (it[1] & 3) << 25 | it[1] >> 2 << 10),
		       "ITSTATE 0x%02x becomes 0x%02x after an access", states[i][0], states[i][1]);
	}
	fresh();
	v.regs.pstate = 0x86201c05; /* these bits mean something else in AArch64 */
	load(GICD, 4);
	tap_is_u64(v.regs.pstate, 0x86001005,
		   "an access in AArch64 clears BTYPE and SS, and keeps the rest of PSTATE");
}

int main(void)
{
	classes();
	uart();
	flash();
	clock();
	transports();
	told();
	holes();
	stolen_time();
	with_the_gic();
	byte_orders();
	undescribed();
	stack_pointers();
	fetching();
	maintenance();
	it_blocks();
	return tap_done();
}
