/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the list registers back to software: what the guest did with the interrupts that it was
 * given (IHI 0069, chapter 5), and what changed them meanwhile.
 */
#include "vgic/state.h"

/*
 * What the guest did with an interrupt that was in a list register, if nothing else has changed it.
 */
static inline void fold_guest(struct vgic_bank *b, uint32_t bit, unsigned entry, uint64_t lr)
{
	if ((entry & VGIC_LR_PENDING) && !(lr & LR_PENDING))
		b->latch &= ~bit;
	b->active = lr & LR_ACTIVE ? b->active | bit : b->active & ~bit;
	b->lr &= ~bit;
}

/* The same for an interrupt that was changed meanwhile, or that is tied to a physical interrupt. */
COLD static void fold_changed(struct vgic_vcpu *g, struct vgic_bank *b, unsigned entry, uint64_t lr)
{
	uint32_t intid = entry & VGIC_LR_INTID, bit = vgic_bit(intid);
	bool active = lr & LR_ACTIVE;

	/* Taking an interrupt uses up its latch, even if the line keeps it pending. */
	if (((entry & VGIC_LR_PENDING) && !(lr & LR_PENDING)) || (b->drop & bit))
		b->latch &= ~bit;
	b->latch |= b->again & bit;
	if (intid < 32 && (g->held & bit)) {
		bool was_active = active || (b->active & bit);

		if ((entry & VGIC_LR_HW) && !(lr & (LR_PENDING | LR_ACTIVE))) {
			/* The guest's deactivation has deactivated the physical interrupt. */
			g->held &= ~bit;
			b->level &= ~bit;
		} else if (was_active && (!active || (b->retire & bit))) {
			b->level &= ~bit; /* as vgic_deactivate() */
		}
	}
	if ((active || (b->raise & bit)) && !(b->retire & bit))
		b->active |= bit;
	else
		b->active &= ~bit;
	b->again &= ~bit;
	b->drop &= ~bit;
	b->raise &= ~bit;
	b->retire &= ~bit;
	b->lr &= ~bit;
}

/* Apply one list register to the software state. */
static __attribute__((noinline)) void fold_one(struct vcpu *v, unsigned entry, uint64_t lr)
{
	struct vgic_vcpu *g = &v->gic;
	uint32_t intid = entry & VGIC_LR_INTID, bit = vgic_bit(intid);
	unsigned word = intid / 32;
	struct vgic_bank *b = vgic_bank_of(v, word);

	if ((vgic_touched(b) & bit) ||
	    (word == 0 && (g->held & bit) &&
	     (!(entry & VGIC_LR_HW) || (lr & (LR_PENDING | LR_ACTIVE))))) {
		fold_changed(g, b, entry, lr);
	} else {
		if (entry & VGIC_LR_HW) { /* taken and deactivated, with the physical interrupt */
			g->held &= ~bit;
			b->level &= ~bit;
		}
		fold_guest(b, bit, entry, lr);
	}
	if (word != 0)
		vgic_spis_changed(v->vm, word - 1, bit, v);
}

/*
 * Fold an interrupt of the vCPU's own that only the guest has touched, mostly an SGI. False: it is
 * not such an interrupt.
 */
static inline bool fold_plain(struct vgic_vcpu *g, unsigned entry, uint64_t lr)
{
	struct vgic_bank *b = &g->bank;
	uint32_t bit = vgic_bit(entry);

	if ((entry & (VGIC_LR_INTID | VGIC_LR_HW)) >= 32 || ((vgic_touched(b) | g->held) & bit))
		return false;
	fold_guest(b, bit, entry, lr);
	return true;
}

/*
 * The guest has deactivated interrupts that are in no list register, and the hardware only counted
 * them. With EOImode 0 the guest does so from the highest priority down. With EOImode 1,
 * ICC_DIR_EL1 traps and nothing is counted.
 */
COLD static void fold_uncached(struct vcpu *v)
{
	uint64_t hcr = gich_read_hcr();

	if (HCR_EOICOUNT(hcr) == 0)
		return;
	for (unsigned n = HCR_EOICOUNT(hcr); n != 0; n--) {
		uint32_t best = vgic_best(v, true, VGIC_BOTH_GROUPS), intid = best & 0xffff;
		unsigned word = intid / 32;

		if (best == VGIC_NONE)
			break;
		vgic_deactivate(vgic_bank_of(v, word), vgic_bit(intid),
				word == 0 ? v->gic.held : 0);
		if (word != 0)
			vgic_spis_changed(v->vm, word - 1, vgic_bit(intid), v);
	}
	vgic_mark(v);
	gich_write_hcr(v->gic.hcr);
}

/* vCPUs that waited for this fold (see vgic/fields.c) may continue. */
COLD static void release_waiters(struct vcpu *v)
{
	for (uint32_t from = v->gic.sync_from; from != 0; from &= from - 1) {
		struct vgic_sync *sync = v->vm->vcpus[__builtin_ctz(from)].gic.sync;

		sync[0].wait &= (uint8_t)(~(1u << v->id));
		sync[1].wait &= (uint8_t)(~(1u << v->id));
	}
	v->gic.sync_from = 0;
}

static __attribute__((noinline)) void fold_several(struct vcpu *v, unsigned used)
{
	struct vgic_vcpu *g = &v->gic;

	for (unsigned i = 0; i < used; i++) {
		uint64_t lr = gich_read_lr(i);

		if (!fold_plain(g, g->lr[i], lr))
			fold_one(v, g->lr[i], lr);
	}
}

/* Mostly one list register is in use: that case should need no stack. */
void vgic_fold_all(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	unsigned used = g->used;
	uint64_t lr;

	if (g->sync_from)
		release_waiters(v);
	if (g->hcr & HCR_LRENPIE)
		fold_uncached(v);
	if (used == 0)
		return;
	g->used = 0;
	vgic_mark(v);
	if (used > 1) {
		fold_several(v, used);
		return;
	}
	lr = gich_read_lr(0);
	if (!fold_plain(g, g->lr[0], lr))
		fold_one(v, g->lr[0], lr);
}

void vgic_maintenance(struct vcpu *v)
{
	spin_lock(&v->vm->gic.lock);
	vgic_fold(v);
	v->gic.hcr = 0;
	gich_write_hcr(0);
	vgic_mark(v);
	spin_unlock(&v->vm->gic.lock);
}

void vgic_put(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	struct vgic *d = &v->vm->gic;

	spin_lock(&d->lock);
	vgic_fold(v);
	for (unsigned i = 0; i < g->stale; i++)
		gich_write_lr(i, 0);
	g->stale = 0;
	g->hcr = 0;
	gich_write_hcr(0);
	g->vmcr = (uint32_t)gich_read_vmcr();
	g->apr[0][0] = gich_read_apr(0, 0);
	g->apr[1][0] = gich_read_apr(1, 0);
	for (unsigned n = 1; n < d->naprs; n++) {
		g->apr[0][n] = gich_read_apr(0, n);
		g->apr[1][n] = gich_read_apr(1, n);
	}
	g->loaded = false;
	spin_unlock(&d->lock);
}
