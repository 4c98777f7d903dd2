/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list registers: filling them with what a vCPU has to take or to finish, and folding what the
 * guest made of them back (IHI 0069, chapter 5).
 *
 * Usually there are enough of them. If not, the pending go in by priority, and the active one of the
 * highest priority, which the guest deactivates first if ICC_CTLR_EL1.EOImode is 0. Maintenance
 * interrupts say when to look again: no pending one is left (NPIE); the guest deactivated one that is in
 * no list register (LRENPIE); it enabled a group whose interrupts were left out, or disabled one whose
 * interrupts fill the list registers (VGrp<n>EIE, VGrp<n>DIE).
 */
#include "vgic_state.h"

/* What the guest made of an interrupt that was in a list register, where nothing else has happened to it. */
static inline void fold_guest(struct vgic_bank *b, uint32_t bit, unsigned entry, uint64_t lr)
{
	if ((entry & VGIC_LR_PENDING) && !(lr & LR_PENDING))
		b->latch &= ~bit;
	b->active = lr & LR_ACTIVE ? b->active | bit : b->active & ~bit;
	b->lr &= ~bit;
}

/* The same for one to which something has happened meanwhile, or which is tied to a physical interrupt. */
COLD static void fold_changed(struct vgic_vcpu *g, struct vgic_bank *b, unsigned entry, uint64_t lr)
{
	uint32_t intid = entry & VGIC_LR_INTID, bit = vgic_bit(intid);
	bool active = lr & LR_ACTIVE;

	/* Taking an interrupt uses up its latch, also where the line keeps it pending. */
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

/* Apply to the software state what became of one list register. */
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

/* One of the vCPU's own, which nobody but the guest has touched: an SGI, mostly. False: it is not such a one. */
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
 * them. With EOImode 0 it does so from the highest priority down; with EOImode 1, ICC_DIR_EL1 traps and
 * nothing is counted.
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

/* Those who waited for this (see vgic_regs.c) may go on. */
COLD static void release_waiters(struct vcpu *v)
{
	for (uint32_t from = v->gic.sync_from; from != 0; from &= from - 1)
		v->vm->vcpus[__builtin_ctz(from)].gic.sync_wait &= (uint8_t) ~(1u << v->id);
	v->gic.sync_from = 0;
}

static __attribute__((noinline)) void fold_several(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;

	for (unsigned i = 0; i < g->used; i++) {
		uint64_t lr = gich_read_lr(i);

		if (!fold_plain(g, g->lr[i], lr))
			fold_one(v, g->lr[i], lr);
	}
}

/* Mostly one list register is in use, and what is in it is plain: that is to need no stack. */
void vgic_fold_all(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;

	if (g->sync_from)
		release_waiters(v);
	if (g->hcr & HCR_LRENPIE)
		fold_uncached(v);
	if (g->used == 0)
		return;
	if (g->used > 1 || !fold_plain(g, g->lr[0], gich_read_lr(0)))
		fold_several(v);
	g->used = 0;
	vgic_mark(v);
}

/*
 * What a list register is to hold, and which of it is remembered in `entry`, of one that is active, or level-triggered,
 * or tied to a physical interrupt. crowded: there are others that it must not precede.
 */
__attribute__((noinline)) static uint64_t list_register(struct vcpu *v, uint32_t intid,
							bool crowded, unsigned *entry)
{
	const struct vgic_vcpu *g = &v->gic;
	const struct vgic_bank *b = vgic_bank_of(v, intid / 32);
	uint32_t bit = vgic_bit(intid);
	bool active = b->active & bit;
	/* It is a candidate: one or the other, or both. */
	bool pending = !active || (vgic_pending(b) & vgic_forwarded(&v->vm->gic, b) & bit);
	bool held = intid < 32 && (g->held & bit), hw = held;
	/* When it is deactivated, look again: the line wants it to be pending, or there is more to do. */
	bool eoi = (b->level & ~b->edge & bit) || held;
	uint64_t lr = active ? LR_ACTIVE : 0;

	/*
	 * With HW = 1 there is no "active and pending". A line that is high shows itself again after
	 * the deactivation; a latch does not: then the physical interrupt is ours to deactivate.
	 */
	if (hw && active && pending) {
		pending = false;
		hw = !(b->latch & bit);
	}
	/*
	 * It must not become pending here as soon as it is deactivated if it is routed elsewhere meanwhile,
	 * or if one of higher priority may have been left out.
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

/* One that is nothing but pending, an SGI say, into the next list register; flags: more for that register. */
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

/* Whatever it is. */
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

/* All SPIs that are candidates. False: they don't fit. */
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

/* All candidates, in any order: the hardware looks at the priorities. False: they don't fit. */
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

/* The same; but mostly there is at most one, which is nothing but pending. No list register is in use yet. */
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

/* As many of them as there is room for, by priority. Returns the HCR bits for those left out. */
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
		hcr |= HCR_NPIE | (groups & 1 ? HCR_VGRP0DIE : 0) | (groups & 2 ? HCR_VGRP1DIE : 0);
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

/* Physical interrupts that are kept active with no reason any more: no line, nothing to deactivate. */
static __attribute__((noinline)) void release_idle(struct vcpu *v)
{
	struct vgic_vcpu *g = &v->gic;
	uint32_t idle = g->held & ~g->bank.level & ~g->bank.active;

	for (uint32_t bits = idle; bits != 0; bits &= bits - 1)
		gic_ppi_deactivate((unsigned)__builtin_ctz(bits));
	g->held &= ~idle;
}

/* All interrupts of v are in software: as many as there is room for go into the list registers. */
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

void vgic_maintenance(struct vcpu *v)
{
	spin_lock(&v->vm->gic.lock);
	vgic_fold(v);
	v->gic.hcr = 0;
	gich_write_hcr(0);
	vgic_mark(v);
	spin_unlock(&v->vm->gic.lock);
}

/* The first of the active-priority registers is there always, and mostly the only one. */
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
