/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_FAKE_H
#define VGIC_FAKE_H

/*
 * A board for the tests of hypervisor/vgic/: the virtual interface of some CPUs behind gich.h, with
 * a guest that acknowledges, ends and masks interrupts on it as IHI 0069, 6.2 and chapter 8 say;
 * and the run loop's part: exits, kicks, timers. Faults of the harness itself abort().
 */
#include "hypervisor/mmio.h"
#include "hypervisor/vgic/state.h"

#define FAKE_CPUS  3
#define FAKE_VCPUS 4

struct fake_cpu {
	uint64_t lr[VGIC_MAX_LRS], hcr, vmcr;
	uint32_t apr[2][4];
	uint32_t ppi_active; /* the physical PPIs */
	struct vcpu *loaded;
	bool kicked;
};

extern struct fake_cpu fake_cpus[FAKE_CPUS];
extern struct vm fake_vm;
extern struct vcpu fake_vcpus[FAKE_VCPUS];
extern unsigned fake_nlrs, fake_this_cpu;
extern unsigned fake_kicks[FAKE_VCPUS];	 /* vcpu_kick() calls */
extern uint32_t fake_timers[FAKE_VCPUS]; /* timers whose condition holds, as PPI bits */
extern unsigned fake_lr_writes, fake_maintenance;
/*
 * ICH_MISR_EL2 of all entries since fake_start(): a condition that holds then would end the stay
 * before the guest does anything.
 */
extern uint64_t fake_misr_at_entry;
extern bool fake_as_qemu; /* VGrp0D asks for group 1, as QEMU's does (seen in 7.2) */

/* A fresh VM, nothing loaded. */
void fake_start(unsigned nlrs);
/*
 * CPU `cpu` runs v from now on (it must run nowhere), or nothing (NULL); as run.c and dev/vtimer.c
 * do it.
 */
void fake_run(unsigned cpu, struct vcpu *v);
unsigned fake_cpu_of(const struct vcpu *v); /* FAKE_CPUS: none */
/* Into the guest of this CPU, as the run loop does after every exit. */
void fake_enter(struct vcpu *v);
/*
 * This CPU leaves its guest for whatever makes it (a kick, maintenance, a timer), and enters it
 * again.
 */
bool fake_exit_if_due(unsigned cpu);
void fake_settle(void); /* all of them, until nothing is due */

/* What the guest does on its CPU. INTID 1023: none. */
unsigned guest_hppi(unsigned cpu, unsigned group);
unsigned guest_ack(unsigned cpu, unsigned group);
void guest_eoi(unsigned cpu, unsigned group, unsigned intid);
void guest_dir(unsigned cpu, unsigned intid);
/*
 * A register access by the vCPU on `cpu`, repeated with everything settled between while it is
 * VGIC_RETRY.
 */
uint64_t guest_read(unsigned cpu, uint64_t address, unsigned size);
void guest_write(unsigned cpu, uint64_t address, unsigned size, uint64_t value);
/* A load of a pair of registers: made when both can be, as mmio.c does it. */
void guest_read_pair(unsigned cpu, uint64_t address, uint32_t value[2]);
extern unsigned guest_retries; /* of the last access */
/* The access itself, once. *value is untouched where it was not read. */
enum vgic_result fake_mmio(struct vcpu *v, uint64_t address, unsigned size, bool write,
			   uint64_t *value);

/* Frames, and a common start: everything enabled, priority 0xa0, group 1, unmasked. */
#define GICD(offset)	(MAP_GICD_BASE + (offset))
#define GICR(n, offset) (MAP_GICR_BASE + MAP_GICR_STRIDE * (uint64_t)(n) + (offset))
#define SGIS(n, offset) (GICR(n, offset) + 0x10000)
void guest_unmask(unsigned cpu);
void fake_configure(unsigned cpu);

#endif
