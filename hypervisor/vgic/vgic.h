/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_H
#define VGIC_H

/*
 * The guest's GICv3 (Arm IHI 0069): one distributor per VM, one redistributor and one set of list
 * registers per vCPU. Affinity routing always on, one security state (GICD_CTLR.DS = 1), both
 * groups, no ITS, no LPIs, 256 SPIs.
 *
 * The state of an interrupt is in software, guarded by vgic.lock, but for those that are in a list
 * register of a loaded vCPU (vgic_bank.lr): of these the hardware has the truth, and only the CPU
 * that loaded the vCPU can read it. It "folds" it back when it must know, and at vgic_put.
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
	VGIC_RETRY, /* another CPU holds part of the answer in its list registers: run the
		       instruction again */
	VGIC_FAULT, /* no such register or a size it does not have: external abort */
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
	/* What has happened to those in `lr` meanwhile: applied by the next fold. */
	uint32_t again;	 /* became pending (again) */
	uint32_t drop;	 /* no longer pending, if it still was */
	uint32_t raise;	 /* active */
	uint32_t retire; /* no longer active */
};

/* A VM's part: the distributor. */
struct vgic {
	struct spinlock lock; /* guards this and every vgic_vcpu of the VM, but as said there */
	uint32_t ctlr;	      /* GICD_CTLR.EnableGrp0 and 1: bit n is group n */
	uint8_t nlrs;	      /* of the hardware: list registers, */
	uint8_t naprs;	      /* active priority registers of each group, */
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
	 * The list registers are not as the state wants them: flush before entering the guest.
	 * Written under the lock, read by the run loop without: who sets it for a vCPU that may be
	 * in the guest, kicks it afterwards, and the run loop reads it after every exit.
	 */
	bool dirty;
	bool loaded;
	bool asleep;	   /* GICR_WAKER.ProcessorSleep; atomic, not under the lock */
	uint8_t used;	   /* list registers 0 to used-1 hold state that is not folded, */
	uint8_t stale;	   /* and 0 to stale-1 are not zero in the hardware */
	uint8_t sync_from; /* vCPUs that wait for this one to fold; see vgic/fields.c */
	struct vgic_sync {
		uint32_t key, value; /* the access, 0: none; the word that it writes */
		uint8_t wait;	     /* vCPUs that it waits for */
	} sync[2];     /* by bit 2 of the address, so that a pair of registers has both */
	uint32_t held; /* physical PPIs that are active on this CPU on behalf of this vCPU */
	struct vgic_bank bank;	       /* INTIDs 0 to 31 */
	uint32_t spis[VGIC_SPI_WORDS]; /* SPIs that are this vCPU's to take or to finish */
	uint8_t spi_words;	       /* bit n: spis[n] is not 0 */
	uint8_t priority[32];
	uint16_t lr[VGIC_MAX_LRS]; /* what was put into a list register: INTID and VGIC_LR_* */
	uint32_t hcr, vmcr;	   /* vmcr and apr: while not loaded */
	uint32_t apr[2][4];
};

/*
 * Power-on: distributor, all redistributors and CPU interfaces; input lines low. vm->vcpus and
 * nvcpus are set, no vCPU of the VM is loaded.
 */
void vgic_reset_vm(struct vm *vm);
/*
 * The reset of a PE (CPU_ON): its CPU interface. Its redistributor is not the PE's and keeps its
 * state, which another vCPU may have set up before (as on QEMU). The vCPU is not loaded.
 */
void vgic_reset_vcpu(struct vcpu *v);

/*
 * This CPU's virtual interface gets the vCPU's state, which is then "loaded here"; or gives it
 * back. Load before the timers: these then make the physical PPI active where vgic_ppi_is_active()
 * says so or the timer's condition holds. Put before the timers, which then ask vgic_hw_ppi_held().
 * The list registers are all 0 while nothing is loaded: boot code begins with that. A vCPU that
 * will not run for long (OFF, say) must be put, or others may wait in vain for it to fold.
 */
void vgic_load(struct vcpu *v);
void vgic_put(struct vcpu *v);

/* Does v need vgic_flush() before it enters the guest? Needs no lock. */
static inline bool vgic_needs_flush(const struct vgic_vcpu *g)
{
	return __atomic_load_n(&g->dirty, __ATOMIC_ACQUIRE);
}
/* Bring the list registers up to date, where they are not. Before guest entry; v is loaded here. */
void vgic_flush(struct vcpu *v);

/* The maintenance interrupt fired, v is loaded here: its cause is gone on return. */
void vgic_maintenance(struct vcpu *v);

/* Is there a GIC register frame of the VM at `ipa`? */
bool vgic_covers(const struct vm *vm, ipaddr_t ipa);
/*
 * A guest's access (mmio.h) within vgic_covers(); v is loaded here. VGIC_RETRY: it has not been
 * made, the guest executes the instruction once more. VGIC_DONE for each of a pair that were asked
 * for: both can be made, where nothing else is done for v before.
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
 * The timers' PPIs (VGIC_HW_PPIS) are tied to the physical ones of the CPU that v is loaded on,
 * through list registers with HW = 1: the guest's deactivation deactivates the physical interrupt.
 *
 * line = true, v loaded here: the timer's condition holds, and the physical PPI *is active*: it
 * fired and had its priority dropped only, or gic_ppi_set_active() was called. line = false, v
 * loaded here: the condition no longer holds; the physical PPI is deactivated by the next flush, or
 * when the guest deactivates its interrupt. After vgic_put: the caller has deactivated it. Neither
 * changes the virtual active state.
 */
void vgic_hw_ppi(struct vcpu *v, unsigned intid, bool line);
/* After vgic_put: is the physical PPI still active on this CPU, on behalf of v? */
bool vgic_hw_ppi_held(const struct vcpu *v, unsigned intid);
/* Right after vgic_load: is the PPI active in the guest, so that the physical one must be too? */
bool vgic_ppi_is_active(const struct vcpu *v, unsigned intid);
/*
 * Would this PPI be signalled to the PE if it became pending: interrupt, groups, priority mask and
 * running priority? v is loaded here or nowhere. If another vCPU changes it, vcpu_kick(v) is
 * called.
 */
bool vgic_ppi_enabled(struct vcpu *v, unsigned intid);

/* Is an interrupt signalled to the PE, so that WFI ends? v is loaded here or nowhere. */
bool vgic_can_wake(struct vcpu *v);

/*
 * Seams. vcpu_kick: something may be deliverable to v, or v must let go of its list registers: wake
 * it if it is blocked, make it leave the guest if it runs on another CPU. Called with vgic.lock
 * held.
 */
void vcpu_kick(struct vcpu *v);
/*
 * The guest is about to look at v's PPIs, which is loaded here: for each timer, if its condition
 * holds, gic_ppi_set_active() and vgic_hw_ppi(true); if not and it is held, vgic_hw_ppi(false). No
 * locks held.
 */
void vtimer_resync(struct vcpu *v);

#endif
