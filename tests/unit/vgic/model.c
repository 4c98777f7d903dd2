/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/vgic/model.h"

struct model_irq *model_irq(struct model *m, unsigned vcpu, unsigned intid)
{
	return intid < 32 ? &m->ppi[vcpu][intid] : &m->spi[intid];
}

bool model_pending(struct model *m, unsigned vcpu, unsigned intid)
{
	const struct model_irq *irq = model_irq(m, vcpu, intid);

	if (intid == MAP_PPI_VTIMER || intid == MAP_PPI_PTIMER)
		return irq->latch || ((fake_timers[vcpu] >> intid & 1) &&
				      fake_cpu_of(&fake_vcpus[vcpu]) < FAKE_CPUS);
	return irq->latch || (!irq->edge && irq->line);
}

bool model_forwarded(struct model *m, unsigned vcpu, unsigned intid)
{
	const struct model_irq *irq = model_irq(m, vcpu, intid);

	return irq->enabled && !irq->active && (m->ctlr >> irq->group & 1) &&
	       (intid < 32 || irq->route == vcpu);
}

bool model_unmasked(struct model *m, unsigned vcpu, unsigned group, unsigned priority)
{
	uint32_t ap = m->apr[vcpu][0] | m->apr[vcpu][1];
	unsigned running = ap ? (unsigned)__builtin_ctz(ap) * 8 : MODEL_IDLE;

	return (m->vmcr[vcpu] & (group ? VMCR_VENG1 : VMCR_VENG0)) &&
	       priority < m->vmcr[vcpu] >> VMCR_VPMR_SHIFT && priority < running;
}

unsigned model_signalled(struct model *m, unsigned vcpu)
{
	unsigned best = MODEL_IDLE;

	for (unsigned intid = 0; intid < MAP_INTIDS; intid++) {
		const struct model_irq *irq = model_irq(m, vcpu, intid);

		if (model_forwarded(m, vcpu, intid) && model_pending(m, vcpu, intid) &&
		    model_unmasked(m, vcpu, irq->group, irq->priority) && irq->priority < best)
			best = irq->priority;
	}
	return best;
}

void model_set_pending(struct model_irq *irq)
{
	irq->latch = true;
}

void model_line(struct model_irq *irq, bool high)
{
	if (high && !irq->line && irq->edge)
		irq->latch = true;
	irq->line = high;
}

void model_ack(struct model *m, unsigned vcpu, unsigned intid)
{
	struct model_irq *irq = model_irq(m, vcpu, intid);

	irq->latch = false;
	irq->active = true;
	irq->owner = vcpu;
	m->apr[vcpu][irq->group] |= 1u << irq->priority / 8;
}

void model_drop(struct model *m, unsigned vcpu, unsigned group)
{
	m->apr[vcpu][group] &= m->apr[vcpu][group] - 1;
}

void model_activate(struct model_irq *irq)
{
	if (!irq->active)
		irq->owner = irq->route;
	irq->active = true;
}

void model_route(struct model_irq *irq, unsigned to)
{
	irq->route = to;
	if (irq->active && irq->owner >= FAKE_VCPUS)
		irq->owner = to;
}
