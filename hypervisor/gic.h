/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GIC_H
#define GIC_H

/*
 * The board's GICv3. Interrupts end in two steps (ICC_CTLR_EL1.EOImode = 1): the end of interrupt
 * drops the priority, and deactivation is separate. If a guest handles a timer's PPI, the guest
 * deactivates it.
 */
#include "types.h"

#define GIC_NONE 1020u /* INTIDs from here on mean that nothing is pending */

/* The hypervisor's own SGIs. */
#define SGI_KICK      0u /* come to the scheduler */
#define SGI_HALT      1u /* another CPU has panicked or ends the lab: stop for good */
#define SGI_CPU0_WORK 2u /* to CPU 0: look at the link, and at the lab's clock */

/* Set up the distributor. The boot CPU calls it once. */
void gic_init(void);
/* Set up this CPU's redistributor and CPU interface. NULL, or what is wrong. */
const char *gic_init_cpu(void);
/* Enable a shared interrupt and route it to the boot CPU. */
void gic_enable_spi(unsigned intid);
void gic_send_sgi(unsigned cpu, unsigned sgi);
/*
 * Take the pending interrupt of the highest priority. Returns its INTID: it is active, and its
 * priority is dropped. GIC_NONE or more: there is none.
 */
unsigned gic_take(void);
/* Deactivate an interrupt that was handled. */
void gic_deactivate(unsigned intid);

#endif
