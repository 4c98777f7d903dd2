/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile guest: every CPU executes bursts of random instructions, of the kinds that reach a
 * hypervisor. When an exception or the watchdog's interrupt ends a burst, the next one begins.
 * Words: seed=N; bursts=N, the number of bursts before it powers off; die: CPUs other than CPU 0
 * lose their vectors, tables and stacks at random. The guest only checks that it reaches its end.
 * The lab checks that the hypervisor and the other guests are unharmed.
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/console.h"
#include "guest/cpu.h"
#include "guest/gic.h"
#include "guest/psci.h"
#include "guest/start.h"
#include "guest/sysreg.h"
#include "guest/timer.h"

#define BURST	    8u /* instructions */
#define STACK_BYTES 4096u
#define CODE_AT \
	(24u << 20) /* above RAM's base; no conditional branch reaches the image from there */
#define SCRATCH_AT  (28u << 20)
#define WATCHDOG_US 200u

#define SCTLR_BASE 0x30d00800u /* RES1 */
#define SCTLR_MMU  0x1005u     /* M, C, I */
#define SCTLR_EE   0x3000000u  /* EE, E0E */

#define GICD_CTLR_ARE	0x10u
#define GICD_CTLR_ON	0x12u	 /* ARE, group 1 */
#define GICR_SGIS	0x10000u /* the frame, and in it: */
#define GICR_IGROUPR0	0x80u
#define GICR_ISENABLER0 0x100u
#define GICR_ISPENDR0	0x200u
#define GICR_ISACTIVER0 0x300u
#define GICR_ICACTIVER0 0x380u
#define GICR_IPRIORITYR 0x400u

#define FID_CPU_OFF 0x84000002u

void fuzz_vectors(void);
void fuzz_secondary(void);
void fuzz_go(const uint64_t *x, uint64_t pc, uint64_t pstate, uint64_t sctlr);
void fuzz_again(uint64_t vector, unsigned index);

/* Written by mmu_prepare() for start.S. */
extern struct {
	uint64_t mair, tcr, ttbr0;
} mmu_registers;

uint8_t fuzz_stacks[CPU_MAX][STACK_BYTES] __attribute__((aligned(16)));

static uint64_t random_state[CPU_MAX];
static uint64_t bursts_done, bursts_wanted;
static uint64_t classes[64]; /* exceptions taken, by ESR_EL1.EC */
static bool may_die, finished;

/*
 * An exception, in an arbitrary state: all that is certain is that instructions can be fetched. No
 * state of the burst is kept. The code turns the MMU and EE off before it reads any memory.
 */
__asm__(".pushsection .text\n"
	".balign 0x800\n"
	".global fuzz_vectors\n"
	"fuzz_vectors:\n"
	".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
	"	.balign 0x80\n"
	"	mov	x20, #\\n\n"
	"	b	1f\n"
	".endr\n"
	".global fuzz_secondary\n"
	"fuzz_secondary:\n"
	"	mov	x20, #16\n"
	"1:	msr	daifset, #0xf\n"
	"	msr	spsel, #1\n"
	"	movz	x0, #0x30d0, lsl #16\n"
	"	movk	x0, #0x0800\n"
	"	msr	sctlr_el1, x0\n"
	"	isb\n"
	"	adrp	x1, fuzz_vectors\n"
	"	add	x1, x1, :lo12:fuzz_vectors\n"
	"	msr	vbar_el1, x1\n"
	"	mrs	x1, mpidr_el1\n"
	"	and	x1, x1, #7\n"
	"	adrp	x2, fuzz_stacks\n"
	"	add	x2, x2, :lo12:fuzz_stacks\n"
	"	add	x2, x2, x1, lsl #12\n"
	"	add	sp, x2, #4096\n"
	"	adrp	x3, mmu_registers\n"
	"	add	x3, x3, :lo12:mmu_registers\n"
	"	ldp	x4, x5, [x3]\n"
	"	ldr	x6, [x3, #16]\n"
	"	msr	mair_el1, x4\n"
	"	msr	tcr_el1, x5\n"
	"	msr	ttbr0_el1, x6\n"
	"	tlbi	vmalle1\n"
	"	dsb	nsh\n"
	"	isb\n"
	"	movk	x0, #0x1805\n"
	"	msr	sctlr_el1, x0\n"
	"	isb\n"
	"	mov	x0, x20\n"
	"	bl	fuzz_again\n"
	"	b	.\n"
	/*
	 * fuzz_go(x0: registers 0 to 30 and SP, x1: PC, x2: PSTATE, x3: SCTLR): the caller has
	 * cleaned and invalidated the caches for the code.
	 */
	".global fuzz_go\n"
	"fuzz_go:\n"
	"	msr	elr_el1, x1\n"
	"	msr	spsr_el1, x2\n"
	"	ldr	x4, [x0, #248]\n"
	"	msr	sp_el0, x4\n"
	"	mov	sp, x4\n"
	"	mov	x30, x0\n"
	"	mov	x29, x3\n"
	"	ldp	x2, x3, [x30, #16]\n"
	"	ldp	x4, x5, [x30, #32]\n"
	"	ldp	x6, x7, [x30, #48]\n"
	"	ldp	x8, x9, [x30, #64]\n"
	"	ldp	x10, x11, [x30, #80]\n"
	"	ldp	x12, x13, [x30, #96]\n"
	"	ldp	x14, x15, [x30, #112]\n"
	"	ldp	x16, x17, [x30, #128]\n"
	"	ldp	x18, x19, [x30, #144]\n"
	"	ldp	x20, x21, [x30, #160]\n"
	"	ldp	x22, x23, [x30, #176]\n"
	"	ldp	x24, x25, [x30, #192]\n"
	"	ldp	x26, x27, [x30, #208]\n"
	"	ldr	x28, [x30, #224]\n"
	"	ldp	x0, x1, [x30]\n"
	"	ldr	x30, [x30, #240]\n"
	"	msr	sctlr_el1, x29\n"
	"	isb\n"
	"	eret\n"
	".popsection\n");

/* splitmix64 */
static uint64_t random(unsigned index)
{
	uint64_t z = random_state[index] += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t below(unsigned index, uint64_t n)
{
	return random(index) % n;
}

/* The address of a device, of nothing, or of scratch memory. */
static uint64_t address(unsigned index)
{
	const uint64_t bases[] = {
		board.gicd.base,
		board.gicr[0].base,
		board.gicr[0].base + 0x10000,
		board.gicr[0].base + 0x20000 * below(index, board.cpus + 1),
		board.gicr[0].base + 0x20000 * below(index, board.cpus) + 0x10000,
		board.uart.base + 0x10,
		0, /* flash */
		0x04000000,
		0x07fff000,
		0x090a0000, /* stolen time */
		0x090aff00,
		0x090b0000,
		0x0a000000, /* nothing */
		board.ram.base - 0x1000,
		board.ram.base + board.ram.size - 8,
		board.ram.base + board.ram.size,
		board.ram.base + SCRATCH_AT,
		0x4000000000,
		0x10000000000, /* beyond 40 bits */
	};
	uint64_t base = bases[below(index, sizeof bases / sizeof bases[0])];
	uint64_t offset = below(index, 4) ? below(index, 0x1000) & ~7ull : below(index, 0x10000);

	return below(index, 16) ? base + offset : random(index);
}

static uint64_t fid(unsigned index)
{
	static const uint32_t known[] = {
		0x80000000, 0x80000001, 0x80008000, 0x84000000, 0xc4000003, 0xc4000003,
		0xc4000003, 0x84000003, 0xc4000004, 0x84000004, 0x84000006, 0x8400000a,
		0xc5000020, 0xc5000021, 0xc5000022, 0x85000020, 0xc4000005, 0x84000007,
	};
	uint32_t id = known[below(index, sizeof known / sizeof known[0])];

	if (!below(index, 8))
		id ^= (uint32_t)(1 + below(index, 3)) << below(index, 31);
	if (!below(index, 32) && index)
		id = FID_CPU_OFF;
	/*
	 * Not allowed: SYSTEM_OFF, SYSTEM_RESET and SYSTEM_RESET2; for CPU 0, which may have to end
	 * the run, CPU_SUSPEND and CPU_OFF.
	 */
	if ((id & 0xbfffffff) == 0x84000008 || (id & 0xbfffffff) == 0x84000009 ||
	    (id & 0xbfffffff) == 0x84000012 ||
	    (!index && ((id & 0xbfffffff) == FID_CPU_OFF || (id & 0xbfffffff) == 0x84000001)))
		id = 0x84000000;
	return id;
}

/*
 * Does this instruction write a register that fetching instructions depends on, or that selects the
 * stack pointer for exceptions? The ICC_BPRn_EL1 are included because a binary point of 8 ends QEMU
 * 7.2 by an assertion of its GIC, with a hypervisor and without.
 */
static bool loses_us(uint32_t insn)
{
	static const uint32_t registers[] = {
		0x181000, /* SCTLR_EL1 */
		0x182000, /* TTBR0_EL1 */
		0x182020, /* TTBR1_EL1 */
		0x182040, /* TCR_EL1 */
		0x18a200, /* MAIR_EL1 */
		0x18c000, /* VBAR_EL1 */
		0x18c040, /* RMR_EL1 */
		0x184200, /* SPSel */
		0x18c860, /* ICC_BPR0_EL1 */
		0x18cc60, /* ICC_BPR1_EL1 */
	};

	for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++)
		if ((insn & 0xffffffe0) == (0xd5000000 | registers[i]))
			return true;
	return false;
}

/* MRS, MSR (register or immediate), and SYS: DC, IC, AT, TLBI. */
static uint32_t system_instruction(unsigned index)
{
	static const uint8_t crns[] = {0, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 12, 13, 14, 15};
	static const uint8_t op1s[] = {0, 0, 0, 3, 3, 1, 2, 4, 5, 6, 7, 0};
	uint32_t insn;

	do {
		uint32_t op0 = (uint32_t)below(index, 8);

		insn = 0xd5000000 |
		       (op0 < 5	   ? 3u
			: op0 == 5 ? 2u
			: op0 == 6 ? 1u
				   : 0u)
			       << 19 |
		       (uint32_t)below(index, 2) << 21 |
		       (uint32_t)op1s[below(index, sizeof op1s)] << 16 |
		       (uint32_t)crns[below(index, sizeof crns)] << 12 |
		       (uint32_t)(random(index) & 0xfff);
		if ((insn & 0xfffff01f) ==
		    0xd503201f) /* hints become NOP, as WFI needs a watchdog */
			insn = 0xd503201f;
	} while (loses_us(insn));
	return insn;
}

/* A load or store in one of its many forms: bit 27 is set and bit 25 clear. */
static uint32_t memory_instruction(unsigned index)
{
	static const uint32_t plain[] = {
		0xb9400000, 0xb9000000, 0xf9400000, 0xf9000000, 0x39400000, 0x39000000, 0x79400000,
		0x79000000, 0x39800000, 0xb8404400, 0xb8004c00, 0xf8408400, 0xa9400000, 0xa9000000,
		0xa8c10000, 0x28810000, 0x69400000, 0x3d800000, 0xad400000, 0x4c407000, 0x885ffc00,
		0xc8007c00, 0x08dffc00, 0x889ffc00, 0xb8200000, 0xf8208000, 0x88a07c00, 0xf9800000,
		0xd50b7420, 0xd50b7a20, 0xd50b7e20, 0xd5087620, 0xd50b7520, 0xd5087800,
	};

	if (below(index, 3) == 0)
		return (uint32_t)(random(index) & ~(UINT64_C(5) << 25)) | 1u << 27;
	return plain[below(index, sizeof plain / sizeof plain[0])] |
	       (uint32_t)below(index, 31) << 5 | (uint32_t)below(index, 32);
}

static uint32_t instruction(unsigned index)
{
	uint32_t insn;

	switch (below(index, 16)) {
	case 0: /* HVC or SMC */
		return 0xd4000000 | (uint32_t)(2 + below(index, 2)) |
		       (below(index, 4) ? 0 : (uint32_t)below(index, 0x10000) << 5);
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
		return system_instruction(index);
	case 6: /* any, except system instructions (above), and ADR and ADRP, which reveal the PC */
		insn = (uint32_t)random(index);
		if ((insn & 0xff000000) == 0xd5000000 || (insn & 0x1f000000) == 0x10000000)
			return system_instruction(index);
		return insn;
	default:
		return memory_instruction(index);
	}
}

/*
 * Give this CPU's interrupts random groups, states and priorities, and enable one or both groups.
 * The watchdog's interrupt keeps the highest priority, and its group is enabled. Returns whether
 * that is group 0, so that the interrupt is an FIQ.
 */
static bool shuffle(unsigned index)
{
	uint64_t sgis = cpus[index].gicr + GICR_SGIS;
	uint32_t group = (uint32_t)random(index), mine = 1u << board.vtimer;

	for (unsigned i = 0; i < 32; i += 4)
		mmio_write32(sgis + GICR_IPRIORITYR + i, (uint32_t)random(index) | 0x40404040);
	__asm__ volatile("strb wzr, [%0]"
			 :
			 : "r"(sgis + GICR_IPRIORITYR + board.vtimer)
			 : "memory");
	mmio_write32(sgis + GICR_IGROUPR0, group);
	mmio_write32(sgis + GICR_ISENABLER0, (uint32_t)random(index) | mine);
	mmio_write32(sgis + GICR_ISPENDR0, (uint32_t)random(index) & 0xffff);
	mmio_write32(sgis + GICR_ISACTIVER0, (uint32_t)(random(index) & random(index)) & 0xffff);
	mmio_write32(board.gicd.base,
		     GICD_CTLR_ARE | (uint32_t)below(index, 4) | (group & mine ? 2 : 1));
	sysreg_write("S3_0_c12_c12_6", !(group & mine) || below(index, 2)); /* ICC_IGRPEN0_EL1 */
	sysreg_write("S3_0_c12_c12_7", (group & mine) || below(index, 2));  /* ICC_IGRPEN1_EL1 */
	return !(group & mine);
}

/*
 * Set up the watchdog, the virtual timer. Every burst needs this again, as bursts change any part
 * of it. Returns whether its interrupt is an FIQ.
 */
static bool watch(unsigned index, bool wait)
{
	bool fiq = false;

	if (wait || !below(index, 16)) {
		gic_init_cpu();
		mmio_write32(cpus[index].gicr + GICR_SGIS + GICR_ICACTIVER0, 0xffffffff);
	}
	mmio_write32(board.gicd.base, GICD_CTLR_ON);
	mmio_write32(cpus[index].gicr + GICR_SGIS + GICR_IGROUPR0, 0xffffffff);
	gic_enable(board.vtimer);
	sysreg_write("S3_0_c4_c6_0", 0xff); /* ICC_PMR_EL1 */
	sysreg_write("S3_0_c12_c12_4", 0);  /* ICC_CTLR_EL1 */
	sysreg_write("S3_0_c12_c8_4", 0);   /* ICC_AP0R0_EL1 */
	sysreg_write("S3_0_c12_c9_0", 0);   /* ICC_AP1R0_EL1 */
	sysreg_write("S3_0_c12_c12_7", 1);  /* ICC_IGRPEN1_EL1 */
	if (!wait && !below(index, 8))
		fiq = shuffle(index);
	sysreg_write("cntv_cval_el0",
		     counter_virtual() + (uint64_t)timer_frequency() * WATCHDOG_US / 1000000);
	sysreg_write("cntv_ctl_el0", 1);
	sysreg_write("cpacr_el1", 3u << 20);
	isb();
	return fiq;
}

/* Acknowledge and end an interrupt of group 0 (fiq) or 1. */
static void acknowledge(bool fiq)
{
	uint64_t intid;

	if (fiq)
		intid = sysreg_read("S3_0_c12_c8_0"); /* ICC_IAR0_EL1 */
	else
		intid = sysreg_read("S3_0_c12_c12_0"); /* ICC_IAR1_EL1 */
	sysreg_write("cntv_ctl_el0", 0);
	if (intid < 1020 && fiq)
		sysreg_write("S3_0_c12_c8_1", intid); /* ICC_EOIR0_EL1 */
	else if (intid < 1020)
		sysreg_write("S3_0_c12_c12_1", intid); /* ICC_EOIR1_EL1 */
	isb();
}

static uint64_t code_page_at(unsigned index)
{
	return board.ram.base + CODE_AT + 0x10000ull * index;
}

static uint32_t *code_page(unsigned index)
{
	return (uint32_t *)(uintptr_t)code_page_at(index);
}

/*
 * The code at which CPU_ON starts a CPU: a jump to fuzz_secondary. Bursts store to addresses that
 * are in registers, so a register must not hold the address of fuzz_secondary itself.
 */
static void compose_entry(void)
{
	uint64_t to = (uint64_t)(uintptr_t)fuzz_secondary;
	uint32_t *code = code_page(CPU_MAX);

	for (uint32_t i = 0; i < 4; i++) /* MOVZ and MOVK of x16 */
		code[i] = (i ? 0xf2800010 : 0xd2800010) | i << 21 |
			  (uint32_t)(to >> 16 * i & 0xffff) << 5;
	code[4] = 0xd61f0200; /* BR x16 */
	__asm__ volatile("dc civac, %0" : : "r"(code) : "memory");
}

/* Leave this CPU unable to take an exception. */
static void die(unsigned index)
{
	sysreg_write("vbar_el1", address(index));
	if (below(index, 2))
		sysreg_write("ttbr0_el1", random(index));
	else
		sysreg_write("tcr_el1", random(index));
	__asm__ volatile("mov sp, %0\n\tisb\n\ttlbi vmalle1\n\tdsb nsh\n\tisb\n\t.inst 0\n\tb ."
			 :
			 : "r"(address(index)));
}

static void compose(unsigned index, bool wait)
{
	uint32_t *code = code_page(index);

	for (unsigned i = 0; i < BURST; i++)
		code[i] = instruction(index);
	if (wait)
		code[0] = 0xd503207f; /* WFI */
	compose_entry();
	code[BURST] = 0xd4000001 | (uint32_t)(below(index, 0x10000) << 5); /* SVC */
	for (unsigned i = 0; i <= BURST; i += 4)
		__asm__ volatile("dc civac, %0\n\tdsb sy\n\tic ivau, %0"
				 :
				 : "r"(&code[i])
				 : "memory");
	__asm__ volatile("ic iallu" : : : "memory");
	dsb(sy);
	isb();
}

static void finish(void)
{
	if (__atomic_exchange_n(&finished, true, __ATOMIC_ACQ_REL))
		for (;;)
			__asm__ volatile("wfi");
	gic_init();
	console_init();
	console_print("\n# exceptions by class:");
	for (unsigned i = 0; i < 64; i++)
		if (classes[i])
			console_print(" 0x%02x %lu", i, classes[i]);
	console_print("\nok 1 - %lu bursts\n1..1\n", bursts_done);
	psci_system_off();
}

/* Run the next burst. `vector` is the exception that ended the last one; 16: CPU_ON came first. */
void fuzz_again(uint64_t vector, unsigned index)
{
	uint64_t x[32], pstate, sctlr = SCTLR_BASE, pc = vector < 16 ? sysreg_read("elr_el1") : 0;
	bool wait = index && !below(index, 64);

	sysreg_write("tpidr_el1", (uint64_t)(uintptr_t)&cpus[index]);
	cpus[index].index = index;
	if (vector < 16 && (vector & 3) == 0)
		__atomic_fetch_add(&classes[sysreg_read("esr_el1") >> 26 & 63], 1,
				   __ATOMIC_RELAXED);
	else if (vector < 16)
		acknowledge((vector & 3) == 2);
	if (__atomic_fetch_add(&bursts_done, 1, __ATOMIC_RELAXED) >= bursts_wanted)
		finish();
	if (may_die && index && !below(index, 10000))
		die(index);
	for (unsigned i = 0; i < 32; i++)
		x[i] = below(index, 8) ? address(index) : below(index, 0x100);
	x[0] = fid(index) | (below(index, 4) ? 0 : random(index) << 32);
	x[1] = below(index, 2)	 ? below(index, board.cpus + 1u)
	       : below(index, 2) ? fid(index)
				 : x[1];
	x[2] = below(index, 4) ? code_page_at(CPU_MAX) : x[2];
	x[31] &= ~15ull;

	/* EL1h or EL1t; or EL0 in AArch64 or AArch32, only with the MMU off: no page allows EL0. */
	pstate = below(index, 2) ? 5 : 4;
	if (below(index, 2))
		sctlr |= SCTLR_MMU;
	else if (!below(index, 4))
		pstate = below(index, 2) ? 0 : 0x10 | below(index, 2) << 5;
	if (!(sctlr & 1) &&
	    !below(index, 4)) /* only with the MMU off, as EE also affects reads of the tables */
		sctlr |= SCTLR_EE;
	if (below(index, 4))
		pstate |= 0x40; /* F: interrupts of group 0 are not acknowledged */
	if (!below(index, 8))
		pstate |= 0x200; /* D: otherwise debug exceptions can occur */
	if (!below(index, 16))
		pstate |= 1u << 21; /* SS */
	if (pc - code_page_at(index) < 4 * BURST && pstate < 16) {
		pc += 4; /* continue with the rest of the last burst */
	} else {
		compose(index, wait);
		pc = code_page_at(index);
	}
	if (watch(index, wait))
		pstate &= ~UINT64_C(0x40);
	fuzz_go(x, pc, pstate, sctlr);
}

int main(void)
{
	uint64_t seed = board_arg("seed", 1);

	bursts_wanted = board_arg("bursts", 20000);
	may_die = board_has_arg("die");
	for (unsigned i = 0; i < CPU_MAX; i++)
		random_state[i] = seed << 8 | i;
	for (unsigned i = 1; i < board.cpus; i++)
		psci_cpu_on(cpus[i].mpidr, (uint64_t)(uintptr_t)fuzz_secondary, 0);
	sysreg_write("vbar_el1", (uint64_t)(uintptr_t)fuzz_vectors);
	isb();
	__asm__ volatile("svc #0");
	return 1;
}
