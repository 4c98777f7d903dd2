/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GIC_H
#define GIC_H

/*
 * The board's GICv3. Interrupts are taken in two steps (ICC_CTLR_EL1.EOImode = 1): the end of
 * interrupt drops the priority, deactivation is separate; a timer's PPI that a guest handles is
 * deactivated by the guest.
 */
#include "types.h"

#define GIC_NONE 1020u /* INTIDs from here on mean that nothing is pending */

/* SGIs of our own. */
#define SGI_KICK     0u /* come to the scheduler */
#define SGI_HALT     1u /* another CPU has panicked or ends the lab: stop for good */
#define SGI_BOOT_CPU 2u /* to CPU 0: look at the link, and at the lab's clock */

/* The distributor; the boot CPU, once. */
void gic_init(void);
/* This CPU's redistributor and CPU interface. NULL, or what is wrong. */
const char *gic_init_cpu(void);
/* Let a shared interrupt through, to the boot CPU. */
void gic_enable_spi(unsigned intid);
void gic_send_sgi(unsigned cpu, unsigned sgi);
/*
 * Take the pending interrupt of highest priority: its INTID, active and with its priority dropped;
 * or >= GIC_NONE.
 */
unsigned gic_take(void);
/* It is done with. */
void gic_deactivate(unsigned intid);

#endif
