/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a vCPU's interrupts come first, and whether they would be signalled to the PE (WFI). */
#include "vgic_state.h"

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

/* Active priorities of both groups. v is loaded here or nowhere. */
static uint32_t active_priorities(const struct vcpu *v, unsigned n)
{
	return v->gic.loaded ? gich_read_apr(0, n) | gich_read_apr(1, n)
			     : v->gic.apr[0][n] | v->gic.apr[1][n];
}

/*
 * IHI 0069, 4.8: would one of this group and priority preempt the highest active priority group? Where none is
 * active, which is mostly so, it would.
 */
__attribute__((noinline)) static bool preempts(const struct vcpu *v, uint32_t vmcr, unsigned group,
					       unsigned priority)
{
	unsigned bits = v->vm->gic.priority_bits, shift = bits < 7 ? 8u - bits : 1;
	unsigned bpr =
		(unsigned)FIELD(vmcr, 23, 21); /* of group 0: the subpriority is bits bpr:0 */

	if (group == 1 && !(vmcr & VMCR_VCBPR)) {
		bpr = (unsigned)FIELD(vmcr, 20, 18);
		bpr -= bpr > 0;
	}
	for (unsigned n = 0; n < v->vm->gic.naprs; n++) {
		uint32_t ap = active_priorities(v, n);

		if (ap != 0)
			return (priority & (0xfeu << bpr)) < (n * 32 + (unsigned)__builtin_ctz(ap))
								     << shift;
	}
	return true;
}

/* Would an interrupt of this group and priority be signalled to the PE? v is loaded here or nowhere. */
static bool signalled(const struct vcpu *v, unsigned group, unsigned priority)
{
	uint32_t vmcr = v->gic.loaded ? (uint32_t)gich_read_vmcr() : v->gic.vmcr;

	if (!(vmcr & (group ? VMCR_VENG1 : VMCR_VENG0)) || priority >= vmcr >> VMCR_VPMR_SHIFT)
		return false;
	if (v->vm->gic.naprs == 1 && active_priorities(v, 0) == 0)
		return true;
	return preempts(v, vmcr, group, priority);
}

bool vgic_signalled(struct vcpu *v, unsigned word, uint32_t bits)
{
	const struct vgic_bank *b = vgic_bank_of(v, word);

	for (; bits != 0; bits &= bits - 1) {
		unsigned i = (unsigned)__builtin_ctz(bits);

		if (signalled(v, b->group >> i & 1, vgic_priority(v, word * 32 + i)))
			return true;
	}
	return false;
}

bool vgic_any_signalled(struct vcpu *v)
{
	uint32_t words = 1u | (uint32_t)v->gic.spi_words << 1;

	for (; words != 0; words &= words - 1) {
		unsigned word = (unsigned)__builtin_ctz(words);
		const struct vgic_bank *b = vgic_bank_of(v, word);

		if (vgic_signalled(v, word, vgic_candidates(v, word) & ~b->lr & ~b->active))
			return true;
	}
	return false;
}

bool vgic_can_wake(struct vcpu *v)
{
	struct vgic *d = &v->vm->gic;
	bool wake;

	spin_lock(&d->lock);
	vgic_fold(v);
	wake = vgic_any_signalled(v);
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
		  signalled(v, (b->group & bit) != 0, v->gic.priority[intid]);
	spin_unlock(&d->lock);
	return enabled;
}
