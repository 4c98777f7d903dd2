/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include "tools/lab/ledger.h"

const char *const ledger_states[PVTIME_STATES] = {
	[PVTIME_OFF] = "off",	      [PVTIME_BLOCKED] = "blocked", [PVTIME_READY] = "ready",
	[PVTIME_RUNNING] = "running", [PVTIME_PAUSED] = "paused",
};

bool ledger_shape_add(struct ledger_shape *shape, const char *name, uint32_t vcpus,
		      bool stolen_time)
{
	if (shape->vm_count >= MAP_MAX_VMS || vcpus > MAP_MAX_VCPUS - shape->vcpu_count)
		return false;
	shape->vms[shape->vm_count++] = (struct ledger_vm){
		.name = name,
		.vcpus = vcpus,
		.first = shape->vcpu_count,
		.stolen_time = stolen_time,
	};
	shape->vcpu_count += vcpus;
	return true;
}

/* Also false if the sum overflows 64 bits. */
static bool adds_up(const struct ledger_vcpu *vcpu)
{
	uint64_t sum = 0;

	for (int state = 0; state < PVTIME_STATES; state++)
		if (__builtin_add_overflow(sum, vcpu->ticks[state], &sum))
			return false;
	return sum == vcpu->elapsed;
}

bool ledger_forged(const struct ledger_shape *shape, const struct ledger_vm *vm,
		   const struct ledger_vcpu *vcpu)
{
	return shape->kvm && vm->stolen_time && vcpu->published_ns > vcpu->stolen_ns;
}

/* Whether the structure holds the right value; `due` is the stolen time, or 0. */
static bool published_holds(const struct ledger *ledger, const struct ledger_shape *shape,
			    const struct ledger_vm *vm, const struct ledger_vcpu *vcpu,
			    uint64_t due)
{
	if (shape->kvm)
		return vcpu->published_ns <= due || ledger_forged(shape, vm, vcpu);
	return ledger->final ? vcpu->published_ns == due : vcpu->published_ns <= due;
}

static bool vcpu_holds(const struct ledger *ledger, const struct ledger_shape *shape,
		       const struct ledger_vm *vm, uint32_t id, char *why, size_t room)
{
	const struct ledger_vcpu *vcpu = &ledger->vcpus[vm->first + id];
	const uint64_t *ticks = vcpu->ticks;

	if (!adds_up(vcpu)) {
		snprintf(
			why, room,
			"vCPU %s/%u: running %ju + ready %ju + blocked %ju + off %ju + paused %ju ticks are not the elapsed %ju",
			vm->name, id, (uintmax_t)ticks[PVTIME_RUNNING],
			(uintmax_t)ticks[PVTIME_READY], (uintmax_t)ticks[PVTIME_BLOCKED],
			(uintmax_t)ticks[PVTIME_OFF], (uintmax_t)ticks[PVTIME_PAUSED],
			(uintmax_t)vcpu->elapsed);
		return false;
	}
	uint64_t stolen_ns = pvtime_ticks_to_ns(ticks[PVTIME_READY], ledger->cntfrq);
	if (vcpu->stolen_ns != stolen_ns) {
		snprintf(why, room,
			 "vCPU %s/%u: stolen %ju ns, but ready %ju ticks of %u Hz are %ju ns",
			 vm->name, id, (uintmax_t)vcpu->stolen_ns, (uintmax_t)ticks[PVTIME_READY],
			 ledger->cntfrq, (uintmax_t)stolen_ns);
		return false;
	}
	uint64_t due = vm->stolen_time ? stolen_ns : 0;
	if (!published_holds(ledger, shape, vm, vcpu, due)) {
		snprintf(why, room, "vCPU %s/%u: published %ju ns, but %s is %ju ns", vm->name, id,
			 (uintmax_t)vcpu->published_ns,
			 vm->stolen_time ? "stolen" : "stolen time is off, and the limit",
			 (uintmax_t)due);
		return false;
	}
	return true;
}

uint64_t ledger_sum(const uint64_t ticks[PVTIME_STATES])
{
	uint64_t all = 0;

	for (int state = 0; state < PVTIME_STATES; state++)
		all += ticks[state];
	return all;
}

static bool cpus_close(const struct ledger *ledger, const struct ledger_shape *shape, char *why,
		       size_t room)
{
	for (uint32_t i = 0; i < shape->cpu_count; i++) {
		const struct ledger_cpu *cpu = &ledger->cpus[i];

		if (cpu->vcpus + cpu->own + cpu->idle == cpu->elapsed)
			continue;
		snprintf(
			why, room,
			"physical CPU %u: vCPUs %ju + own %ju + idle %ju ticks are not the elapsed %ju",
			i, (uintmax_t)cpu->vcpus, (uintmax_t)cpu->own, (uintmax_t)cpu->idle,
			(uintmax_t)cpu->elapsed);
		return false;
	}
	return true;
}

/*
 * Compare the time that all vCPUs ran over all resets with the time that the physical CPUs gave to
 * vCPUs.
 */
static bool lives_close(const struct ledger *ledger, const struct ledger_shape *shape, char *why,
			size_t room)
{
	uint64_t ran = 0, given = 0;

	for (uint32_t i = 0; i < shape->vcpu_count; i++)
		ran += ledger->vcpus[i].life[PVTIME_RUNNING];
	for (uint32_t i = 0; i < shape->cpu_count; i++)
		given += ledger->cpus[i].vcpus;
	if (ran != given)
		snprintf(
			why, room,
			"all vCPUs ran %ju ticks since the lab was made, but the physical CPUs gave them %ju",
			(uintmax_t)ran, (uintmax_t)given);
	return ran == given;
}

/* In each state, the time over all resets is at least the time since the last reset. */
static bool life_holds(const struct ledger_vcpu *vcpu, const struct ledger_vm *vm, uint32_t id,
		       char *why, size_t room)
{
	for (int state = 0; state < PVTIME_STATES; state++) {
		if (vcpu->life[state] >= vcpu->ticks[state])
			continue;
		snprintf(
			why, room,
			"vCPU %s/%u: %ju ticks %s over all resets are less than the %ju since its VM's last reset",
			vm->name, id, (uintmax_t)vcpu->life[state], ledger_states[state],
			(uintmax_t)vcpu->ticks[state]);
		return false;
	}
	return true;
}

bool ledger_holds(const struct ledger *ledger, const struct ledger_shape *shape, char *why,
		  size_t room)
{
	bool books = ledger->final && shape->cpu_count > 0;

	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++)
			if (!vcpu_holds(ledger, shape, vm, id, why, room) ||
			    (books &&
			     !life_holds(&ledger->vcpus[vm->first + id], vm, id, why, room)))
				return false;
	}
	return !books ||
	       (cpus_close(ledger, shape, why, room) && lives_close(ledger, shape, why, room));
}
