/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From software to the list registers: the interrupts that a vCPU has to take or to finish (IHI
 * 0069, chapter 5).
 *
 * Usually there are enough list registers. If not, pending interrupts go in by priority, and so
 * does the active interrupt of the highest priority, which the guest deactivates first if
 * ICC_CTLR_EL1.EOImode is 0. Maintenance interrupts say when to look again. None of their
 * conditions holds when the guest is entered, so none of them repeats unless the guest has done
 * something meanwhile:
 *
 *	EOI of a list register	the interrupt is pending or active now
 *	NPIE			at least one is pending: some were left out, but not the best of
 *				them
 *	LRENPIE			the count is 0; later: the guest deactivated an interrupt that is
 *				in no list register
 *	VGrp<n>EIE		group n is off, and some of its interrupts were left out; later:
 *				the guest enabled it
 *	VGrp<n>DIE		both groups are on; later: the guest disabled one, whose interrupts
 *				fill the list registers
 *
 * If only one group is on, it needs no VGrp<n>DIE: with both groups off nothing is signalled, and
 * EIE reports the other group. QEMU's VGrp0D tests group 1 instead of group 0 (seen in 7.2): it
 * would hold at each entry with only group 0 on, and it does not report that group 0 goes off.
 * There, interrupts of group 1 that were left out come at the guest's next exit that folds.
 */
#include "vgic/state.h"

/*
 * The state and HW or EOI bits of a list register for an interrupt that is active, level-triggered,
 * or tied to a physical interrupt. *entry gets what has to be remembered of them. crowded: other
 * interrupts exist that this interrupt must not precede.
 */
__attribute__((noinline)) static uint64_t list_register(struct vcpu *v, uint32_t intid,
							bool crowded, unsigned *entry)
{
	const struct vgic_vcpu *g = &v->gic;
	const struct vgic_bank *b = vgic_bank_of(v, intid / 32);
	uint32_t bit = vgic_bit(intid);
	bool active = b->active & bit;
	/* A candidate is active or pending, or both. */
	bool pending = !active || (vgic_pending(b) & vgic_forwarded(&v->vm->gic, b) & bit);
	bool held = intid < 32 && (g->held & bit), hw = held;
	/*
	 * Look again when it is deactivated: the line wants it to be pending, or there is more to
	 * do.
	 */
	bool eoi = (b->level & ~b->edge & bit) || held;
	uint64_t lr = active ? LR_ACTIVE : 0;

	/*
	 * With HW = 1 there is no "active and pending". A line that is high shows itself again
	 * after the deactivation. A latch does not: then the hypervisor deactivates the physical
	 * interrupt.
	 */
	if (hw && active && pending) {
		pending = false;
		hw = !(b->latch & bit);
	}
	/*
	 * It must not become pending here as soon as it is deactivated if it has been routed
	 * elsewhere meanwhile, or if an interrupt of higher priority may have been left out.
	 */
	if (active && pending &&
	    (crowded || (intid >= 32 && v->vm->gic.route[intid - 32] != v->id))) {
		pending = false;
		eoi = true;
	}
	if (hw) {
		lr |= LR_HW | (uint64_t)intid << LR_PINTID_SHIFT;
		*entry |= VGIC_LR_HW;
	} else if (eoi) {
		lr |= LR_EOI;
	}
	if (pending) {
		lr |= LR_PENDING;
		*entry |= VGIC_LR_PENDING;
	}
	return lr;
}

/*
 * Put an interrupt that is only pending, an SGI for example, into the next list register. flags:
 * more bits for that register.
 */
static inline void place_with(struct vcpu *v, struct vgic_bank *b, uint32_t intid, uint64_t flags,
			      unsigned entry)
{
	struct vgic_vcpu *g = &v->gic;
	uint32_t bit = vgic_bit(intid);
	unsigned n = g->used;

	b->lr |= bit;
	g->lr[n] = (uint16_t)(intid | entry);
	g->used = (uint8_t)(n + 1);
	gich_write_lr(n, intid | (uint64_t)vgic_priority(v, intid) << LR_PRIO_SHIFT |
				 (b->group & bit ? LR_GROUP1 : 0) | flags);
}

/* Put any interrupt into the next list register. */
static __attribute__((noinline)) void place(struct vcpu *v, uint32_t intid, bool crowded)
{
	struct vgic_bank *b = vgic_bank_of(v, intid / 32);
	unsigned entry = VGIC_LR_PENDING;
	uint64_t flags = LR_PENDING;

	if (((b->active | b->level) & vgic_bit(intid)) ||
	    (intid < 32 && (v->gic.held & vgic_bit(intid)))) {
		entry = 0;
		flags = list_register(v, intid, crowded, &entry);
	}
	place_with(v, b, intid, flags, entry);
}

/* Place all SPIs that are candidates. False: they don't fit. */
static __attribute__((noinline)) bool place_spis(struct vcpu *v)
{
	for (uint32_t words = v->gic.spi_words; words != 0; words &= words - 1) {
		unsigned word = 1u + (unsigned)__builtin_ctz(words);

		for (uint32_t bits = vgic_candidates(v, word); bits != 0; bits &= bits - 1) {
			if (v->gic.used == v->vm->gic.nlrs)
				return false;
			place(v, word * 32 + (unsigned)__builtin_ctz(bits), false);
		}
	}
	return true;
}

/*
 * Place all candidates, in any order: the hardware compares the priorities. False: they don't fit.
 */
static __attribute__((noinline)) bool place_several(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;

	for (uint32_t bits = vgic_candidates(v, 0); bits != 0; bits &= bits - 1) {
		if (g->used == v->vm->gic.nlrs)
			return false;
		place(v, (uint32_t)__builtin_ctz(bits), false);
	}
	return !g->spi_words || place_spis(v);
}

/*
 * The same, quick if there is at most one and it is only pending, which is mostly the case. No list
 * register is in use yet.
 */
static inline bool place_all(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	struct vgic_bank *b = &g->bank;
	uint32_t bits = vgic_candidates(v, 0);

	if (g->spi_words || (bits & (bits - 1)) || (bits & (b->active | b->level | g->held)))
		return place_several(v);
	if (bits)
		place_with(v, b, (uint32_t)__builtin_ctz(bits), LR_PENDING, VGIC_LR_PENDING);
	return true;
}

/*
 * Place as many candidates as there is room for, by priority. Returns HCR bits for those left out.
 */
COLD static uint32_t place_best(struct vcpu *v, uint32_t vmcr)
{
	struct vgic_vcpu *g = &v->gic;
	unsigned nlrs = v->vm->gic.nlrs, groups = vmcr & (VMCR_VENG0 | VMCR_VENG1);
	uint32_t hcr = 0, best;

	for (unsigned i = 0; i < g->used; i++)
		vgic_bank_of(v, (g->lr[i] & VGIC_LR_INTID) / 32)->lr &= ~vgic_bit(g->lr[i]);
	g->used = 0;
	g->stale = (uint8_t)nlrs;

	best = vgic_best(v, true, VGIC_BOTH_GROUPS);
	if (best != VGIC_NONE && nlrs > 1)
		place(v, best & 0xffff, true);
	while ((best = vgic_best(v, false, groups)) != VGIC_NONE && g->used < nlrs)
		place(v, best & 0xffff, true);
	if (best != VGIC_NONE)
		hcr |= HCR_NPIE | (groups == VGIC_BOTH_GROUPS ? HCR_VGRP0DIE | HCR_VGRP1DIE : 0);
	while ((best = vgic_best(v, true, VGIC_BOTH_GROUPS)) != VGIC_NONE && g->used < nlrs)
		place(v, best & 0xffff, true);
	if (best != VGIC_NONE)
		hcr |= HCR_LRENPIE;
	if (!(groups & 1) && vgic_best(v, false, 1) != VGIC_NONE)
		hcr |= HCR_VGRP0EIE;
	if (!(groups & 2) && vgic_best(v, false, 2) != VGIC_NONE)
		hcr |= HCR_VGRP1EIE;
	return hcr;
}

/*
 * Deactivate physical interrupts that need not stay active: no line, and nothing for the guest to
 * deactivate.
 */
static __attribute__((noinline)) void release_idle(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	uint32_t idle = g->held & ~g->bank.level & ~g->bank.active;

	for (uint32_t bits = idle; bits != 0; bits &= bits - 1)
		gic_ppi_deactivate((unsigned)__builtin_ctz(bits));
	g->held &= ~idle;
}

/* All interrupts of v are in software: put as many as fit into the list registers. */
static void fill(struct vcpu *v, uint32_t vmcr)
{
	struct vgic_vcpu *g = &v->gic;
	uint32_t hcr = vmcr & VMCR_VEOIM ? HCR_EN | HCR_TDIR : HCR_EN;

	if (g->held)
		release_idle(v);
	if (!place_all(v))
		hcr |= place_best(v, vmcr);
	for (unsigned i = g->used; i < g->stale; i++)
		gich_write_lr(i, 0);
	g->stale = g->used;
	if (hcr != g->hcr) {
		g->hcr = hcr;
		gich_write_hcr(hcr);
	}
	__atomic_store_n(&g->dirty, false, __ATOMIC_RELAXED);
}

void vgic_flush(struct vcpu *v)
{
	if (!vgic_needs_flush(&v->gic))
		return;
	spin_lock(&v->vm->gic.lock);
	vgic_fold(v);
	fill(v, (uint32_t)gich_read_vmcr());
	spin_unlock(&v->vm->gic.lock);
}

/* The first active-priority register always exists, and is mostly the only one. */
void vgic_load(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	struct vgic *d = &v->vm->gic;

	spin_lock(&d->lock);
	g->loaded = true;
	g->held |= g->bank.active & VGIC_HW_PPIS;
	gich_write_vmcr(g->vmcr);
	gich_write_apr(0, 0, g->apr[0][0]);
	gich_write_apr(1, 0, g->apr[1][0]);
	for (unsigned n = 1; n < d->naprs; n++) {
		gich_write_apr(0, n, g->apr[0][n]);
		gich_write_apr(1, n, g->apr[1][n]);
	}
	fill(v, g->vmcr);
	spin_unlock(&d->lock);
}
