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
	VM_RESETTING, /* every vCPU has, and the devices are reset; then LOADING */
	VM_OFF,	      /* for good */
	VM_STUCK,     /* for good: nothing can run it again, and it did not say SYSTEM_OFF */
};

/* What has come of a VM since that was last reported: bits of vm.news. */
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
	paddr_t pvtime; /* the stolen-time region, MAP_PVTIME_SIZE bytes; 0 where it is off */
	enum pvtime_dialect dialect;
	uint64_t entry, x0; /* of the first vCPU */
	bool big_endian;    /* it starts so: a big-endian ELF */
	struct vm_segment segments[VM_MAX_SEGMENTS];
	unsigned nsegments;
	bool has_input; /* the host's terminal may type at its console: somebody could wake it */
	struct stage2 s2;
	struct vgic gic;
	struct vuart uart;
	struct vrtc rtc;

	struct spinlock lock; /* guards what follows, and the vCPUs' `entry` */
	enum vm_phase phase;
	bool resetting;	    /* STOPPING ends in RESETTING instead of OFF */
	uint64_t load_done; /* LOADING: bytes zeroed and copied so far */
	bool noticed; /* it has printed, or asked for a reset: something that somebody can see */
	bool told_nowhere; /* that it has accessed an address where nothing is: once */
	uint8_t news;	   /* VM_NEWS_*: set with the phase, taken by records.c without the lock */
	struct vcpu
		*last_on_cpu[MAP_MAX_PCPUS]; /* whose stage 1 translations a CPU's TLB may hold */
};

/*
 * Build the VM's memory, devices and vCPUs from its description; its vCPUs are in state OFF. Boot.
 * NULL, or what is missing.
 */
const char *vm_create(struct vm *vm);
/* Switch it on: LOADING begins. Boot, after every vCPU was added to the scheduler. */
void vm_start(struct vm *vm);
/*
 * One piece of LOADING, some hundred microseconds; v is the first vCPU, loaded. The last calls
 * lab_vm_loaded().
 */
void vm_load_step(struct vcpu *v);
/*
 * LOADING is over: RUNNING, and the ledgers begin at `now`. The first vCPU is RUNNING, or blocked
 * by lab_vm_loaded().
 */
void vm_run(struct vm *vm, uint64_t now);

/* v, loaded, has nothing to do until an interrupt comes (WFI, CPU_SUSPEND). */
void vm_wait_for_interrupt(struct vcpu *v);
/* v, loaded, goes off (CPU_OFF). */
void vm_cpu_off(struct vcpu *v);
/* SYSTEM_OFF or SYSTEM_RESET, from one of its vCPUs. */
void vm_stop(struct vm *vm, bool reset);
/*
 * A CPU has saved and released v, and goes on with `next` (NULL: nobody). The last vCPU of a
 * STOPPING VM ends it, or starts it afresh; one that waits or is off may have been the last that
 * could run.
 */
void vm_left_cpu(struct vcpu *v, const struct vcpu *next);

#endif
