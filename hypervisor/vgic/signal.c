/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a vCPU's interrupts comes first, and whether it would be signalled to the PE (WFI). */
#include "vgic/state.h"

uint32_t vgic_best(struct vcpu *v, bool active, unsigned groups)
{
	uint32_t words = 1u | (uint32_t)v->gic.spi_words << 1, best = VGIC_NONE;

	for (; words != 0; words &= words - 1) {
		unsigned word = (unsigned)__builtin_ctz(words);
		const struct vgic_bank *b = vgic_bank_of(v, word);
		uint32_t bits = vgic_candidates(v, word) & ~b->lr;

		bits &= active ? b->active : ~b->active;
		bits &= (groups & 1 ? ~b->group : 0) | (groups & 2 ? b->group : 0);
		for (; bits != 0; bits &= bits - 1) {
			uint32_t intid = word * 32 + (unsigned)__builtin_ctz(bits);
			uint32_t rank = (uint32_t)vgic_priority(v, intid) << 16 | intid;

			if (rank < best)
				best = rank;
		}
	}
	return best;
}

/*
 * IHI 0069, 4.8: whether an interrupt of this group and priority would preempt the highest active
 * priority group. If no priority is active, which is mostly the case, it would.
 */
COLD bool vgic_preempts(const struct vcpu *v, uint32_t vmcr, unsigned group, unsigned priority)
{
	unsigned bits = v->vm->gic.priority_bits, shift = bits < 7 ? 8u - bits : 1;
	/* of group 0: the subpriority is bits bpr:0 */
	unsigned bpr = (unsigned)FIELD(vmcr, 23, 21);

	if (group == 1 && !(vmcr & VMCR_VCBPR)) {
		bpr = (unsigned)FIELD(vmcr, 20, 18);
		bpr -= bpr > 0;
	}
	for (unsigned n = 0; n < v->vm->gic.naprs; n++) {
		uint32_t ap = vgic_active_priorities(v, n);

		if (ap != 0)
			return (priority & (0xfeu << bpr)) < (n * 32 + (unsigned)__builtin_ctz(ap))
								     << shift;
	}
	return true;
}

/*
 * Whether any interrupt of the word is signalled that is pending, forwarded, in no list register
 * and not active.
 */
static bool any_signalled(struct vcpu *v, unsigned word)
{
	const struct vgic_bank *b = vgic_bank_of(v, word);
	uint32_t bits = vgic_candidates(v, word) & ~b->lr & ~b->active;

	for (; bits != 0; bits &= bits - 1) {
		unsigned i = (unsigned)__builtin_ctz(bits);

		if (vgic_signals(v, b->group >> i & 1, vgic_priority(v, word * 32 + i)))
			return true;
	}
	return false;
}

static bool any_spi_signalled(struct vcpu *v)
{
	for (uint32_t words = v->gic.spi_words; words != 0; words &= words - 1)
		if (any_signalled(v, 1u + (unsigned)__builtin_ctz(words)))
			return true;
	return false;
}

bool vgic_can_wake(struct vcpu *v)
{
	struct vgic *d = &v->vm->gic;
	bool wake;

	spin_lock(&d->lock);
	vgic_fold(v);
	wake = any_signalled(v, 0) || any_spi_signalled(v);
	spin_unlock(&d->lock);
	return wake;
}

bool vgic_ppi_enabled(struct vcpu *v, unsigned intid)
{
	struct vgic *d = &v->vm->gic;
	const struct vgic_bank *b = &v->gic.bank;
	uint32_t bit = vgic_bit(intid);
	bool enabled;

	spin_lock(&d->lock);
	if (b->lr & bit)
		vgic_fold(v);
	enabled = (vgic_forwarded(d, b) & bit) && !(vgic_active(b) & bit) &&
		  vgic_signals(v, (b->group & bit) != 0, v->gic.priority[intid]);
	spin_unlock(&d->lock);
	return enabled;
}
