/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_TURNS_H
#define TOOLS_TOP_BPF_TURNS_H

/* A part of the BPF program: the ring of each CPU's last turns. */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the number of CPUs, which user space sets */
	__type(key, __u32);
	__type(value, struct top_ring);
} rings SEC(".maps");

static void turn_fill(struct top_turn *turn, struct task_struct *task)
{
	const __u64 *name = (const __u64 *)(const void *)task->comm;

	turn->pid = (__u32)task->pid;
	turn->tgid = task->flags & PF_KTHREAD ? 0 : (__u32)task->tgid;
	turn->cgroup = task->cgroups->dfl_cgrp->kn->id;
	*(__u64 *)(void *)&turn->name[0] = name[0];
	*(__u64 *)(void *)&turn->name[8] = name[1];
}

/*
 * The turn of `prev` ends. Before the first switch since the program was attached, `prev` has run
 * all the time.
 */
static void turn_end(struct top_ring *ring, struct task_struct *prev, __u64 now)
{
	struct top_turn *turn = &ring->turn[ring->last % TOP_TURNS];

	if (!ring->started) {
		turn_fill(turn, prev);
		ring->started = 1;
	}
	turn->end = now;
}

/* The exchange orders the turn before its number, for the iterator on another CPU. */
static void turn_begin(struct top_ring *ring, struct task_struct *next)
{
	__u64 last = ring->last + 1;

	turn_fill(&ring->turn[last % TOP_TURNS], next);
	__sync_lock_test_and_set(&ring->last, last);
}

#endif
