/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_LEDGER_H
#define TOOLS_LAB_LEDGER_H

/* The hypervisor's ledger of every vCPU's time, as its records report it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "machine/map.h"
#include "pvtime/host.h"

struct ledger_vcpu {
	uint64_t ticks[PVTIME_STATES]; /* by enum pvtime_state */
	uint64_t elapsed;	       /* ticks since the VM's start or its last reset */
	uint64_t stolen_ns;
	uint64_t published_ns; /* what the guest's structure holds */
	uint64_t exits;
	uint64_t switches;
	uint64_t refused; /* writes to the structure */
	enum pvtime_state state;
	/* final: ticks since the lab was made, over all resets, loading included */
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

/* What has come of a VM by the time of the ledger. */
struct ledger_vm_life {
	enum ledger_end { LEDGER_RUNNING, LEDGER_OFF, LEDGER_STUCK } end;
	uint32_t resets;
};

/* Which VMs and vCPUs every ledger of a lab has. */
struct ledger_shape {
	/* what is published may lack some of what was stolen: KVM counts from PV_TIME_ST on */
	bool kvm;
	uint32_t vm_count;
	uint32_t vcpu_count;
	/* physical CPUs, 1 to MAP_MAX_PCPUS; 0: KVM's host keeps no books of them */
	uint32_t cpu_count;
	struct ledger_vm vms[MAP_MAX_VMS];
};

struct ledger {
	uint32_t cntfrq;   /* Hz, never 0 */
	uint64_t at;	   /* ticks since the guests' start */
	bool final;	   /* the last one, every vCPU paused */
	const char *ended; /* final: how the lab has ended (ended.h) */
	struct ledger_vm_life vms[MAP_MAX_VMS];
	struct ledger_vcpu vcpus[MAP_MAX_VCPUS];
	struct ledger_cpu cpus[MAP_MAX_PCPUS]; /* final */
};

/* Adds a VM to a shape that began zeroed. false: more VMs or vCPUs than machine/map.h allows. */
bool ledger_shape_add(struct ledger_shape *shape, const char *name, uint32_t vcpus,
		      bool stolen_time);

/*
 * Does the ledger add up? For every vCPU, without any tolerance: the states' ticks make the elapsed
 * ones; stolen is the time in READY in whole ns; the structure is never ahead
 * of it and, in the final ledger, equal to it (R-22; on KVM that is the guest's affair), or 0 where
 * stolen time is off. And for the final one the machine's books close: each physical CPU's
 * time is its vCPUs', the hypervisor's own and idle time; what all CPUs had for vCPUs is what all
 * vCPUs ran in all their lives; and no life is shorter than what has passed since the last reset.
 * If not, `why` (of `room` bytes) is told which vCPU and its numbers, on one line.
 */
bool ledger_holds(const struct ledger *ledger, const struct ledger_shape *shape, char *why,
		  size_t room);

/*
 * Has the guest written its structure? KVM, which allows it, publishes no more than was
 * stolen: what is more is not from KVM. What is less may be. The ledger is not touched by it, so it
 * holds.
 */
bool ledger_forged(const struct ledger_shape *shape, const struct ledger_vm *vm,
		   const struct ledger_vcpu *vcpu);

/* The ticks of all states; modulo 2^64. */
uint64_t ledger_sum(const uint64_t ticks[PVTIME_STATES]);

/* The ledger as JSON: one object, a newline after it, the shape that pvtime-json(5) gives. */
void ledger_print_json(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out);

/* The ledger as a table for people: seconds by state, exits and switches of each vCPU. */
void ledger_print_table(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out);

#endif
