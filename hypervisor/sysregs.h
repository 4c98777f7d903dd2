/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SYSREGS_H
#define SYSREGS_H

/*
 * The EL1 and EL0 registers of a vCPU that no other file switches (FP: switch.S, debug: debug.c,
 * timers: dev/vtimer.c, GIC: vgic/fill.c and vgic/fold.c), with their values after reset.
 */
#define EACH_EL1_REG(X) EL1_FIRST_HALF(X) EL1_OTHER_HALF(X)

/* Two halves, each of which fits into the registers that a function need not save. */
#define EL1_FIRST_HALF(X)                \
	X(SCTLR, sctlr_el1, SCTLR_RESET) \
	X(CPACR, cpacr_el1, 0)           \
	X(TTBR0, ttbr0_el1, 0)           \
	X(TTBR1, ttbr1_el1, 0)           \
	X(TCR, tcr_el1, 0)               \
	X(MAIR, mair_el1, 0)             \
	X(AMAIR, amair_el1, 0)           \
	X(VBAR, vbar_el1, 0)             \
	X(CONTEXTIDR, contextidr_el1, 0) \
	X(TPIDR_EL1, tpidr_el1, 0)       \
	X(TPIDR_EL0, tpidr_el0, 0)       \
	X(TPIDRRO, tpidrro_el0, 0)

#define EL1_OTHER_HALF(X)          \
	X(AFSR0, afsr0_el1, 0)     \
	X(AFSR1, afsr1_el1, 0)     \
	X(ESR, esr_el1, 0)         \
	X(FAR, far_el1, 0)         \
	X(PAR, par_el1, 0)         \
	X(ELR, elr_el1, 0)         \
	X(SPSR, spsr_el1, 0)       \
	X(SP_EL0, sp_el0, 0)       \
	X(SP_EL1, sp_el1, 0)       \
	X(CNTKCTL, cntkctl_el1, 0) \
	X(CSSELR, csselr_el1, 0)

/* MMU and caches off, and the bits that an Armv8.0 PE has set (DDI 0487, D19.2.118). */
#define SCTLR_RESET 0x30d50838u
#define SCTLR_EE    (1u << 25) /* EL1 data accesses are big-endian */
#define SCTLR_E0E   (1u << 24) /* EL0 data accesses are big-endian */
#define SCTLR_SPAN  (1u << 23)

enum el1_reg {
#define EL1_ENUM(name, reg, reset) EL1_##name,
	EACH_EL1_REG(EL1_ENUM)
#undef EL1_ENUM
		EL1_COUNT
};

#endif
