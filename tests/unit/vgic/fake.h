/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_FAKE_H
#define VGIC_FAKE_H

/*
 * A board for the tests of hypervisor/vgic/: the virtual interface of some CPUs behind gich.h, with
 * a guest that acknowledges, ends and masks interrupts on it as in IHI 0069, 6.2 and chapter 8; and
 * the run loop's part: exits, kicks, timers. Errors of the harness itself abort().
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
extern unsigned fake_wakes[FAKE_VCPUS];	 /* vcpu_wake() calls */
extern uint32_t fake_timers[FAKE_VCPUS]; /* timers whose condition holds, as PPI bits */
extern unsigned fake_lr_writes, fake_maintenance;
/*
 * ICH_MISR_EL2 at all entries since fake_start(), ORed: a condition that holds at entry would make
 * the guest exit before it does anything.
 */
extern uint64_t fake_misr_at_entry;
extern bool
	fake_as_qemu; /* VGrp0D depends on the enable bit of group 1, as in QEMU (seen in 7.2) */

/* Start a fresh VM, of which no vCPU is loaded. */
void fake_start(unsigned nlrs);
/*
 * Switch CPU `cpu` to v, which must not run on another CPU, or to no vCPU (NULL), as run.c and
 * dev/vtimer.c do.
 */
void fake_run(unsigned cpu, struct vcpu *v);
unsigned fake_cpu_of(const struct vcpu *v); /* FAKE_CPUS: none */
/* Enter the guest of this CPU, as the run loop does after every exit. */
void fake_enter(struct vcpu *v);
/*
 * If something is due on this CPU (a kick, maintenance, a timer), it leaves its guest and enters it
 * again. Returns whether something was due.
 */
bool fake_exit_if_due(unsigned cpu);
void fake_settle(void); /* all CPUs, until nothing is due */

/* The guest's accesses to the CPU interface of `cpu`. INTID 1023: none. */
unsigned guest_hppi(unsigned cpu, unsigned group);
unsigned guest_ack(unsigned cpu, unsigned group);
void guest_eoi(unsigned cpu, unsigned group, unsigned intid);
void guest_dir(unsigned cpu, unsigned intid);
/*
 * A register access by the vCPU on `cpu`. As long as it returns VGIC_RETRY, all CPUs take what is
 * due, and it is repeated.
 */
uint64_t guest_read(unsigned cpu, uint64_t address, unsigned size);
void guest_write(unsigned cpu, uint64_t address, unsigned size, uint64_t value);
/* A load of two registers at once, made only when both can be read, as in mmio.c. */
void guest_read_pair(unsigned cpu, uint64_t address, uint32_t value[2]);
extern unsigned guest_retries; /* of the last access */
/* One attempt at the access. *value stays as it is where nothing was read. */
enum vgic_result fake_mmio(struct vcpu *v, uint64_t address, unsigned size, bool write,
			   uint64_t *value);

/* Addresses in the frames. The common start: all is enabled, priority 0xa0, group 1, unmasked. */
#define GICD(offset)	(MAP_GICD_BASE + (offset))
#define GICR(n, offset) (MAP_GICR_BASE + MAP_GICR_STRIDE * (uint64_t)(n) + (offset))
#define SGIS(n, offset) (GICR(n, offset) + 0x10000)
void guest_unmask(unsigned cpu);
void fake_configure(unsigned cpu);

#endif
