/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts stay in the group in which they are. The one enable bit of GICD_CTLR and of GICC_CTLR
 * is for that group (IHI 0048, 4.3.1).
 */
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "gic_version.h"
#include "sysreg.h"

#define GICD_ENABLE	  1u
#define GICD_ITARGETSR	  0x800
#define GICD_SGIR	  0xf00
#define GICD_SGIR_OTHERS  (1u << 24)
#define GICD_SGIR_LIST(m) ((uint32_t)(m) << 16)
#define GICC_CTLR	  0x000
#define GICC_CTLR_ENABLE  1u
#define GICC_PMR	  0x004
#define GICC_PMR_ALL	  0xf0
#define GICC_BPR	  0x008
#define GICC_IAR	  0x00c
#define GICC_EOIR	  0x010

static uint64_t private_frame(struct cpu *cpu)
{
	uint32_t targets = 0;

	/* For SGIs and PPIs, GICD_ITARGETSR has the bit of the CPU that reads it. */
	for (unsigned i = 0; i < 32 && !targets; i += 4)
		targets = mmio_read32(board.gicd.base + GICD_ITARGETSR + i);
	targets |= targets >> 16;
	cpu->gic_target = (uint8_t)(targets | targets >> 8);
	return board.gicd.base;
}

static void interface_on(struct cpu *cpu)
{
	(void)cpu;
	mmio_write32(board.gicc.base + GICC_PMR, GICC_PMR_ALL);
	mmio_write32(board.gicc.base + GICC_BPR, 0);
	mmio_write32(board.gicc.base + GICC_CTLR, GICC_CTLR_ENABLE);
}

static void interface_off(void)
{
	mmio_write32(board.gicc.base + GICC_CTLR, 0);
}

static uint32_t acknowledge(void)
{
	return mmio_read32(board.gicc.base + GICC_IAR);
}

static void end(uint32_t acknowledged)
{
	mmio_write32(board.gicc.base + GICC_EOIR, acknowledged);
}

static void route_here(unsigned intid)
{
	mmio_write8(board.gicd.base + GICD_ITARGETSR + intid, cpu_self()->gic_target);
}

static void send_sgi(unsigned intid, uint64_t mpidr)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (cpus[i].mpidr == mpidr && cpus[i].gic_target)
			mmio_write32(board.gicd.base + GICD_SGIR,
				     GICD_SGIR_LIST(cpus[i].gic_target) | intid);
	}
}

static void send_sgi_to_others(unsigned intid)
{
	mmio_write32(board.gicd.base + GICD_SGIR, GICD_SGIR_OTHERS | intid);
}

const struct gic_version gicv2 = {
	.distributor_on = GICD_ENABLE,
	.pidr2 = 0xfe8,
	.private_frame = private_frame,
	.interface_on = interface_on,
	.interface_off = interface_off,
	.acknowledge = acknowledge,
	.end = end,
	.route_here = route_here,
	.send_sgi = send_sgi,
	.send_sgi_to_others = send_sgi_to_others,
};
