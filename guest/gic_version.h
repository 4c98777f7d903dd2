/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_GIC_VERSION_H
#define GUEST_GIC_VERSION_H

/*
 * The differences between GICv2 (Arm IHI 0048) and GICv3 (IHI 0069). gic.c has what they share, and
 * calls these functions.
 */
#include <stdbool.h>
#include <stdint.h>

struct cpu;

struct gic_version {
	bool grouped;		 /* every interrupt must be put into group 1 */
	uint32_t distributor_on; /* value of GICD_CTLR */
	unsigned pidr2;		 /* offset of GICD_PIDR2; only its lowest byte can be non-zero */

	/*
	 * All functions run on the calling CPU, and act for it. private_frame() returns the address
	 * of the frame with the registers of INTIDs 0 to 31.
	 */
	uint64_t (*private_frame)(struct cpu *cpu);
	void (*interface_on)(struct cpu *cpu);
	void (*interface_off)(void);
	uint32_t (*acknowledge)(void); /* the argument for end(); GIC_INTID() extracts the INTID */
	void (*end)(uint32_t acknowledged);
	void (*route_here)(unsigned intid);
	void (*send_sgi)(unsigned intid, uint64_t mpidr);
	void (*send_sgi_to_others)(unsigned intid);
};

#define GIC_INTID(acknowledged) (0x3ffu & (acknowledged)) /* there are no LPIs */

extern const struct gic_version gicv2, gicv3;

#endif
