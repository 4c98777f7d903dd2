/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_MODEL_H
#define VGIC_MODEL_H

/*
 * The GIC as the architecture defines it, without list registers: each interrupt is pending or not
 * and active or not, and at every instant the PE sees the best interrupt that may be signalled (IHI
 * 0069, chapter 4).
 */
#include "tests/unit/vgic/fake.h"

struct model_irq {
	bool group, enabled, edge, line, latch, active;
	uint8_t priority;
	unsigned route; /* SPI */
	unsigned owner; /* of an active SPI: the vCPU that finishes it */
};

struct model {
	uint32_t ctlr;
	struct model_irq ppi[FAKE_VCPUS][32], spi[MAP_INTIDS];
	uint32_t apr[FAKE_VCPUS][2];
	uint32_t vmcr[FAKE_VCPUS];
};

#define MODEL_IDLE 0x100u

struct model_irq *model_irq(struct model *m, unsigned vcpu, unsigned intid);
/* Is it pending? A timer's line counts only while its vCPU is loaded. */
bool model_pending(struct model *m, unsigned vcpu, unsigned intid);
/* Could it be signalled to the vCPU if masks and priorities allow? */
bool model_forwarded(struct model *m, unsigned vcpu, unsigned intid);
/* The priority of the interrupt that is signalled to the vCPU; MODEL_IDLE: none. */
unsigned model_signalled(struct model *m, unsigned vcpu);
/* Do masks and priorities of the vCPU let an interrupt of this group and priority through? */
bool model_unmasked(struct model *m, unsigned vcpu, unsigned group, unsigned priority);

void model_set_pending(struct model_irq *irq);
void model_line(struct model_irq *irq, bool high);
void model_ack(struct model *m, unsigned vcpu, unsigned intid);
void model_drop(struct model *m, unsigned vcpu, unsigned group);
void model_activate(struct model_irq *irq);
void model_route(struct model_irq *irq, unsigned to);

#endif
