/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the guest's interrupts: reset, what makes an interrupt pending, and which vCPU a
 * change concerns.
 *
 * A private interrupt concerns its vCPU. An SPI concerns the vCPU that it is "listed" with. This is
 * the vCPU that has it in a list register, or that took it and has not finished; otherwise, while
 * the SPI is pending and enabled, the vCPU that it is routed to.
 */
#include "vgic/state.h"

static uint32_t reset_vmcr(const struct vgic *d)
{
	uint32_t bpr0 = d->priority_bits < 7 ? 7u - d->priority_bits : 0;

	return VMCR_VFIQEN | bpr0 << VMCR_VBPR0_SHIFT | (bpr0 + 1) << VMCR_VBPR1_SHIFT;
}

void vgic_reset_vm(struct vm *vm)
{
	struct vgic *d = &vm->gic;
	unsigned bits = gich_priority_bits();

	spin_lock(&d->lock);
	d->ctlr = 0;
	d->nlrs = (uint8_t)gich_lr_count();
	d->priority_bits = (uint8_t)bits;
	d->naprs = bits <= 5 ? 1 : bits == 6 ? 2 : 4;
	for (unsigned i = 0; i < VGIC_SPI_WORDS; i++)
		d->spi[i] = (struct vgic_bank){0};
	for (unsigned i = 0; i < VGIC_SPIS; i++) {
		d->priority[i] = 0;
		d->listed[i] = VGIC_NOBODY;
		d->route[i] = 0;
	}
	for (unsigned i = 0; i < vm->nvcpus; i++)
		vm->vcpus[i].gic = (struct vgic_vcpu){
			.asleep = true,
			.bank.edge = 0xffff, /* SGIs */
			.vmcr = reset_vmcr(d),
		};
	spin_unlock(&d->lock);
}

void vgic_reset_vcpu(struct vcpu *v)
{
	struct vgic *d = &v->vm->gic;

	spin_lock(&d->lock);
	v->gic.vmcr = reset_vmcr(d);
	for (unsigned i = 0; i < 4; i++)
		v->gic.apr[0][i] = v->gic.apr[1][i] = 0;
	spin_unlock(&d->lock);
}

void vgic_make_pending(struct vgic_bank *b, uint32_t bits)
{
	b->again |= bits & b->lr;
	b->latch |= bits & ~b->lr;
}

void vgic_unpend(struct vgic_bank *b, uint32_t bits)
{
	b->drop |= bits & b->lr;
	b->again &= ~bits;
	b->latch &= ~(bits & ~b->lr);
}

void vgic_activate(struct vgic_bank *b, uint32_t bits)
{
	b->raise |= bits & b->lr;
	b->retire &= ~bits;
	b->active |= bits & ~b->lr;
}

/*
 * held: interrupts that are tied to a physical interrupt that is active. Clearing the level makes
 * the owner's next flush deactivate the physical interrupt, which then fires again if it is still
 * asserted, as in hardware.
 */
void vgic_deactivate(struct vgic_bank *b, uint32_t bits, uint32_t held)
{
	b->level &= ~(bits & b->active & ~b->lr & held);
	b->retire |= bits & b->lr;
	b->raise &= ~bits;
	b->active &= ~(bits & ~b->lr);
}

/*
 * One interrupt, which concerns v, has changed. Call vcpu_wake() if v must give up or change a list
 * register, or has a new interrupt to take. A loaded vCPU may unmask at any time. Only if v is
 * not loaded is it known here whether the interrupt would be signalled.
 */
static inline __attribute__((always_inline)) void notify(struct vcpu *v, uint32_t intid,
							 const struct vcpu *self)
{
	const struct vgic_bank *b = vgic_bank_of(v, intid / 32);
	uint32_t bit = vgic_bit(intid);
	bool group1 = b->group & bit, news;

	vgic_mark(v);
	if (v == self)
		return;
	news = (vgic_pending(b) & b->enabled & bit) && (v->vm->gic.ctlr >> group1 & 1);
	if ((b->lr & bit) ||
	    (news && (v->gic.loaded ||
		      (!(b->active & bit) && vgic_signals(v, group1, vgic_priority(v, intid))))))
		vcpu_wake(v);
}

void vgic_private_changed(struct vcpu *v, uint32_t bits, const struct vcpu *self)
{
	/* When a timer will wake v depends on these, so v has to compute that again. */
	if (v != self && (bits & VGIC_HW_PPIS))
		vcpu_wake(v);
	for (; bits != 0; bits &= bits - 1)
		notify(v, (uint32_t)__builtin_ctz(bits), self);
}

static void list_spi(struct vm *vm, unsigned spi, uint8_t to)
{
	uint8_t from = vm->gic.listed[spi];
	unsigned word = spi / 32;

	if (from != VGIC_NOBODY) {
		struct vgic_vcpu *g = &vm->vcpus[from].gic;

		g->spis[word] &= ~vgic_bit(spi);
		if (g->spis[word] == 0)
			g->spi_words &= (uint8_t)(~(1u << word));
	}
	if (to != VGIC_NOBODY) {
		vm->vcpus[to].gic.spis[word] |= vgic_bit(spi);
		vm->vcpus[to].gic.spi_words |= (uint8_t)(1u << word);
	}
	vm->gic.listed[spi] = to;
}

void vgic_spis_changed(struct vm *vm, unsigned word, uint32_t bits, const struct vcpu *self)
{
	const struct vgic_bank *b = &vm->gic.spi[word];
	uint32_t wanted = (vgic_pending(b) & b->enabled) | b->active;

	for (; bits != 0; bits &= bits - 1) {
		uint32_t bit = bits & -bits;
		unsigned spi = word * 32 + (unsigned)__builtin_ctz(bits);
		uint8_t with = vm->gic.listed[spi];

		if (with == VGIC_NOBODY || !((b->lr | b->active) & bit)) {
			uint32_t route = vm->gic.route[spi];
			uint8_t to =
				(wanted & bit) && route < vm->nvcpus ? (uint8_t)route : VGIC_NOBODY;

			if (to != with)
				list_spi(vm, spi, to);
			with = to;
		}
		if (with != VGIC_NOBODY)
			notify(&vm->vcpus[with], 32 + spi, self);
	}
}

void vgic_set_spi(struct vm *vm, unsigned intid, bool high)
{
	struct vgic *d = &vm->gic;
	unsigned spi = intid - 32;
	struct vgic_bank *b = &d->spi[spi / 32];
	uint32_t bit = vgic_bit(intid);

	spin_lock(&d->lock);
	if (high != ((b->level & bit) != 0)) {
		b->level ^= bit;
		if (high && (b->edge & bit))
			vgic_make_pending(b, bit);
		vgic_spis_changed(vm, spi / 32, bit, NULL);
	}
	spin_unlock(&d->lock);
}

void vgic_sgi(struct vcpu *from, unsigned group, uint64_t sgir)
{
	struct vm *vm = from->vm;
	uint32_t intid = (uint32_t)FIELD(sgir, 27, 24), bit = vgic_bit(intid);
	bool others = FIELD(sgir, 40, 40);
	uint32_t list = others ? ~(1u << from->id) : (uint32_t)FIELD(sgir, 15, 0);

	/* Every PE's Aff3, Aff2 and Aff1 are 0, and so is the range of 16 that its Aff0 is in. */
	if (!others && (FIELD(sgir, 55, 44) | FIELD(sgir, 39, 32) | FIELD(sgir, 23, 16)) != 0)
		return;
	list &= (1u << vm->nvcpus) - 1;
	spin_lock(&vm->gic.lock);
	for (; list != 0; list &= list - 1) {
		struct vcpu *to = &vm->vcpus[__builtin_ctz(list)];
		struct vgic_bank *b = &to->gic.bank;

		if (group == 0 && (b->group & bit))
			continue;
		vgic_make_pending(b, bit);
		notify(to, intid, from);
	}
	spin_unlock(&vm->gic.lock);
}

void vgic_dir(struct vcpu *v, uint32_t intid)
{
	struct vgic *d = &v->vm->gic;
	unsigned word = intid / 32;

	if (intid >= MAP_INTIDS)
		return;
	spin_lock(&d->lock);
	vgic_fold(v);
	vgic_deactivate(vgic_bank_of(v, word), vgic_bit(intid), word == 0 ? v->gic.held : 0);
	if (word == 0)
		vgic_private_changed(v, vgic_bit(intid), v);
	else
		vgic_spis_changed(v->vm, word - 1, vgic_bit(intid), v);
	spin_unlock(&d->lock);
}

void vgic_hw_ppi(struct vcpu *v, unsigned intid, bool line)
{
	struct vgic_bank *b = &v->gic.bank;
	uint32_t bit = vgic_bit(intid);

	spin_lock(&v->vm->gic.lock);
	/*
	 * If the guest has deactivated it in the list register, that was the previous one, not this
	 * one.
	 */
	if (b->lr & bit)
		vgic_fold(v);
	if (line) {
		v->gic.held |= bit;
		b->level |= bit;
	} else {
		b->level &= ~bit;
		if (!v->gic.loaded)
			v->gic.held &= ~bit;
	}
	if (v->gic.loaded)
		vgic_mark(v);
	spin_unlock(&v->vm->gic.lock);
}

bool vgic_hw_ppi_held(const struct vcpu *v, unsigned intid)
{
	return (v->gic.held & vgic_bit(intid)) != 0;
}

bool vgic_ppi_is_active(const struct vcpu *v, unsigned intid)
{
	return (v->gic.bank.active & vgic_bit(intid)) != 0;
}
