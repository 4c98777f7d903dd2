/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include "board.h"
#include "console.h"
#include "cpu.h"
#include "gic.h"
#include "gic_version.h"
#include "psci.h"
#include "sysreg.h"
#include "timer.h"

/* Registers of the distributor and of a GICv3's redistributors. */
#define GICD_CTLR	0x000
#define GICD_CTLR_RWP	(1u << 31)
#define GICD_TYPER	0x004
#define GICD_IGROUPR	0x080
#define GICD_ISENABLER	0x100
#define GICD_ICENABLER	0x180
#define GICD_ISPENDR	0x200
#define GICD_ICPENDR	0x280
#define GICD_ICACTIVER	0x380
#define GICD_IPRIORITYR 0x400
#define PRIORITY	0xa0a0a0a0u
#define SGIS		0x0000ffffu
#define PPIS		0xffff0000u

static const struct gic_version *version;
static gic_handler_fn handler;
static unsigned lines; /* INTIDs are 0 to lines-1; those above 31 are SPIs */

static void distributor(uint32_t control)
{
	mmio_write32(board.gicd.base + GICD_CTLR, control);
	while (mmio_read32(board.gicd.base + GICD_CTLR) & GICD_CTLR_RWP)
		;
}

/* Set group and priority of 32 interrupts from `intid` on. */
static void prepare(uint64_t frame, unsigned intid)
{
	if (version->grouped)
		mmio_write32(frame + GICD_IGROUPR + intid / 8, 0xffffffff);
	for (unsigned i = 0; i < 32; i += 4)
		mmio_write32(frame + GICD_IPRIORITYR + intid + i, PRIORITY);
}

/* Some hypervisors emulate devices for little-endian guests only. */
static void check_byte_order(void)
{
	uint32_t pidr2 = mmio_read32(board.gicd.base + version->pidr2);

	if (pidr2 > 0xff && __builtin_bswap32(pidr2) <= 0xff) {
		console_print(
			"Bail out! GICD_PIDR2 reads as 0x%x: expected GIC registers to be little-endian, as devices are\n",
			pidr2);
		psci_system_off();
	}
}

void gic_init(void)
{
	version = board.gic_version == 3 ? &gicv3 : board.gic_version == 2 ? &gicv2 : NULL;
	if (!version) {
		console_print("Bail out! the FDT has neither GICv2 nor GICv3\n");
		psci_system_off();
	}
	check_byte_order();
	lines = 32 * ((mmio_read32(board.gicd.base + GICD_TYPER) & 0x1f) + 1);
	distributor(0);
	for (unsigned i = 32; i < lines; i += 32) {
		mmio_write32(board.gicd.base + GICD_ICENABLER + i / 8, 0xffffffff);
		prepare(board.gicd.base, i);
	}
	distributor(version->distributor_on);
}

void gic_init_cpu(void)
{
	struct cpu *cpu = cpu_self();

	cpu->gic_private = version->private_frame(cpu);
	mmio_write32(cpu->gic_private + GICD_ICENABLER, PPIS);
	prepare(cpu->gic_private, 0);
	mmio_write32(cpu->gic_private + GICD_ISENABLER, SGIS);
	version->interface_on(cpu);
}

/* Make 32 interrupts from `intid` on disabled, not pending and not active. */
static void silence(uint64_t frame, unsigned intid)
{
	mmio_write32(frame + GICD_ICENABLER + intid / 8, 0xffffffff);
	mmio_write32(frame + GICD_ICPENDR + intid / 8, 0xffffffff);
	mmio_write32(frame + GICD_ICACTIVER + intid / 8, 0xffffffff);
}

void gic_quiesce(void)
{
	version->interface_off();
	silence(cpu_self()->gic_private, 0);
	for (unsigned i = 32; i < lines; i += 32)
		silence(board.gicd.base, i);
	distributor(0);
}

/* The frame that has the registers of this INTID. */
static uint64_t frame(unsigned intid)
{
	return intid < 32 ? cpu_self()->gic_private : board.gicd.base;
}

void gic_enable(unsigned intid)
{
	if (intid >= 32)
		version->route_here(intid);
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

void gic_send_sgi(unsigned intid, uint64_t mpidr)
{
	dsb(ishst); /* earlier stores are visible before the SGI */
	version->send_sgi(intid, mpidr);
}

void gic_send_sgi_to_others(unsigned intid)
{
	dsb(ishst);
	version->send_sgi_to_others(intid);
}

void gic_handle_irq(void)
{
	uint32_t acknowledged = version->acknowledge();
	unsigned intid = GIC_INTID(acknowledged);

	if (intid == GIC_SPURIOUS)
		return;
	if (handler)
		handler(intid);
	else if (intid == board.vtimer)
		timer_stop(TIMER_VIRTUAL);
	else if (intid == board.ptimer)
		timer_stop(TIMER_PHYSICAL);
	version->end(acknowledged);
}
