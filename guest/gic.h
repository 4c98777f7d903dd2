/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_GIC_H
#define GUEST_GIC_H

#include <stdbool.h>
#include <stdint.h>

/* The GIC, version 2 or 3, that the FDT names. */
#define GIC_SPURIOUS 1023u
#define GIC_MAX_SGI  16u

/*
 * gic_init() sets up the distributor, once. Then gic_init_cpu() sets up the calling CPU's
 * redistributor and CPU interface.
 */
void gic_init(void);
void gic_init_cpu(void);

/* Make all SPIs, and all interrupts of the calling CPU, disabled, not pending and not active. */
void gic_quiesce(void);

/* SGIs and PPIs are those of the calling CPU. An SPI goes to the CPU that enables it. */
void gic_enable(unsigned intid);
void gic_disable(unsigned intid);
bool gic_pending(unsigned intid);

/*
 * An IRQ on any CPU calls this handler, with the IRQ active and interrupts masked. The handler must
 * silence the source of a level-triggered interrupt. Without a handler, an IRQ is only
 * acknowledged, and a timer that caused it is stopped.
 */
typedef void (*gic_handler_fn)(unsigned intid);
void gic_set_handler(gic_handler_fn fn);

/*
 * Send SGI `intid` (0 to 15) to the CPU with this MPIDR, which must have called gic_init_cpu(); or
 * to all CPUs but the caller.
 */
void gic_send_sgi(unsigned intid, uint64_t mpidr);
void gic_send_sgi_to_others(unsigned intid);

/* Handle an IRQ. Called by exception(). */
void gic_handle_irq(void);

#endif
