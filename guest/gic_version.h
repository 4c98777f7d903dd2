/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_GIC_VERSION_H
#define GUEST_GIC_VERSION_H

/*
 * What differs between GICv2 (Arm IHI 0048) and GICv3 (IHI 0069). gic.c has what they share, and
 * uses this.
 */
#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct gic_version {
	bool grouped;		 /* every interrupt has to be put into group 1 */
	uint32_t distributor_on; /* GICD_CTLR */
	unsigned pidr2; /* offset of GICD_PIDR2, of which the lowest byte alone may not be 0 */

	/*
	 * All of them on and for the calling CPU. The frame with the registers of INTIDs 0 to 31:
	 */
	uint64_t (*private_frame)(struct cpu *cpu);
	void (*interface_on)(struct cpu *cpu);
	void (*interface_off)(void);
	uint32_t (*acknowledge)(void); /* what end() wants, too; GIC_INTID() of it is the INTID */
	void (*end)(uint32_t acknowledged);
	void (*route_here)(unsigned intid);
	void (*send_sgi)(unsigned intid, uint64_t mpidr);
	void (*send_sgi_to_others)(unsigned intid);
};

#define GIC_INTID(acknowledged) (0x3ffu & (acknowledged)) /* there are no LPIs */

extern const struct gic_version gicv2, gicv3;

#endif
