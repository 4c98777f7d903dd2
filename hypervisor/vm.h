/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VM_H
#define VM_H

/* A virtual machine: its vCPUs, its memory, its devices. */
#include "stage2.h"
#include "types.h"
#include "vcpu.h"
#include "vgic/vgic.h"
#include "dev/vrtc.h"
#include "dev/vuart.h"

#define VM_NAME_MAX 16

/* An image to copy into zeroed RAM at start and at every reset; `from` is the pristine copy. */
struct vm_segment {
	ipaddr_t to;
	paddr_t from;
	uint64_t size;
};
#define VM_MAX_SEGMENTS 16

enum vm_phase {
	VM_LOADING, /* the first vCPU's CPU zeroes RAM and copies the images, a piece at a time */
	VM_RUNNING,
	VM_STOPPING,  /* SYSTEM_OFF or SYSTEM_RESET: until every vCPU has left its CPU */
	VM_RESETTING, /* every vCPU has left its CPU; the devices are reset, then VM_LOADING */
	VM_OFF,	      /* final */
	VM_STUCK,     /* final: no vCPU can ever run again, and the guest did not call SYSTEM_OFF */
};

/* Phase changes of a VM that are not reported yet: bits of vm.news. */
#define VM_NEWS_RESET 1u
#define VM_NEWS_OFF   2u
#define VM_NEWS_STUCK 4u

struct vm {
	unsigned id;
	char name[VM_NAME_MAX];
	unsigned nvcpus;
	struct vcpu *vcpus; /* array */
	paddr_t ram;	    /* RAM at IPA MAP_RAM_BASE, contiguous */
	uint64_t ram_size;
	paddr_t pvtime; /* the stolen-time region, MAP_PVTIME_SIZE bytes; 0 if stolen time is off */
	enum pvtime_dialect dialect;
	uint64_t entry, x0; /* of the first vCPU */
	bool big_endian;    /* the first vCPU starts big-endian: a big-endian ELF */
	struct vm_segment segments[VM_MAX_SEGMENTS];
	unsigned nsegments;
	bool has_input; /* the host's terminal may type at its console, which could wake it */
	struct stage2 s2;
	struct vgic gic;
	struct vuart uart;
	struct vrtc rtc;

	struct spinlock lock; /* guards the fields below, and the vCPUs' `entry` */
	enum vm_phase phase;
	bool resetting;	    /* VM_STOPPING ends in VM_RESETTING instead of VM_OFF */
	uint64_t load_done; /* VM_LOADING: bytes zeroed and copied so far */
	bool noticed; /* it has printed, or asked for power-off or reset: the user can see that */
	bool told_nowhere; /* its first access to an address where nothing is was reported */
	uint8_t news;	   /* VM_NEWS_*: set with the phase, taken by records.c without the lock */
	/* the vCPU whose stage 1 translations the TLB of each CPU may hold */
	struct vcpu *last_on_cpu[MAP_MAX_PCPUS];
};

/*
 * Build the VM's memory, devices and vCPUs from its description; its vCPUs are OFF. Called at boot.
 * NULL, or what is missing.
 */
const char *vm_create(struct vm *vm);
/*
 * Power the VM on: VM_LOADING begins. Called at boot, after every vCPU was added to the scheduler,
 * and at a reset.
 */
void vm_start(struct vm *vm);
/*
 * Do one piece of VM_LOADING, some hundred microseconds. v is the first vCPU, loaded. The last
 * piece calls lab_vm_loaded().
 */
void vm_load_step(struct vcpu *v);
/*
 * VM_LOADING is over, VM_RUNNING begins, and so do the ledgers, at `now`. The first vCPU is
 * RUNNING, or lab_vm_loaded() has blocked it.
 */
void vm_run(struct vm *vm, uint64_t now);

/* v, loaded, waits until an interrupt comes (WFI, CPU_SUSPEND). */
void vm_wait_for_interrupt(struct vcpu *v);
/* v, loaded, powers itself off (CPU_OFF). */
void vm_cpu_off(struct vcpu *v);
/* One of its vCPUs has called SYSTEM_OFF or SYSTEM_RESET. */
void vm_stop(struct vm *vm, bool reset);
/*
 * A CPU has saved and released v, and continues with `next` (NULL: no vCPU). The last vCPU that
 * leaves a VM in VM_STOPPING ends it, or starts it again. A vCPU that waits or is off may have been
 * the last that could run: then VM_STUCK follows.
 */
void vm_left_cpu(struct vcpu *v, const struct vcpu *next);

#endif
