/* SPDX-License-Identifier: BSD-2-Clause */
#include "gic.h"
#include "arch.h"
#include "board.h"
#include "cpu.h"
#include "gich.h"

/* GICv3 registers (IHI 0069, 12). */
#define GICD_CTLR	 0x0000u
#define GICD_TYPER	 0x0004u
#define GICD_IGROUPR	 0x0080u
#define GICD_ISENABLER	 0x0100u
#define GICD_ICENABLER	 0x0180u
#define GICD_IPRIORITYR	 0x0400u
#define GICD_IROUTER	 0x6000u
#define GICD_CTLR_RWP	 BIT(31)
#define GICD_CTLR_ARE	 BIT(4)
#define GICD_CTLR_GROUP1 BIT(1)

#define GICR_TYPER	 0x0008u
#define GICR_TYPER_LAST	 BIT(4)
#define GICR_TYPER_VLPIS BIT(1)
#define GICR_WAKER	 0x0014u
#define GICR_SGI	 0x10000u /* the second frame */
#define GICR_IGROUPR0	 (GICR_SGI + 0x080u)
#define GICR_ISENABLER0	 (GICR_SGI + 0x100u)
#define GICR_ICENABLER0	 (GICR_SGI + 0x180u)
#define GICR_ISACTIVER0	 (GICR_SGI + 0x300u)
#define GICR_ICACTIVER0	 (GICR_SGI + 0x380u)
#define GICR_IPRIORITYR	 (GICR_SGI + 0x400u)

#define WAKER_SLEEP	      BIT(1)
#define WAKER_CHILDREN_ASLEEP BIT(2)

/*
 * The hypervisor's timer and the UART precede what guests can cause: kicks, maintenance, their
 * timers (hypervisor/README.md, "Interrupts at EL2").
 */
#define PRIORITY     0xa0u
#define PRIORITY_OWN 0x40u

static void wait_distributor(void)
{
	while (mmio_read32(board.gicd.base + GICD_CTLR) & GICD_CTLR_RWP)
		;
}

void gic_init(void)
{
	uint64_t d = board.gicd.base;
	unsigned words = (unsigned)FIELD(mmio_read32(d + GICD_TYPER), 4, 0) + 1;

	mmio_write32(d + GICD_CTLR, 0);
	wait_distributor();
	for (unsigned i = 1; i < words; i++) {
		mmio_write32(d + GICD_ICENABLER + 4 * i, UINT32_MAX);
		mmio_write32(d + GICD_IGROUPR + 4 * i, UINT32_MAX);
		for (unsigned j = 0; j < 8; j++)
			mmio_write32(d + GICD_IPRIORITYR + 32 * i + 4 * j, PRIORITY * 0x01010101u);
	}
	wait_distributor();
	mmio_write32(d + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1);
	wait_distributor();
}

/* In the priority registers at `registers`, give `intid` the priority of the hypervisor's own. */
static void precede(uint64_t registers, unsigned intid)
{
	uint64_t at = registers + (intid & ~3u);
	unsigned shift = intid % 4 * 8;

	mmio_write32(at, (mmio_read32(at) & ~(0xffu << shift)) | PRIORITY_OWN << shift);
}

/* The redistributor that has this CPU's affinity; 0: none. */
static uint64_t find_redistributor(uint64_t mpidr)
{
	uint32_t affinity = (uint32_t)(FIELD(mpidr, 39, 32) << 24 | FIELD(mpidr, 23, 0));

	for (unsigned i = 0; i < board.gicr_regions; i++) {
		uint64_t r = board.gicr[i].base, end = r + board.gicr[i].size, typer;

		do {
			typer = mmio_read64(r + GICR_TYPER);
			if (typer >> 32 == affinity)
				return r;
			r += typer & GICR_TYPER_VLPIS ? 0x40000 : 0x20000;
		} while (!(typer & GICR_TYPER_LAST) && r < end);
	}
	return 0;
}

const char *gic_init_cpu(void)
{
	struct cpu *cpu = this_cpu();
	uint64_t r = find_redistributor(cpu->mpidr);
	uint64_t ppis = BIT(board.maintenance_intid) | BIT(board.hyp_timer_intid) |
			BIT(board.vtimer_intid) | BIT(board.ptimer_intid);

	if (!r)
		return "it has no GIC redistributor";
	cpu->redist = r;
	mmio_write32(r + GICR_WAKER, mmio_read32(r + GICR_WAKER) & ~(uint32_t)WAKER_SLEEP);
	while (mmio_read32(r + GICR_WAKER) & WAKER_CHILDREN_ASLEEP)
		;
	mmio_write32(r + GICR_ICENABLER0, UINT32_MAX);
	mmio_write32(r + GICR_ICACTIVER0, UINT32_MAX);
	mmio_write32(r + GICR_IGROUPR0, UINT32_MAX);
	for (unsigned i = 0; i < 8; i++)
		mmio_write32(r + GICR_IPRIORITYR + 4 * i, PRIORITY * 0x01010101u);
	precede(r + GICR_IPRIORITYR, board.hyp_timer_intid);
	mmio_write32(r + GICR_ISENABLER0,
		     (uint32_t)(ppis | BIT(SGI_KICK) | BIT(SGI_HALT) | BIT(SGI_CPU0_WORK)));

	write_sysreg(icc_sre_el2, 0xf); /* system registers for EL2, and for EL1 */
	isb();
	write_sysreg(icc_pmr_el1, 0xff);
	write_sysreg(icc_bpr1_el1, 0);
	write_sysreg(icc_ctlr_el1, BIT(1)); /* EOImode */
	write_sysreg(icc_igrpen1_el1, 1);
	for (unsigned i = 0; i < gich_lr_count(); i++) /* vgic/fill.c writes only what it uses */
		gich_write_lr(i, 0);
	gich_write_hcr(0);
	isb();
	return NULL;
}

void gic_enable_spi(unsigned intid)
{
	uint64_t d = board.gicd.base;

	precede(d + GICD_IPRIORITYR, intid);
	mmio_write64(d + GICD_IROUTER + 8 * intid, cpus[0].mpidr & UINT64_C(0xff00ffffff));
	mmio_write32(d + GICD_ISENABLER + 4 * (intid / 32), (uint32_t)BIT(intid % 32));
}

void gic_send_sgi(unsigned cpu, unsigned sgi)
{
	uint64_t m = cpus[cpu].mpidr;

	dsb(ishst); /* what the interrupted CPU must see is stored first */
	write_sysreg(icc_sgi1r_el1, FIELD(m, 39, 32) << 48 | FIELD(m, 23, 16) << 32 | sgi << 24 |
					    FIELD(m, 15, 8) << 16 | BIT(m & 0xf));
	isb();
}

unsigned gic_take(void)
{
	unsigned intid = (unsigned)read_sysreg(icc_iar1_el1) & 0xffffff;

	if (intid < GIC_NONE) {
		dsb(sy);
		write_sysreg(icc_eoir1_el1, intid);
	}
	return intid;
}

void gic_deactivate(unsigned intid)
{
	write_sysreg(icc_dir_el1, intid);
}

/* `intid` is 27 or 30. The board's timers have the same INTIDs as a guest's: main.c checks that. */
void gic_ppi_set_active(unsigned intid)
{
	mmio_write32(this_cpu()->redist + GICR_ISACTIVER0, (uint32_t)BIT(intid));
	dsb(sy);
}

void gic_ppi_deactivate(unsigned intid)
{
	gic_deactivate(intid);
	isb();
}
