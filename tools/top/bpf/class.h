/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_CLASS_H
#define TOOLS_TOP_BPF_CLASS_H

/* A part of the BPF program: the limits of the real-time and of the deadline class. */

/*
 * At each switch: note from when to when the real-time class is throttled on this CPU, as a cgroup
 * is. Linux sets the flag, and switches at once; it clears the flag, and switches back at once.
 */
static void note_realtime(struct top_ring *ring, const struct rq *rq, __u64 now)
{
	if (!ring->classes || !bpf_core_field_exists(rq->rt.rt_throttled))
		return;
	__u32 held = rq->rt.rt_throttled != 0;
	if (held == ring->held)
		return;
	struct top_throttles *throttles = throttles_of(TOP_REALTIME, (__u32)rq->cpu);
	ring->held = held;
	if (!throttles)
		return;
	if (held)
		throttle_add(throttles, now, TOP_OPEN, TOP_REALTIME);
	else
		throttles->throttle[(throttles->count - 1) % TOP_THROTTLES].end = now;
}

static bool is_used_up(const struct task_struct *task)
{
	return task->prio < MAX_DL_PRIO && BPF_CORE_READ_BITFIELD(task, dl.dl_throttled);
}

/*
 * A vCPU leaves its CPU. If it is of the deadline class and has used up its runtime, it gets more
 * at its next period; otherwise 0.
 */
static __u64 held_until(const struct task_struct *task)
{
	if (!is_used_up(task))
		return 0;
	return task->dl.deadline - task->dl.dl_deadline + task->dl.dl_period;
}

/* Charge the beginning of the wait, until the vCPU gets more runtime. */
static void charge_deadline(struct wait *wait, const struct top_vcpu *vcpu,
			    const struct task_struct *task)
{
	struct walk *walk = &wait->walk;
	__u64 until = vcpu->held_until;

	if (until > walk->to || is_used_up(task))
		until = walk->to;
	if (until <= walk->from)
		return;
	struct top_turn quota;

	/* For an initializer, the compiler would make a map. */
	__builtin_memset(&quota, 0, sizeof(quota));
	quota.pid = (__u32)TOP_DEADLINE;
	quota.task = TOP_DEADLINE;
	charge(walk, &quota, wait->counts, until - walk->from);
	walk->from = until;
}

#endif
