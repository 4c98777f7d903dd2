/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers with a field for each interrupt, in the distributor and in a redistributor's SGI
 * frame.
 *
 * The state of a pending or active interrupt may be in the list registers of another vCPU, loaded
 * on another CPU. Then a read, and a write that clears (so that the guest may rely on the effect),
 * takes two steps:
 * 1. The vCPU records the access in sync[], adds itself to the sync_from of each vCPU in question
 *    and each of these to `wait`, calls vcpu_wake() for them and returns VGIC_RETRY: the guest
 *    executes the instruction again. A write is noted for the list registers, and applied when they
 *    are folded.
 * 2. Each of the other vCPUs folds before it next enters the guest, or when it is put, and takes
 *    itself out of `wait`. When the access comes again and finds `wait` empty, it is made on what
 *    the folds have left in software, whatever has been put into list registers since.
 * So the access ends as soon as each of them has folded once. The value that is read was true at an
 * instant between the first try and the last. If the guest does not repeat the access (it took an
 * interrupt, whose handler accesses something else), the next access just replaces the record. A
 * write that clears is repeated by the last try: this can only clear what was set meanwhile, as if
 * the write had come a bit later. A write that sets must not be made twice; it is noted and does
 * not wait.
 *
 * Both accesses of a pair take step 1, each with a record of its own, before either is made
 * (mmio.c). If the first were made alone, it would have to wait again each time that the second has
 * to.
 */
#include "mmio.h"
#include "vgic/state.h"

enum vgic_reg vgic_reg_at(uint32_t offset)
{
	uint32_t slot = offset >> 7; /* 128 bytes hold one bit for each of 1024 interrupts */

	if (slot <= REG_ICACTIVER)
		return (enum vgic_reg)slot;
	return slot < 16   ? REG_IPRIORITYR
	       : slot < 24 ? REG_ITARGETSR
	       : slot < 26 ? REG_ICFGR
			   : REG_RAZ;
}

/* The 32 interrupts that an access is about. */
struct span {
	struct vcpu *owner; /* NULL: SPIs */
	struct vm *vm;
	unsigned word; /* of vgic.spi; 0 with an owner */
	struct vgic_bank *bank;
	uint8_t *priority;
};

/* False: this frame does not have these INTIDs. */
static bool find_span(struct span *s, const struct vcpu *self, struct vcpu *owner, uint32_t intid)
{
	struct vgic *d = &self->vm->gic;

	*s = (struct span){.owner = owner, .vm = self->vm};
	if (owner) {
		s->bank = &owner->gic.bank;
		s->priority = owner->gic.priority;
		return intid < 32;
	}
	if (intid < 32 || intid >= MAP_INTIDS)
		return false;
	s->word = intid / 32 - 1;
	s->bank = &d->spi[s->word];
	s->priority = &d->priority[s->word * 32];
	return true;
}

static void changed(const struct span *s, uint32_t bits, const struct vcpu *self)
{
	if (s->owner)
		vgic_private_changed(s->owner, bits, self);
	else
		vgic_spis_changed(s->vm, s->word, bits, self);
}

/*
 * Whether only v's CPU has the state of some of these interrupts of bank b. It has that of the
 * interrupts in its list registers. If active ones were left out, it also has the count of those
 * that the guest has deactivated.
 */
static bool knows(const struct vcpu *v, const struct vgic_bank *b, uint32_t bits)
{
	return v->gic.loaded &&
	       ((b->lr & bits) || ((v->gic.hcr & HCR_LRENPIE) && (b->active & bits)));
}

/* The vCPUs other than `self` for which knows() is true; bit n is vCPU n. */
static uint8_t holders(const struct span *s, uint32_t bits, const struct vcpu *self)
{
	const struct vgic_bank *b = s->bank;
	uint32_t mask = 0;

	if (s->owner)
		mask = knows(s->owner, b, bits) ? 1u << s->owner->id : 0;
	else
		for (bits &= b->lr | b->active; bits != 0; bits &= bits - 1) {
			uint8_t with =
				s->vm->gic.listed[s->word * 32 + (unsigned)__builtin_ctz(bits)];

			if (with != VGIC_NOBODY && knows(&s->vm->vcpus[with], b, bits & -bits))
				mask |= 1u << with;
		}
	return (uint8_t)(mask & ~(1u << self->id));
}

/* Step 1: the access waits until these vCPUs have folded. */
static void wait_for(struct vcpu *self, uint8_t mask, struct vgic_sync *sync, uint32_t key,
		     uint32_t value)
{
	*sync = (struct vgic_sync){.key = key, .value = value, .wait = mask};
	for (uint32_t m = mask; m != 0; m &= m - 1) {
		struct vcpu *to = &self->vm->vcpus[__builtin_ctz(m)];

		to->gic.sync_from |= (uint8_t)(1u << self->id);
		vgic_mark(to);
		vcpu_wake(to);
	}
}

static uint32_t read_bits(const struct span *s, enum vgic_reg reg)
{
	switch (reg) {
	case REG_IGROUPR:
		return s->bank->group;
	case REG_ISENABLER:
	case REG_ICENABLER:
		return s->bank->enabled;
	case REG_ISPENDR:
	case REG_ICPENDR:
		return vgic_pending(s->bank);
	default:
		return vgic_active(s->bank);
	}
}

static void write_bits(const struct span *s, enum vgic_reg reg, uint32_t bits,
		       const struct vcpu *self)
{
	struct vgic_bank *b = s->bank;
	uint32_t old;

	switch (reg) {
	case REG_IGROUPR:
		old = b->group;
		b->group = bits;
		bits ^= old;
		break;
	case REG_ISENABLER:
		bits &= ~b->enabled;
		b->enabled |= bits;
		break;
	case REG_ICENABLER:
		bits &= b->enabled;
		b->enabled &= ~bits;
		break;
	case REG_ISPENDR:
		vgic_make_pending(b, bits);
		break;
	case REG_ICPENDR:
		vgic_unpend(b, bits);
		break;
	case REG_ISACTIVER:
		vgic_activate(b, bits);
		break;
	default:
		vgic_deactivate(b, bits, s->owner ? s->owner->gic.held : 0);
		break;
	}
	changed(s, bits, self);
}

/*
 * Whether the access has to wait until other vCPUs have folded. If so, it has taken step 1. An
 * access that is only asked for gets a record in any case, so that it need not wait when it is
 * made.
 */
static bool must_wait(struct vcpu *self, const struct span *s, enum vgic_reg reg,
		      const struct mmio *m, uint32_t key)
{
	struct vgic_sync *sync = &self->gic.sync[m->ipa.ipa >> 2 & 1];
	uint32_t request = m->write ? (uint32_t)m->value : 0;
	uint8_t mask;

	if (sync->key == key && sync->value == request)
		return sync->wait != 0;
	mask = holders(s, m->write ? request : UINT32_MAX, self);
	if (mask == 0 && !m->ask)
		return false;
	if (m->write && mask != 0)
		write_bits(s, reg, request & s->bank->lr, self);
	wait_for(self, mask, sync, key, request);
	return mask != 0;
}

/* One bit for each interrupt. */
static enum vgic_result access_bits(struct vcpu *self, const struct span *s, enum vgic_reg reg,
				    struct mmio *m, uint32_t key)
{
	bool clears = reg == REG_ICENABLER || reg == REG_ICPENDR || reg == REG_ICACTIVER;

	if (reg >= REG_ISPENDR)
		vgic_fold(self);
	if ((m->write ? clears : reg >= REG_ISPENDR) && must_wait(self, s, reg, m, key))
		return VGIC_RETRY;
	if (m->ask)
		return VGIC_DONE;
	self->gic.sync[m->ipa.ipa >> 2 & 1].key = 0;
	if (m->write)
		write_bits(s, reg, (uint32_t)m->value, self);
	else
		m->value = read_bits(s, reg);
	return VGIC_DONE;
}

/* A byte for each interrupt. */
static void access_priority(const struct vcpu *self, const struct span *s, uint32_t intid,
			    struct mmio *m)
{
	uint8_t *p = &s->priority[intid % 32];
	uint8_t mask = (uint8_t)(0xff00u >> self->vm->gic.priority_bits);
	uint32_t bits = 0, result = 0;

	for (unsigned i = 0; i < m->size; i++) {
		uint8_t new = (uint8_t)(m->value >> (8 * i)) & mask;

		result |= (uint32_t)p[i] << (8 * i);
		if (m->write && new != p[i]) {
			p[i] = new;
			bits |= vgic_bit(intid + i);
		}
	}
	if (m->write)
		changed(s, bits, self);
	else
		m->value = result;
}

/* Two bits for each interrupt: 2 is edge-triggered. SGIs always are; the timers' PPIs never are. */
static void access_config(const struct vcpu *self, const struct span *s, uint32_t intid,
			  struct mmio *m)
{
	uint32_t fixed = s->owner ? 0xffff | VGIC_HW_PPIS : 0, bits = 0;
	unsigned first = intid % 32;

	if (!m->write) {
		m->value = 0;
		for (unsigned i = 0; i < 16; i++)
			m->value |= (s->bank->edge >> (first + i) & 1) << (2 * i + 1);
		return;
	}
	for (unsigned i = 0; i < 16; i++)
		bits |= (((uint32_t)m->value >> (2 * i + 1) & 1) ^
			 (s->bank->edge >> (first + i) & 1))
			<< (first + i);
	bits &= ~fixed;
	s->bank->edge ^= bits;
	changed(s, bits, self);
}

enum vgic_result vgic_reg_access(struct vcpu *self, struct vcpu *owner, enum vgic_reg reg,
				 uint32_t offset, struct mmio *m, uint32_t key)
{
	bool bits = reg != REG_IPRIORITYR && reg != REG_ICFGR;
	uint32_t intid = (offset & 0x7f) * 8;
	enum vgic_result result = VGIC_DONE;
	struct span s;

	if (m->ask && !bits)
		return VGIC_DONE;
	if (reg == REG_IPRIORITYR)
		intid = offset & 0x3ff;
	else if (reg == REG_ICFGR)
		intid = (offset & 0xff) * 4;
	if (reg == REG_NONE || reg == REG_ITARGETSR || reg == REG_RAZ ||
	    !find_span(&s, self, owner, intid)) {
		m->value = m->ask ? m->value : 0;
		return VGIC_DONE;
	}
	spin_lock(&self->vm->gic.lock);
	if (bits)
		result = access_bits(self, &s, reg, m, key);
	else if (reg == REG_IPRIORITYR)
		access_priority(self, &s, intid, m);
	else
		access_config(self, &s, intid, m);
	spin_unlock(&self->vm->gic.lock);
	return result;
}
