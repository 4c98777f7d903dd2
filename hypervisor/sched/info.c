/* SPDX-License-Identifier: BSD-2-Clause */
/* Initialization of the scheduler, and questions about it. */
#include "sched/impl.h"
#include "vm.h"

#define REFRESH_MS 90u /* R-34 asks for 100: the rest is for taking the interrupt */
#define SLACK_MS   10u
#define PERIOD_MS  100u
/*
 * Some fifty times what a switch costs. The vCPU that a woken vCPU has preempted is charged for the
 * switch back to it, so woken vCPUs must not cause switches more often than this.
 */
#define STAY_US 100u

struct sched sched;

void sched_init(unsigned ncpus, uint32_t cntfrq_hz, uint32_t timeslice_us, uint64_t now)
{
	uint64_t ms = (cntfrq_hz + 999u) / 1000u;

	sched = (struct sched){
		.slice = max_u64((uint64_t)cntfrq_hz * timeslice_us / 1000000u, 1),
		.stay = (uint64_t)cntfrq_hz * min_u64(STAY_US, timeslice_us / 2u) / 1000000u,
		.period = max_u64(cntfrq_hz / (1000u / PERIOD_MS), 1),
		.refresh = REFRESH_MS * ms,
		.slack = SLACK_MS * ms,
		.scale = max_u64((UINT64_C(1) << 34) / cntfrq_hz, 1),
		.freq = cntfrq_hz,
		.ncpus = (uint8_t)ncpus,
	};
	for (unsigned cpu = 0; cpu < ncpus; cpu++) {
		struct sched_cpu *c = &sched.cpu[cpu];

		c->id = (uint8_t)cpu;
		c->bit = (uint8_t)(1u << cpu);
		c->alarm = UINT64_MAX;
		c->books.begun = now;
		c->waiting = (struct sched_wait){&c->waiting, &c->waiting};
		sched_look_again(c);
	}
}

void sched_add(struct vcpu *v, uint32_t weight, uint32_t cap, uint8_t affinity, uint64_t now)
{
	spin_lock(&sched.lock);
	v->sched = (struct sched_vcpu){
		.ready = {.id = sched.nvcpus, .traits = affinity | weight_trait(weight)},
		.timer = {.id = sched.nvcpus, .traits = 1},
		.affinity = affinity,
		.weight = weight,
		.slice_vtime = max_u64(sched.slice * sched.scale / weight, 1),
		.cap_budget = UINT64_MAX,
		.cap_end = now + sched.period,
		.cpu = (uint8_t)__builtin_ctz(affinity),
	};
	/* A vCPU cannot use more than 100 anyway. */
	if (cap && cap < 100)
		v->sched.cap_budget = max_u64(sched.period * cap / 100, 1);
	pvtime_vcpu_init(&v->time, v->vm->dialect, sched.freq, now);
	sched.nvcpus++;
	if (sched.last_vcpu)
		sched.last_vcpu->sched.next = v;
	else
		sched.vcpus = v;
	sched.last_vcpu = v;
	spin_unlock(&sched.lock);
}

bool sched_is_off(struct vcpu *v)
{
	bool off;

	spin_lock(&sched.lock);
	off = state_of(v) == PVTIME_OFF && !__atomic_load_n(&v->sched.on_cpu, __ATOMIC_ACQUIRE);
	spin_unlock(&sched.lock);
	return off;
}

bool sched_all_paused(void)
{
	bool all = true;

	spin_lock(&sched.lock);
	for (struct vcpu *v = sched.vcpus; v; v = v->sched.next)
		all = all && (state_of(v) == PVTIME_PAUSED || state_of(v) == PVTIME_OFF);
	spin_unlock(&sched.lock);
	return all;
}

bool sched_wants_cpu(const struct vcpu *v)
{
	enum pvtime_state state = state_of(v); /* no lock: it may just have changed */

	return state == PVTIME_READY || state == PVTIME_RUNNING;
}

bool sched_vm_can_run(struct vm *vm)
{
	bool can = false;

	spin_lock(&sched.lock);
	for (unsigned i = 0; i < vm->nvcpus; i++) {
		const struct vcpu *v = &vm->vcpus[i];
		enum pvtime_state state = state_of(v);

		can = can || state == PVTIME_RUNNING || state == PVTIME_READY ||
		      v->sched.timer.queued;
	}
	spin_unlock(&sched.lock);
	return can;
}

void sched_ledger(struct vcpu *v, struct sched_ledger *copy)
{
	spin_lock(&sched.lock);
	copy->time = v->time;
	copy->switches = v->sched.switches;
	for (unsigned i = 0; i < PVTIME_STATES; i++)
		copy->past[i] = v->sched.past[i];
	spin_unlock(&sched.lock);
}

struct books sched_books(unsigned cpu)
{
	struct books copy;

	spin_lock(&sched.lock);
	copy = sched.cpu[cpu].books;
	copy.idle = __atomic_load_n(&sched.cpu[cpu].books.idle, __ATOMIC_RELAXED);
	spin_unlock(&sched.lock);
	return copy;
}
