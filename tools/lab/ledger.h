/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_LEDGER_H
#define TOOLS_LAB_LEDGER_H

/* The hypervisor's ledger of every vCPU's time, read from its records. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "machine/map.h"
#include "pvtime/ledger.h"

struct ledger_vcpu {
	uint64_t ticks[PVTIME_STATES]; /* by enum pvtime_state */
	uint64_t elapsed;	       /* ticks since the VM's start or its last reset */
	uint64_t stolen_ns;
	uint64_t published_ns; /* what the guest's structure holds */
	uint64_t exits;
	uint64_t switches;
	uint64_t refused; /* writes to the structure */
	enum pvtime_state state;
	/* in the final ledger: ticks since the lab was made, over all resets, loading included */
	uint64_t life[PVTIME_STATES];
};

/* Where a physical CPU's time went since the lab was made, in ticks. */
struct ledger_cpu {
	uint64_t vcpus; /* to vCPUs */
	uint64_t own;	/* to the hypervisor */
	uint64_t idle;
	uint64_t elapsed;
};

/* One VM of the lab: its vCPUs are ledger.vcpus[first] to [first + vcpus - 1]. */
struct ledger_vm {
	const char *name;
	uint32_t vcpus;
	uint32_t first;
	bool stolen_time; /* false: denied by the administrator, nothing is published */
};

/* The state of a VM at the time of the ledger. */
struct ledger_vm_life {
	enum ledger_end { LEDGER_RUNNING, LEDGER_OFF, LEDGER_STUCK } end;
	uint32_t resets;
};

/* The VMs and vCPUs of every ledger of a lab. */
struct ledger_shape {
	/* the published time may be less than the stolen time: KVM counts from PV_TIME_ST on */
	bool kvm;
	uint32_t vm_count;
	uint32_t vcpu_count;
	/* physical CPUs, 1 to MAP_MAX_PCPUS; 0 on KVM, whose host keeps no books */
	uint32_t cpu_count;
	struct ledger_vm vms[MAP_MAX_VMS];
};

struct ledger {
	uint32_t cntfrq;   /* Hz, never 0 */
	uint64_t at;	   /* ticks since the guests' start */
	bool final;	   /* the last ledger; every vCPU is paused */
	const char *ended; /* why the lab ended (ended.h); NULL unless final */
	struct ledger_vm_life vms[MAP_MAX_VMS];
	struct ledger_vcpu vcpus[MAP_MAX_VCPUS];
	struct ledger_cpu cpus[MAP_MAX_PCPUS]; /* only in the final ledger */
};

/*
 * Add a VM to a shape, which was initialized to zero. false: more VMs or vCPUs than machine/map.h
 * allows.
 */
bool ledger_shape_add(struct ledger_shape *shape, const char *name, uint32_t vcpus,
		      bool stolen_time);

/*
 * Check that the ledger adds up, without any tolerance. For every vCPU: the sum of the states'
 * ticks is the elapsed ticks. The stolen time is the READY time in whole ns.
 * The published time never exceeds it, and equals it in the final ledger. If stolen time is
 * off, the published time is 0. On KVM the guest can write to its structure, so the
 * published time may be less even in the final ledger, and a larger value is not an error (see
 * ledger_forged()).
 *
 * In the final ledger the books of the physical CPUs must close, too: the time of each CPU is that
 * of its vCPUs, of the hypervisor and of idling. The time that all CPUs gave to vCPUs is the
 * RUNNING time of all vCPUs over all resets. In each state, a vCPU's time over all resets is at
 * least its time since the last reset.
 *
 * false: `why` (of `room` bytes) names the vCPU or CPU and its numbers, in one line.
 */
bool ledger_holds(const struct ledger *ledger, const struct ledger_shape *shape, char *why,
		  size_t room);

/*
 * Whether the guest has written to its structure, which KVM allows. KVM never publishes more
 * than the stolen time, so a larger value must come from the guest. A smaller value may come from
 * either. The ledger itself does not depend on the structure, so this is not an error in it.
 */
bool ledger_forged(const struct ledger_shape *shape, const struct ledger_vm *vm,
		   const struct ledger_vcpu *vcpu);

/* The names of the states, by enum pvtime_state. */
extern const char *const ledger_states[PVTIME_STATES];

/* The sum of the ticks of all states, modulo 2^64. */
uint64_t ledger_sum(const uint64_t ticks[PVTIME_STATES]);

/* Print the ledger as JSON: one object, as pvtime-json(5) describes it, and a newline. */
void ledger_print_json(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out);

/* Print the ledger as a table: seconds by state, exits and switches of each vCPU. */
void ledger_print_table(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out);

#endif
