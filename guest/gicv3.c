/* SPDX-License-Identifier: BSD-2-Clause */
#include "board.h"
#include "console.h"
#include "cpu.h"
#include "gic.h"
#include "gic_version.h"
#include "psci.h"
#include "sysreg.h"

#define GICD_IROUTER	    0x6000
#define GICD_ENABLE1	    (1u << 1)
#define GICD_ARE	    (1u << 4)
#define GICR_TYPER	    0x0008
#define GICR_TYPER_VLPIS    (1u << 1)
#define GICR_TYPER_LAST	    (1u << 4)
#define GICR_WAKER	    0x0014
#define GICR_WAKER_SLEEP    (1u << 1)
#define GICR_WAKER_CHILDREN (1u << 2)
#define GICR_SGI	    0x10000 /* the second frame, with the distributor's layout */

/* Encodings, because assemblers know the names only with the GIC extension. */
#define ICC_PMR_EL1	"S3_0_c4_c6_0"
#define ICC_IAR1_EL1	"S3_0_c12_c12_0"
#define ICC_EOIR1_EL1	"S3_0_c12_c12_1"
#define ICC_BPR1_EL1	"S3_0_c12_c12_3"
#define ICC_CTLR_EL1	"S3_0_c12_c12_4"
#define ICC_SRE_EL1	"S3_0_c12_c12_5"
#define ICC_IGRPEN1_EL1 "S3_0_c12_c12_7"
#define ICC_SGI1R_EL1	"S3_0_c12_c11_5"
#define SGI1R_TO_OTHERS (1ull << 40)

/* The redistributor of the region that has this affinity; 0 if there is none. */
static uint64_t find_in_region(const struct board_range *region, uint64_t affinity)
{
	uint64_t base = region->base, typer;

	while (base - region->base < region->size) {
		typer = mmio_read64(base + GICR_TYPER);
		if (typer >> 32 == affinity)
			return base;
		if (typer & GICR_TYPER_LAST)
			break;
		if (board.gicr_stride)
			base += board.gicr_stride;
		else
			base += typer & GICR_TYPER_VLPIS ? 0x40000 : 0x20000;
	}
	return 0;
}

static uint64_t find_redistributor(uint64_t mpidr)
{
	uint64_t affinity = (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;

	for (unsigned i = 0; i < BOARD_REGIONS; i++) {
		uint64_t base = find_in_region(&board.gicr[i], affinity);

		if (base)
			return base;
	}
	console_print("Bail out! no redistributor for MPIDR 0x%lx\n", mpidr);
	psci_system_off();
}

static uint64_t private_frame(struct cpu *cpu)
{
	cpu->gicr = find_redistributor(cpu->mpidr);
	mmio_write32(cpu->gicr + GICR_WAKER,
		     mmio_read32(cpu->gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	while (mmio_read32(cpu->gicr + GICR_WAKER) & GICR_WAKER_CHILDREN)
		;
	return cpu->gicr + GICR_SGI;
}

static void interface_on(struct cpu *cpu)
{
	(void)cpu;
	sysreg_write(ICC_SRE_EL1, 7);
	isb();
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0); /* EOI deactivates */
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
}

static void interface_off(void)
{
	sysreg_write(ICC_IGRPEN1_EL1, 0);
	isb();
}

static uint32_t acknowledge(void)
{
	uint32_t iar = (uint32_t)sysreg_read(ICC_IAR1_EL1);

	dsb(sy);
	return iar;
}

static void end(uint32_t acknowledged)
{
	sysreg_write(ICC_EOIR1_EL1, acknowledged);
	isb();
}

static void route_here(unsigned intid)
{
	mmio_write64(board.gicd.base + GICD_IROUTER + 8 * intid, cpu_self()->mpidr);
}

static void write_sgi(uint64_t value)
{
	sysreg_write(ICC_SGI1R_EL1, value);
	isb();
}

static void send_sgi(unsigned intid, uint64_t mpidr)
{
	uint64_t aff0 = mpidr & 0xff, aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff,
		 aff3 = mpidr >> 32 & 0xff;

	write_sgi(1ull << aff0 % 16 | aff1 << 16 | (uint64_t)intid << 24 | aff2 << 32 |
		  aff0 / 16 << 44 | aff3 << 48);
}

static void send_sgi_to_others(unsigned intid)
{
	write_sgi(SGI1R_TO_OTHERS | (uint64_t)intid << 24);
}

const struct gic_version gicv3 = {
	.grouped = true,
	.distributor_on = GICD_ARE | GICD_ENABLE1,
	.pidr2 = 0xffe8,
	.private_frame = private_frame,
	.interface_on = interface_on,
	.interface_off = interface_off,
	.acknowledge = acknowledge,
	.end = end,
	.route_here = route_here,
	.send_sgi = send_sgi,
	.send_sgi_to_others = send_sgi_to_others,
};
