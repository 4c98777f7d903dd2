/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_GIC_H
#define GUEST_GIC_H

#include <stdbool.h>
#include <stdint.h>

/* The GIC, version 2 or 3, that the FDT names. */
#define GIC_SPURIOUS 1023u
#define GIC_MAX_SGI  16u

/* Distributor, once; then each CPU its redistributor and CPU interface. */
void gic_init(void);
void gic_init_cpu(void);

/* Nothing is enabled, pending or active any more: of SPIs, and of the calling CPU. */
void gic_quiesce(void);

/* SGIs and PPIs are those of the calling CPU. An SPI goes to the CPU that enables it. */
void gic_enable(unsigned intid);
void gic_disable(unsigned intid);
bool gic_pending(unsigned intid);

/*
 * What an IRQ on any CPU calls, with the IRQ active and interrupts masked. A level-triggered
 * interrupt's source has to be silenced in there. Without one, an IRQ is only acknowledged, and a
 * timer's is stopped.
 */
typedef void (*gic_handler_fn)(unsigned intid);
void gic_set_handler(gic_handler_fn handler);

/*
 * SGI `intid` (0 to 15) to one CPU by its MPIDR, which has done gic_init_cpu(); or to all but the
 * caller.
 */
void gic_send_sgi(unsigned intid, uint64_t mpidr);
void gic_send_sgi_to_others(unsigned intid);

/* From the vectors. */
void gic_handle_irq(void);

#endif
