/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_STATE_H
#define VGIC_STATE_H

/* What the files of vgic/ share. The caller holds vgic.lock for everything here. */
#include "gich.h"
#include "vcpu.h"
#include "vgic/vgic.h"
#include "vm.h"

/* ICH_LR<n>_EL2 */
#define LR_PENDING	BIT(62)
#define LR_ACTIVE	BIT(63)
#define LR_HW		BIT(61)
#define LR_GROUP1	BIT(60)
#define LR_EOI		BIT(41) /* HW = 0: maintenance interrupt when it becomes inactive */
#define LR_PRIO_SHIFT	48
#define LR_PINTID_SHIFT 32

/* ICH_HCR_EL2 */
#define HCR_EN		  (1u << 0)
#define HCR_LRENPIE	  (1u << 2) /* the guest deactivated an interrupt in no list register */
#define HCR_NPIE	  (1u << 3) /* no list register is pending */
#define HCR_VGRP0EIE	  (1u << 4) /* the guest has enabled group 0 */
#define HCR_VGRP0DIE	  (1u << 5) /* the guest has disabled group 0 */
#define HCR_VGRP1EIE	  (1u << 6)
#define HCR_VGRP1DIE	  (1u << 7)
#define HCR_TDIR	  (1u << 14)
#define HCR_EOICOUNT(hcr) ((unsigned)FIELD(hcr, 31, 27))

/* ICH_VMCR_EL2 */
#define VMCR_VENG0	 (1u << 0)
#define VMCR_VENG1	 (1u << 1)
#define VMCR_VFIQEN	 (1u << 3)
#define VMCR_VCBPR	 (1u << 4)
#define VMCR_VEOIM	 (1u << 9)
#define VMCR_VBPR1_SHIFT 18
#define VMCR_VBPR0_SHIFT 21
#define VMCR_VPMR_SHIFT	 24

/* vgic_vcpu.lr[]: what was put into a list register. */
#define VGIC_LR_INTID	0x3ffu
#define VGIC_LR_PENDING 0x4000u
#define VGIC_LR_HW	0x8000u

#define VGIC_NONE	 UINT32_MAX
#define VGIC_WORDS	 (1u + VGIC_SPI_WORDS)
#define VGIC_BOTH_GROUPS 3u

/* The 32 interrupts that word `word` of every bitmap stands for; word 0 is the vCPU's own. */
static inline struct vgic_bank *vgic_bank_of(struct vcpu *v, unsigned word)
{
	return word == 0 ? &v->gic.bank : &v->vm->gic.spi[word - 1];
}

static inline uint32_t vgic_bit(uint32_t intid)
{
	return 1u << (intid % 32);
}

static inline uint8_t vgic_priority(const struct vcpu *v, uint32_t intid)
{
	return intid < 32 ? v->gic.priority[intid] : v->vm->gic.priority[intid - 32];
}

/* Pending and active as the architecture defines them, as far as software can tell. */
static inline uint32_t vgic_pending(const struct vgic_bank *b)
{
	return (b->latch & ~b->drop) | b->again | (b->level & ~b->edge);
}

/* Interrupts that were changed while they were in a list register. */
static inline uint32_t vgic_touched(const struct vgic_bank *b)
{
	return b->again | b->drop | b->raise | b->retire;
}

static inline uint32_t vgic_active(const struct vgic_bank *b)
{
	return (b->active | b->raise) & ~b->retire;
}

/* Interrupts that the distributor forwards to a CPU interface when they are pending. */
static inline uint32_t vgic_forwarded(const struct vgic *d, const struct vgic_bank *b)
{
	uint32_t groups = (d->ctlr & 1 ? ~b->group : 0) | (d->ctlr & 2 ? b->group : 0);

	return b->enabled & groups;
}

static inline void vgic_mark(struct vcpu *v)
{
	__atomic_store_n(&v->gic.dirty, true, __ATOMIC_RELAXED);
}

/* vgic.c: changes of state, whether or not an interrupt is in a list register. */
void vgic_make_pending(struct vgic_bank *b, uint32_t bits);
void vgic_unpend(struct vgic_bank *b, uint32_t bits);
void vgic_activate(struct vgic_bank *b, uint32_t bits);
void vgic_deactivate(struct vgic_bank *b, uint32_t bits, uint32_t held);

/*
 * These interrupts have changed: make the vCPUs that they concern look again. `self` is the vCPU
 * loaded here that caused the change, and flushes anyway; NULL: none.
 */
void vgic_private_changed(struct vcpu *v, uint32_t bits, const struct vcpu *self);
void vgic_spis_changed(struct vm *vm, unsigned word, uint32_t bits, const struct vcpu *self);

/* The interrupts of `word` that v may have in a list register: pending and forwarded, or active. */
static inline uint32_t vgic_candidates(struct vcpu *v, unsigned word)
{
	const struct vgic_bank *b = vgic_bank_of(v, word);
	uint32_t pending = vgic_pending(b), bits = b->active;

	if (pending)
		bits |= pending & vgic_forwarded(&v->vm->gic, b);
	return word == 0 ? bits : bits & v->gic.spis[word - 1];
}

/*
 * vgic/signal.c. Of v's interrupts that are in no list register, the one of the highest priority:
 * among the active ones, or among those that are only pending, in `groups`. Returns priority << 16
 * | INTID; VGIC_NONE: none.
 */
uint32_t vgic_best(struct vcpu *v, bool active, unsigned groups);

/* Active priorities of both groups, of register n. v is loaded here or on no CPU. */
static inline uint32_t vgic_active_priorities(const struct vcpu *v, unsigned n)
{
	return v->gic.loaded ? gich_read_apr(0, n) | gich_read_apr(1, n)
			     : v->gic.apr[0][n] | v->gic.apr[1][n];
}

bool vgic_preempts(const struct vcpu *v, uint32_t vmcr, unsigned group, unsigned priority);

/*
 * Whether an interrupt of this group and priority would be signalled to the PE. v is loaded here or
 * on no CPU.
 */
static inline bool vgic_signals(const struct vcpu *v, unsigned group, unsigned priority)
{
	uint32_t vmcr = v->gic.loaded ? (uint32_t)gich_read_vmcr() : v->gic.vmcr;

	if (!(vmcr & (group ? VMCR_VENG1 : VMCR_VENG0)) || priority >= vmcr >> VMCR_VPMR_SHIFT)
		return false;
	if (v->vm->gic.naprs == 1 && vgic_active_priorities(v, 0) == 0)
		return true;
	return vgic_preempts(v, vmcr, group, priority);
}

/*
 * vgic/fold.c. v is loaded here. From then on, until it is flushed, all its interrupts are in
 * software.
 */
void vgic_fold_all(struct vcpu *v);
static inline void vgic_fold(struct vcpu *v)
{
	const struct vgic_vcpu *g = &v->gic;

	if (g->loaded && (g->used || g->sync_from || (g->hcr & HCR_LRENPIE)))
		vgic_fold_all(v);
}

/* vgic/fields.c: the registers with a field for each interrupt, by their offset's bits 11:7. */
enum vgic_reg {
	REG_NONE,
	REG_IGROUPR,
	REG_ISENABLER,
	REG_ICENABLER,
	REG_ISPENDR,
	REG_ICPENDR,
	REG_ISACTIVER,
	REG_ICACTIVER,
	REG_IPRIORITYR,
	REG_ITARGETSR,
	REG_ICFGR,
	REG_RAZ, /* 32 bits, reads 0: IGRPMODR, NSACR */
};
enum vgic_reg vgic_reg_at(uint32_t offset);
/*
 * An access to register `reg` at `offset` of the frame of `owner`'s redistributor, or of the
 * distributor (NULL). key: identifies the access among those of `self`; not 0.
 */
enum vgic_result vgic_reg_access(struct vcpu *self, struct vcpu *owner, enum vgic_reg reg,
				 uint32_t offset, struct mmio *m, uint32_t key);

#endif
