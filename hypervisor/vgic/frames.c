/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register frames: GICD, and for each vCPU GICR's RD and SGI frame (IHI 0069, 12.8 to 12.11).
 * Where the architecture leaves a choice, the guest sees what QEMU's virt shows.
 */
#include "mmio.h"
#include "vgic/state.h"

#define FRAME UINT64_C(0x10000)
enum frame { GICD, RD, SGI };

#define GICD_CTLR	  0x0000u
#define GICD_TYPER	  0x0004u
#define GICD_IIDR	  0x0008u
#define GICD_WORDS_END	  0x0080u /* from here on registers with a field for each interrupt */
#define FIELDS_END	  0x1000u /* end of these, as in a redistributor's SGI frame */
#define GICD_IROUTER	  0x6000u /* of INTID 0; reserved, as those up to 31 */
#define GICD_IROUTERS_END 0x8000u
#define GICR_CTLR	  0x0000u
#define GICR_IIDR	  0x0004u
#define GICR_TYPER	  0x0008u
#define GICR_WAKER	  0x0014u
#define GICR_LPIS	  0x0040u /* SETLPIR and others of 64 bits, not implemented */
#define GICR_LPIS_END	  0x0100u
#define ID_REGISTERS	  0xffd0u

#define IIDR_ARM 0x43bu

#define CTLR_GROUPS 0x3u
#define CTLR_ARE_DS 0x50u

#define ROUTE_AFFINITY UINT64_C(0xff00ffffff)

#define WAKER_SLEEP  0x2u /* ProcessorSleep */
#define WAKER_ASLEEP 0x4u /* ChildrenAsleep */

bool vgic_covers(const struct vm *vm, ipaddr_t ipa)
{
	return ipa.ipa - MAP_GICD_BASE < MAP_GICD_SIZE ||
	       ipa.ipa - MAP_GICR_BASE < vm->nvcpus * MAP_GICR_STRIDE;
}

/* PIDR and CIDR of a GICv3 by Arm. part: PIDR0. */
static uint32_t id_register(uint32_t offset, uint8_t part)
{
	static const uint8_t ids[] = {0x44, 0, 0, 0, 0, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1};
	uint32_t i = (offset - ID_REGISTERS) / 4;

	return i == 4 ? part : ids[i];
}

/* No 1-of-N, 10 bits of INTID, Aff3 is valid. */
static uint32_t gicd_typer(void)
{
	return 1u << 25 | 1u << 24 | 9u << 19 | (MAP_INTIDS / 32 - 1);
}

static __attribute__((noinline)) void write_gicd_ctlr(struct vcpu *self, uint32_t value)
{
	struct vm *vm = self->vm;
	struct vgic *d = &vm->gic;
	uint32_t old;

	spin_lock(&d->lock);
	old = d->ctlr;
	__atomic_store_n(&d->ctlr, value & CTLR_GROUPS, __ATOMIC_RELAXED);
	for (unsigned i = 0; old != d->ctlr && i < vm->nvcpus; i++) {
		vgic_mark(&vm->vcpus[i]);
		if (&vm->vcpus[i] != self)
			vcpu_wake(&vm->vcpus[i]);
	}
	spin_unlock(&d->lock);
}

/* The low and the high half may be accessed on their own. */
static __attribute__((noinline)) enum vgic_result access_route(struct vcpu *self, uint32_t offset,
							       struct mmio *m)
{
	struct vgic *d = &self->vm->gic;
	unsigned spi = (offset - GICD_IROUTER) / 8 - 32;
	uint64_t mask = m->size == 8 ? UINT64_MAX : UINT64_C(0xffffffff) << (offset & 4) * 8;
	uint64_t route;

	if (spi >= VGIC_SPIS) {
		m->value = 0;
		return VGIC_DONE;
	}
	spin_lock(&d->lock);
	route = (d->route[spi] & 0xffffff) | (uint64_t)(d->route[spi] >> 24) << 32;
	if (m->write) {
		route = (route & ~mask) | (m->value << (offset & 4) * 8 & mask & ROUTE_AFFINITY);
		d->route[spi] = (uint32_t)(route & 0xffffff) | (uint32_t)(route >> 32) << 24;
		vgic_spis_changed(self->vm, spi / 32, vgic_bit(spi), self);
	} else {
		m->value = (route & mask) >> (offset & 4) * 8;
	}
	spin_unlock(&d->lock);
	return VGIC_DONE;
}

/* Not 0, and different for each register of each frame, and for reads and writes. */
static uint32_t access_key(uint32_t frame, uint32_t offset, bool write)
{
	return frame << 16 | offset | (write ? 3 : 1);
}

/* The registers of 32 bits that have neither fields for interrupts nor routes. */
static void access_gicd_word(struct vcpu *self, uint32_t offset, struct mmio *m)
{
	if (m->write) {
		if (offset == GICD_CTLR)
			write_gicd_ctlr(self, (uint32_t)m->value);
		return;
	}
	if (offset == GICD_CTLR)
		m->value = __atomic_load_n(&self->vm->gic.ctlr, __ATOMIC_RELAXED) | CTLR_ARE_DS;
	else if (offset == GICD_TYPER)
		m->value = gicd_typer();
	else if (offset == GICD_IIDR)
		m->value = IIDR_ARM;
	else
		m->value = offset >= ID_REGISTERS ? id_register(offset, 0x92) : 0;
}

static bool has_route(uint32_t offset)
{
	return offset >= GICD_IROUTER && offset < GICD_IROUTERS_END;
}

static enum vgic_result access_gicd(struct vcpu *self, uint32_t offset, struct mmio *m)
{
	if (offset >= GICD_WORDS_END && offset < FIELDS_END)
		return vgic_reg_access(self, NULL, vgic_reg_at(offset), offset, m,
				       access_key(0, offset, m->write));
	if (m->ask)
		return VGIC_DONE;
	if (has_route(offset))
		return access_route(self, offset, m);
	access_gicd_word(self, offset, m);
	return VGIC_DONE;
}

static uint64_t read_rd(const struct vcpu *owner, uint32_t offset)
{
	bool last = owner->id + 1 == owner->vm->nvcpus;

	switch (offset) {
	case GICR_IIDR:
		return IIDR_ARM;
	case GICR_TYPER:
		return (uint64_t)owner->id << 32 | owner->id << 8 | (last ? 1u << 4 : 0);
	case GICR_TYPER + 4:
		return owner->id;
	case GICR_WAKER:
		return __atomic_load_n(&owner->gic.asleep, __ATOMIC_RELAXED)
			       ? WAKER_SLEEP | WAKER_ASLEEP
			       : 0;
	default: /* GICR_CTLR too: no LPIs, and writes take effect at once */
		return offset >= ID_REGISTERS ? id_register(offset, 0x93) : 0;
	}
}

static void access_rd(struct vcpu *owner, uint32_t offset, struct mmio *m)
{
	if (!m->write)
		m->value = read_rd(owner, offset) & (m->size == 8 ? UINT64_MAX : UINT32_MAX);
	else if (offset == GICR_WAKER)
		__atomic_store_n(&owner->gic.asleep, (m->value & WAKER_SLEEP) != 0,
				 __ATOMIC_RELAXED);
}

static enum vgic_result access_sgi_frame(struct vcpu *self, struct vcpu *owner, uint32_t offset,
					 struct mmio *m)
{
	enum vgic_reg reg = offset < FIELDS_END ? vgic_reg_at(offset) : REG_RAZ;

	/* As long as the timers' PPIs are not held, their state is in the timers. */
	if (self == owner && reg >= REG_ISENABLER && reg <= REG_ICACTIVER)
		vtimer_resync(self);
	return vgic_reg_access(self, owner, reg, offset, m,
			       access_key(owner->id + 1, offset, m->write));
}

/*
 * Registers have 32 bits, except for a few of 64. Those with a byte for each interrupt may be
 * accessed by bytes.
 */
static bool has_size(enum frame frame, uint32_t offset, unsigned size)
{
	switch (size) {
	case 4:
		return true;
	case 8:
		if (frame == RD)
			return offset == GICR_TYPER ||
			       (offset >= GICR_LPIS && offset < GICR_LPIS_END);
		return frame == GICD && has_route(offset);
	case 1:
		return frame != RD && offset < FIELDS_END &&
		       (vgic_reg_at(offset) == REG_IPRIORITYR ||
			vgic_reg_at(offset) == REG_ITARGETSR);
	default:
		return false;
	}
}

enum vgic_result vgic_mmio(struct vcpu *v, struct mmio *m)
{
	uint64_t offset = m->ipa.ipa - MAP_GICD_BASE;
	struct vcpu *owner;
	bool rd;

	if ((offset & (m->size - 1)) != 0)
		return VGIC_FAULT;
	if (offset < MAP_GICD_SIZE)
		return has_size(GICD, (uint32_t)offset, m->size)
			       ? access_gicd(v, (uint32_t)offset, m)
			       : VGIC_FAULT;
	if (!vgic_covers(v->vm, m->ipa))
		return VGIC_FAULT;
	offset = m->ipa.ipa - MAP_GICR_BASE;
	owner = &v->vm->vcpus[offset / MAP_GICR_STRIDE];
	rd = offset % MAP_GICR_STRIDE < FRAME;
	offset %= FRAME;
	if (!has_size(rd ? RD : SGI, (uint32_t)offset, m->size))
		return VGIC_FAULT;
	if (!rd)
		return access_sgi_frame(v, owner, (uint32_t)offset, m);
	if (!m->ask)
		access_rd(owner, (uint32_t)offset, m);
	return VGIC_DONE;
}
