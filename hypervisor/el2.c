/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration of EL2 that is the same for every guest: what traps, and what does not. */
#include "arch.h"
#include "cpu.h"
#include "el2.h"
#include "stage2.h"

/* HCR_EL2 (DDI 0487, D19.2.48). */
#define HCR_VM	   BIT(0) /* stage 2 on */
#define HCR_SWIO   BIT(1) /* invalidate by set/way also cleans */
#define HCR_PTW	   BIT(2) /* no table walks through device memory */
#define HCR_FMO	   BIT(3) /* physical interrupts and SErrors come here */
#define HCR_IMO	   BIT(4)
#define HCR_AMO	   BIT(5)
#define HCR_VSE	   BIT(8)	       /* an SError for the guest */
#define HCR_FB	   BIT(9)	       /* maintenance reaches all CPUs: a vCPU moves between them */
#define HCR_BSU_IS (UINT64_C(1) << 10) /* and so do barriers */
#define HCR_TWI	   BIT(13)	       /* WFI; WFE is not trapped */
#define HCR_TID3   BIT(18)	       /* ID registers */
#define HCR_TSC	   BIT(19)	       /* SMC */
#define HCR_TIDCP  BIT(20)	       /* implementation-defined registers */
#define HCR_TACR   BIT(21)	       /* ACTLR_EL1 */
#define HCR_RW	   BIT(31)	       /* EL1 is AArch64 */
#define HCR_TLOR   BIT(35)	       /* limited ordering regions: not switched */
#define HCR_TID5   BIT(58)	       /* GMID_EL1: MTE is hidden */
#define HCR_TERR   BIT(36)	       /* RAS error records: they are the board's */

/*
 * CPTR_EL2 with E2H = 0: RES1 bits, TCPAC off; SVE, SME, trace and AMU trap. FP does not trap: its
 * registers are always switched.
 */
#define CPTR_RES1 UINT64_C(0x32ff)
#define CPTR_TSM  BIT(12)
#define CPTR_TZ	  BIT(8)
#define CPTR_TTA  BIT(20)
#define CPTR_TAM  BIT(30)

/* MDCR_EL2: all debug and PMU registers trap. */
#define MDCR_TPMCR BIT(5)
#define MDCR_TPM   BIT(6)
#define MDCR_TDA   BIT(9)  /* debug registers, MDSCR_EL1 among them */
#define MDCR_TDOSA BIT(10) /* the OS lock */
#define MDCR_TDRA  BIT(11) /* the debug ROM's address */
#define MDCR_TPMS  BIT(14) /* statistical profiling */
#define MDCR_TTRF  BIT(19) /* trace filter */

/* CNTHCTL_EL2 with E2H = 0: the guest may use the physical counter and timer, too. */
#define CNTHCTL_EL1PCTEN BIT(0)
#define CNTHCTL_EL1PCEN	 BIT(1)

/* VTCR_EL2: 40 bits from level 1, 4 KiB, inner shareable write-back walks. */
#define VTCR_VALUE                                                                  \
	(BIT(31) | (UINT64_C(3) << 12) | (UINT64_C(1) << 10) | (UINT64_C(1) << 8) | \
	 (UINT64_C(1) << 6) | (64u - S2_IPA_BITS))

/* Registers of later versions, by encoding; written only if the PE has the feature. */
static void init_optional(void)
{
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1), mmfr1 = read_sysreg(id_aa64mmfr1_el1);

	if (FIELD(mmfr1, 43, 40)) /* FEAT_HCX: HCRX_EL2, all of it off */
		write_sysreg(s3_4_c1_c2_2, 0);
	if (FIELD(mmfr0, 59, 56)) { /* FEAT_FGT: HFGRTR, HFGWTR, HFGITR, HDFGRTR, HDFGWTR */
		write_sysreg(s3_4_c1_c1_4, 0);
		write_sysreg(s3_4_c1_c1_5, 0);
		write_sysreg(s3_4_c1_c1_6, 0);
		write_sysreg(s3_4_c3_c1_4, 0);
		write_sysreg(s3_4_c3_c1_5, 0);
	}
}

static uint64_t mdcr(void)
{
	uint64_t counters = 0;

	/* a PMU of Arm's: HPMN = PMCR_EL0.N */
	if (FIELD(read_sysreg(id_aa64dfr0_el1), 11, 8) - 1 < 14)
		counters = FIELD(read_sysreg(pmcr_el0), 15, 11);
	return MDCR_TPM | MDCR_TPMCR | MDCR_TPMS | MDCR_TTRF | MDCR_TDRA | MDCR_TDOSA | MDCR_TDA |
	       counters;
}

#define HCR_VALUE                                                                             \
	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU_IS |    \
	 HCR_TWI | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_RW | HCR_TLOR | HCR_TERR | \
	 HCR_TID5)

bool el2_serror(void)
{
	return read_sysreg(hcr_el2) & HCR_VSE;
}

void el2_set_serror(bool pending)
{
	if (pending != el2_serror())
		write_sysreg(hcr_el2, HCR_VALUE | (pending ? HCR_VSE : 0));
}

void cpu_init_el2(void)
{
	uint64_t parange = min_u64(FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0), 5);

	write_sysreg(hcr_el2, HCR_VALUE);
	write_sysreg(vtcr_el2, VTCR_VALUE | parange << 16);
	write_sysreg(cptr_el2, CPTR_RES1 | CPTR_TSM | CPTR_TZ | CPTR_TTA | CPTR_TAM);
	write_sysreg(hstr_el2, 0);
	write_sysreg(oslar_el1, 0); /* OS lock off: guests handle debug exceptions (debug.c) */
	write_sysreg(mdcr_el2, mdcr());
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(cnthp_ctl_el2, 0);
	/* The guests' timers are off while no vCPU is loaded (dev/vtimer.c). */
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	init_optional();
	isb();
	__asm__ volatile("tlbi alle1" : : : "memory");
	dsb(nsh);
	isb();
}
