/* SPDX-License-Identifier: BSD-2-Clause */
#include "board.h"
#include "console.h"
#include "cpu.h"
#include "gic.h"
#include "psci.h"
#include "sysreg.h"
#include "timer.h"

#define GICD_CTLR	    0x0000
#define GICD_CTLR_ENABLE1   (1u << 1)
#define GICD_CTLR_ARE	    (1u << 4)
#define GICD_CTLR_RWP	    (1u << 31)
#define GICD_TYPER	    0x0004
#define GICD_IGROUPR	    0x0080
#define GICD_ISENABLER	    0x0100
#define GICD_ICENABLER	    0x0180
#define GICD_ISPENDR	    0x0200
#define GICD_IPRIORITYR	    0x0400
#define GICD_IROUTER	    0x6000
#define GICR_TYPER	    0x0008
#define GICR_TYPER_VLPIS    (1u << 1)
#define GICR_TYPER_LAST	    (1u << 4)
#define GICR_WAKER	    0x0014
#define GICR_WAKER_SLEEP    (1u << 1)
#define GICR_WAKER_CHILDREN (1u << 2)
#define GICR_SGI	    0x10000 /* the second frame, laid out as the distributor */
#define PRIORITY	    0xa0a0a0a0u

/* By their encoding, as assemblers know the names only with the GIC extension. */
#define ICC_PMR_EL1	"S3_0_c4_c6_0"
#define ICC_IAR1_EL1	"S3_0_c12_c12_0"
#define ICC_EOIR1_EL1	"S3_0_c12_c12_1"
#define ICC_BPR1_EL1	"S3_0_c12_c12_3"
#define ICC_CTLR_EL1	"S3_0_c12_c12_4"
#define ICC_SRE_EL1	"S3_0_c12_c12_5"
#define ICC_IGRPEN1_EL1 "S3_0_c12_c12_7"
#define ICC_SGI1R_EL1	"S3_0_c12_c11_5"
#define SGI1R_TO_OTHERS (1ull << 40)

static gic_handler_fn handler;

static uint64_t gicd(unsigned offset)
{
	return board.gicd.base + offset;
}

static void gicd_wait(void)
{
	while (mmio_read32(gicd(GICD_CTLR)) & GICD_CTLR_RWP)
		;
}

void gic_init(void)
{
	unsigned lines = 32 * ((mmio_read32(gicd(GICD_TYPER)) & 0x1f) + 1);

	mmio_write32(gicd(GICD_CTLR), 0);
	gicd_wait();
	for (unsigned i = 32; i < lines; i += 32) {
		mmio_write32(gicd(GICD_ICENABLER + i / 8), 0xffffffff);
		mmio_write32(gicd(GICD_IGROUPR + i / 8), 0xffffffff);
	}
	for (unsigned i = 32; i < lines; i += 4)
		mmio_write32(gicd(GICD_IPRIORITYR + i), PRIORITY);
	gicd_wait();
	mmio_write32(gicd(GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_ENABLE1);
	gicd_wait();
}

/* The redistributor whose affinity is this CPU's. */
static uint64_t find_redistributor(uint64_t mpidr)
{
	uint64_t base = board.gicr.base, typer;
	uint64_t affinity = (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;

	for (; base < board.gicr.base + board.gicr.size;
	     base += typer & GICR_TYPER_VLPIS ? 0x40000 : 0x20000) {
		typer = mmio_read64(base + GICR_TYPER);
		if (typer >> 32 == affinity)
			return base;
		if (typer & GICR_TYPER_LAST)
			break;
	}
	console_print("Bail out! no redistributor for MPIDR 0x%lx\n", mpidr);
	psci_system_off();
}

void gic_init_cpu(void)
{
	struct cpu *cpu = cpu_self();

	cpu->gicr = find_redistributor(cpu->mpidr);
	mmio_write32(cpu->gicr + GICR_WAKER,
		     mmio_read32(cpu->gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
	while (mmio_read32(cpu->gicr + GICR_WAKER) & GICR_WAKER_CHILDREN)
		;
	mmio_write32(cpu->gicr + GICR_SGI + GICD_ICENABLER, 0xffff0000);
	mmio_write32(cpu->gicr + GICR_SGI + GICD_IGROUPR, 0xffffffff);
	for (unsigned i = 0; i < 32; i += 4)
		mmio_write32(cpu->gicr + GICR_SGI + GICD_IPRIORITYR + i, PRIORITY);
	mmio_write32(cpu->gicr + GICR_SGI + GICD_ISENABLER, 0xffff);

	sysreg_write(ICC_SRE_EL1, 7);
	isb();
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0); /* EOI deactivates */
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();
}

/* The frame that has the registers of this INTID. */
static uint64_t frame(unsigned intid)
{
	return intid < 32 ? cpu_self()->gicr + GICR_SGI : board.gicd.base;
}

void gic_enable(unsigned intid)
{
	if (intid >= 32)
		mmio_write64(gicd(GICD_IROUTER + 8 * intid), cpu_self()->mpidr);
	mmio_write32(frame(intid) + GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

void gic_disable(unsigned intid)
{
	mmio_write32(frame(intid) + GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

bool gic_pending(unsigned intid)
{
	return mmio_read32(frame(intid) + GICD_ISPENDR + intid / 32 * 4) >> intid % 32 & 1;
}

void gic_set_handler(gic_handler_fn fn)
{
	handler = fn;
}

static void send_sgi(uint64_t value)
{
	dsb(ishst); /* what the SGI is about is seen before the SGI */
	sysreg_write(ICC_SGI1R_EL1, value);
	isb();
}

void gic_send_sgi(unsigned intid, uint64_t mpidr)
{
	uint64_t aff0 = mpidr & 0xff, aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff,
		 aff3 = mpidr >> 32 & 0xff;

	send_sgi(1ull << aff0 % 16 | aff1 << 16 | (uint64_t)intid << 24 | aff2 << 32 |
		 aff0 / 16 << 44 | aff3 << 48);
}

void gic_send_sgi_to_others(unsigned intid)
{
	send_sgi(SGI1R_TO_OTHERS | (uint64_t)intid << 24);
}

void gic_handle_irq(void)
{
	unsigned intid = (unsigned)sysreg_read(ICC_IAR1_EL1) & 0xffffff;

	dsb(sy);
	if (intid == GIC_SPURIOUS)
		return;
	if (handler)
		handler(intid);
	else if (intid == board.vtimer)
		timer_stop(TIMER_VIRTUAL);
	else if (intid == board.ptimer)
		timer_stop(TIMER_PHYSICAL);
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();
}
