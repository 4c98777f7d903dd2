/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_H
#define VGIC_H

/*
 * The guest's GICv3 (Arm IHI 0069): one distributor per VM, one redistributor and one set of list
 * registers per vCPU. Affinity routing always on, one security state (GICD_CTLR.DS = 1), both
 * groups, no ITS, no LPIs, 256 SPIs.
 *
 * Software keeps the state of an interrupt, guarded by vgic.lock, unless the interrupt is in a list
 * register of a loaded vCPU (vgic_bank.lr). Then the hardware has its state, and only the CPU that
 * loaded the vCPU can read it. That CPU "folds" the state back when it needs it, and in vgic_put().
 */
#include "spinlock.h"
#include "types.h"
#include "machine/map.h"

struct vm;
struct mmio;
struct vcpu;

#define VGIC_MAX_LRS   16u
#define VGIC_SPIS      (MAP_INTIDS - 32u)
#define VGIC_SPI_WORDS (VGIC_SPIS / 32u)
#define VGIC_HW_PPIS   ((1u << MAP_PPI_VTIMER) | (1u << MAP_PPI_PTIMER))

enum vgic_result {
	VGIC_DONE,
	/* Another CPU's list registers hold part of the answer: the guest repeats the access. */
	VGIC_RETRY,
	VGIC_FAULT, /* no such register, or not of this size: external abort */
};

/* 32 interrupts, one bit each. */
struct vgic_bank {
	uint32_t group; /* 1: group 1 */
	uint32_t enabled;
	uint32_t edge;
	uint32_t level; /* the input line is high */
	uint32_t latch; /* pending by an edge, an SGI or ISPENDR */
	uint32_t active;
	uint32_t lr; /* in a list register: latch and active are as of the last fold */
	/* Changes to interrupts in `lr`, which the next fold applies. */
	uint32_t again;	 /* became pending (again) */
	uint32_t drop;	 /* no longer pending, if it still was */
	uint32_t raise;	 /* active */
	uint32_t retire; /* no longer active */
};

/* A VM's part: the distributor. */
struct vgic {
	/* guards this and every vgic_vcpu of the VM, but for what is noted there */
	struct spinlock lock;
	uint32_t ctlr; /* GICD_CTLR.EnableGrp0 and 1: bit n is group n */
	uint8_t nlrs;  /* list registers of the hardware */
	uint8_t naprs; /* its active priority registers, of each group */
	uint8_t priority_bits;
	struct vgic_bank spi[VGIC_SPI_WORDS];
	uint8_t priority[VGIC_SPIS];
	uint8_t listed[VGIC_SPIS]; /* the vCPU whose `spis` it is in, or VGIC_NOBODY */
	uint32_t route[VGIC_SPIS]; /* Aff3.Aff2.Aff1.Aff0 */
};
#define VGIC_NOBODY 0xffu

/* A vCPU's part: its redistributor and CPU interface. */
struct vgic_vcpu {
	/*
	 * The list registers do not match the state: flush before entering the guest. Written under
	 * the lock; the run loop reads it without, after every exit. A CPU that sets it for a vCPU
	 * that may be in the guest calls vcpu_wake() for it afterwards.
	 */
	bool dirty;
	bool loaded;
	bool asleep;	   /* GICR_WAKER.ProcessorSleep; atomic, not under the lock */
	uint8_t used;	   /* list registers 0 to used-1 hold state that is not folded */
	uint8_t stale;	   /* list registers 0 to stale-1 are not zero in the hardware */
	uint8_t sync_from; /* vCPUs that wait for this vCPU's fold; see vgic/fields.c */
	struct vgic_sync {
		uint32_t key, value; /* the access (0: none), and the word that it writes */
		uint8_t wait;	     /* vCPUs that it waits for */
	} sync[2];     /* by bit 2 of the address, so that a pair of registers has both */
	uint32_t held; /* physical PPIs that are active on this CPU on behalf of this vCPU */
	struct vgic_bank bank;	       /* INTIDs 0 to 31 */
	uint32_t spis[VGIC_SPI_WORDS]; /* SPIs that are this vCPU's to take or to finish */
	uint8_t spi_words;	       /* bit n: spis[n] is not 0 */
	uint8_t priority[32];
	uint16_t lr[VGIC_MAX_LRS]; /* what was put into a list register: INTID and VGIC_LR_* */
	uint32_t hcr, vmcr;	   /* vmcr and apr are valid while not loaded */
	uint32_t apr[2][4];
};

/*
 * Power-on: reset the distributor, all redistributors and CPU interfaces; input lines are low.
 * vm->vcpus and nvcpus are set, no vCPU of the VM is loaded.
 */
void vgic_reset_vm(struct vm *vm);
/*
 * Reset of a PE (CPU_ON): its CPU interface. Its redistributor is not part of the PE and keeps its
 * state, which another vCPU may have set up before (as on QEMU). The vCPU is not loaded.
 */
void vgic_reset_vcpu(struct vcpu *v);

/*
 * Load the vCPU's state into this CPU's virtual interface, so that v is "loaded here"; and save it.
 * Load before the timers, which then make the physical PPI active if vgic_ppi_is_active() is true
 * or the timer's condition holds. Put before the timers, which then ask vgic_hw_ppi_held(). The
 * list registers are all 0 while no vCPU is loaded, from boot on. A vCPU that will not run for long
 * (OFF, say) must be put: others may wait for it to fold.
 */
void vgic_load(struct vcpu *v);
void vgic_put(struct vcpu *v);

/* Whether v needs vgic_flush() before it enters the guest. Needs no lock. */
static inline bool vgic_needs_flush(const struct vgic_vcpu *g)
{
	return __atomic_load_n(&g->dirty, __ATOMIC_ACQUIRE);
}
/*
 * Bring the list registers up to date, if they are not. Called before guest entry; v is loaded
 * here.
 */
void vgic_flush(struct vcpu *v);

/* The maintenance interrupt fired, v is loaded here. On return the cause is gone. */
void vgic_maintenance(struct vcpu *v);

/* Whether the VM has a GIC register frame at `ipa`. */
bool vgic_covers(const struct vm *vm, ipaddr_t ipa);
/*
 * A guest's access (mmio.h) within vgic_covers(); v is loaded here. VGIC_RETRY: the access was not
 * made, and the guest executes the instruction again. If both accesses of a pair were asked for and
 * both got VGIC_DONE, both can be made, provided that nothing else is done for v before.
 */
enum vgic_result vgic_mmio(struct vcpu *v, struct mmio *m);

/*
 * A write of ICC_SGI1R_EL1 (group 1: may signal SGIs of both groups, as DS is 1), ICC_SGI0R_EL1 or
 * ICC_ASGI1R_EL1 (group 0: may signal those of group 0). IHI 0069, 8.1.10.
 */
void vgic_sgi(struct vcpu *from, unsigned group, uint64_t sgir);
/* A write of ICC_DIR_EL1, which traps while ICC_CTLR_EL1.EOImode is 1; v is loaded here. */
void vgic_dir(struct vcpu *v, uint32_t intid);

/* A device's interrupt line; intid: 32 to MAP_INTIDS-1. The device's lock may be held. */
void vgic_set_spi(struct vm *vm, unsigned intid, bool high);

/*
 * The timers' PPIs (VGIC_HW_PPIS) are tied to the physical PPIs of the CPU that v is loaded on, by
 * list registers with HW = 1: when the guest deactivates its interrupt, the physical interrupt is
 * deactivated.
 *
 * line = true, v loaded here: the timer's condition holds, and the physical PPI *is active*: it
 * fired and only its priority was dropped, or gic_ppi_set_active() was called. line = false, v
 * loaded here: the condition no longer holds; the next flush deactivates the physical PPI, or the
 * guest does by deactivating its interrupt. line = false after vgic_put(): the caller has
 * deactivated the physical PPI. None of these changes the virtual active state.
 */
void vgic_hw_ppi(struct vcpu *v, unsigned intid, bool line);
/* After vgic_put(): whether the physical PPI is still active on this CPU, on behalf of v. */
bool vgic_hw_ppi_held(const struct vcpu *v, unsigned intid);
/*
 * Right after vgic_load(): whether the PPI is active in the guest, so that the physical PPI must
 * be, too.
 */
bool vgic_ppi_is_active(const struct vcpu *v, unsigned intid);
/*
 * Whether this PPI would be signalled to the PE if it became pending. This depends on its enable
 * bit, the groups, the priority mask and the running priority. v is loaded here or on no CPU. If
 * another vCPU changes any of these, vcpu_wake(v) is called.
 */
bool vgic_ppi_enabled(struct vcpu *v, unsigned intid);

/* Whether an interrupt is signalled to the PE, so that WFI ends. v is loaded here or on no CPU. */
bool vgic_can_wake(struct vcpu *v);

/*
 * Seams. vcpu_wake: an interrupt may be deliverable to v, or v must fold its list registers. Wake v
 * if it is blocked; make it leave the guest if it runs on another CPU. Called with vgic.lock held.
 */
void vcpu_wake(struct vcpu *v);
/*
 * The guest is about to look at the PPIs of v, which is loaded here. For each timer: if its
 * condition holds, call gic_ppi_set_active() and vgic_hw_ppi(true); if not, and it is held,
 * vgic_hw_ppi(false). Called without locks.
 */
void vtimer_resync(struct vcpu *v);

#endif
