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

static __always_inline void turn_fill(struct top_turn *turn, const struct task_struct *task)
{
	turn->task = (__u64)task;
	turn->pid = (__u32)task->pid;
}

/* Before the first switch since the program was attached, `prev` has run all the time. */
static void turn_first(struct top_ring *ring, const struct task_struct *prev)
{
	if (ring->count != 0)
		return;
	turn_fill(&ring->turn[0], prev);
	ring->count = 1;
}

/* The exchange orders the turn before its number, for the iterator on another CPU. */
static __always_inline void turn_begin(struct top_ring *ring, const struct task_struct *next,
				       __u64 now)
{
	__u64 count = ring->count;
	struct top_ring *same = ring;

	/* The compiler would copy the address at the beginning of the program, and keep both. */
	asm volatile("" : "+r"(same));
	struct top_turn *turn = &same->turn[count % TOP_TURNS];
	turn->begin = now;
	turn_fill(turn, next);
	__sync_lock_test_and_set(&ring->count, count + 1);
}

#endif
