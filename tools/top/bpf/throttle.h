/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_THROTTLE_H
#define TOOLS_TOP_BPF_THROTTLE_H

/*
 * A part of the BPF program: when each cgroup with a vCPU was throttled on each CPU, because its
 * quota or that of one above it was used up. The scheduler's name for such a cgroup is task group.
 * `throttle_count` of its queue on a CPU is greater than 0 while it is throttled there.
 */

/* The task groups of vCPUs. The value means nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * TOP_VCPUS);
	__type(key, __u64);
	__type(value, __u32);
} groups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TOP_THROTTLED);
	__type(key, struct top_place);
	__type(value, struct top_throttles);
} throttled SEC(".maps");

/* Something was throttled since the program was attached; `throttled` had no room. */
__u32 throttled_any, throttled_full;

/* How often a vCPU has come to another group: user space must not forget one meanwhile. */
__u32 watched;

/* Whether the kernel has quotas at all. */
static bool has_quotas(const struct cfs_rq *queue)
{
	return bpf_core_field_exists(queue->throttle_count);
}

/*
 * The arguments of a function at its kprobe, on x86-64 or arm64. They are read by a helper, as the
 * kernel accepts no load from an address that the compiler has chosen between these two.
 */
static void *first_argument(const struct pt_regs *regs)
{
	const struct pt_regs___x86 *x86 = (const void *)regs;

	return (void *)(bpf_core_field_exists(x86->di) ? BPF_CORE_READ(x86, di)
						       : BPF_CORE_READ(regs, regs[0]));
}

static void *second_argument(const struct pt_regs *regs)
{
	const struct pt_regs___x86 *x86 = (const void *)regs;

	return (void *)(bpf_core_field_exists(x86->si) ? BPF_CORE_READ(x86, si)
						       : BPF_CORE_READ(regs, regs[1]));
}

#define TOP_OPEN (~0ull) /* the end of a throttle that has not ended */

/* One throttle less is kept than there is room for, as the oldest one may be written next. */
static bool is_kept(const struct top_throttles *throttles, __u64 index)
{
	return index < throttles->count && throttles->count - index < TOP_THROTTLES;
}

/* For the iterator on another CPU, the exchange orders the throttle before the count. */
static void throttle_add(struct top_throttles *throttles, __u64 begin, __u64 end, __u64 cgroup)
{
	__u64 count = throttles->count;
	struct top_throttle *throttle = &throttles->throttle[count % TOP_THROTTLES];

	throttle->begin = begin;
	throttle->end = end;
	throttle->cgroup = cgroup;
	__sync_lock_test_and_set(&throttles->count, count + 1);
}

/*
 * The queue of a task group on the CPU of `rq`. Kernels as old as 6.12 have an array of pointers to
 * a task group's queues. In others, such as 7.2, the queues are per-CPU data, at an offset that is
 * the same for all data of a CPU. The idle task shows it: its queue is the root's task group's.
 */
static struct cfs_rq *queue_of(struct task_group *group, struct rq *rq, int cpu)
{
	struct cfs_rq *base = (void *)BPF_CORE_READ(group, cfs_rq), *queue = NULL;

	if (bpf_core_field_exists(group->se)) {
		bpf_core_read(&queue, sizeof(queue), (struct cfs_rq **)base + cpu);
		return queue;
	}
	struct cfs_rq *idle = BPF_CORE_READ(rq, idle, se.cfs_rq);
	struct cfs_rq *idle_base = (void *)BPF_CORE_READ(idle, tg, cfs_rq);
	return (void *)((char *)base + ((char *)idle - (char *)idle_base));
}

static int count_of(struct task_group *group, struct rq *rq, int cpu)
{
	return BPF_CORE_READ(queue_of(group, rq, cpu), throttle_count);
}

/*
 * The ID of the cgroup whose quota throttles this task group: the topmost one that is throttled, as
 * the kernel goes down from it and has come here. (32 levels up, it is the ID of one below it.)
 */
static __u64 throttler_of(struct task_group *group, struct rq *rq, int cpu)
{
	for (int i = 0; i < 32; i++) {
		struct task_group *parent = BPF_CORE_READ(group, parent);

		if (!parent || count_of(parent, rq, cpu) == 0)
			break;
		group = parent;
	}
	return BPF_CORE_READ(group, css.cgroup, kn, id);
}

/* The throttles of a vCPU's task group, or of the real-time class, on this CPU, or NULL. */
static struct top_throttles *throttles_of(__u64 group, __u32 cpu)
{
	struct top_place place = {.group = group, .cpu = cpu};
	struct top_throttles *found;

	throttled_any = 1;
	if (!bpf_map_lookup_elem(&groups, &place.group))
		return NULL;
	found = bpf_map_lookup_elem(&throttled, &place);
	if (found)
		return found;
	/* Too large for the stack. No program writes it. */
	static const struct top_throttles none;
	if (bpf_map_update_elem(&throttled, &place, &none, BPF_NOEXIST) != 0)
		throttled_full = 1;
	return bpf_map_lookup_elem(&throttled, &place);
}

/*
 * A call of tg_throttle_down() or tg_unthrottle_up(), which are about to change throttle_count by
 * `change`. The run queue is locked, its clock is up to date, and nothing else writes these
 * throttles. Linux leaves out a kprobe while another BPF program interrupts it, or a system call
 * for BPF, so calls may have been missed; what is not known then has no cgroup.
 */
static void throttle_changes(struct task_group *group, struct rq *rq, int change)
{
	if (!has_quotas(NULL))
		return;
	int cpu = BPF_CORE_READ(rq, cpu);
	__u64 now = BPF_CORE_READ(rq, clock);
	struct top_throttles *throttles = throttles_of((__u64)group, (__u32)cpu);

	if (!throttles || count_of(group, rq, cpu) != (change > 0 ? 0 : 1))
		return;
	struct top_throttle *last = &throttles->throttle[(throttles->count - 1) % TOP_THROTTLES];
	bool any = throttles->count != 0;
	if (any && last->end == TOP_OPEN) {
		if (change > 0)
			last->cgroup = 0;
		last->end = now;
	} else if (change < 0) {
		throttle_add(throttles, any ? last->end : 0, now, 0);
	}
	if (change > 0)
		throttle_add(throttles, now, TOP_OPEN, throttler_of(group, rq, cpu));
}

static bool is_throttled(const struct cfs_rq *queue)
{
	return has_quotas(queue) && queue->throttle_count > 0;
}

/*
 * The iterator sees a vCPU for the first time, and its cgroup may be throttled already. If the
 * queue's own CPU notes a change at the same time, one of the two is lost like one that was missed.
 */
static void throttle_seen(struct cfs_rq *queue)
{
	if (!is_throttled(queue))
		return;
	struct rq *rq = queue->rq;
	struct top_throttles *throttles = throttles_of((__u64)queue->tg, (__u32)rq->cpu);
	if (throttles && throttles->count == 0)
		throttle_add(throttles, rq->clock, TOP_OPEN, throttler_of(queue->tg, rq, rq->cpu));
}

/* A vCPU of the real-time or the deadline class is followed: each CPU looks for their limits. */
__u32 class_any;

static long set_classes(const void *map, const __u32 *key, struct top_ring *ring, const void *ctx)
{
	(void)map;
	(void)key;
	(void)ctx;
	ring->classes = 1;
	return 0;
}

static void look_for_limits(void)
{
	if (__sync_val_compare_and_swap(&class_any, 0, 1) == 0)
		bpf_for_each_map_elem(&rings, set_classes, NULL, 0);
}

static bool is_realtime(const struct task_struct *task)
{
	return task->prio >= MAX_DL_PRIO && task->prio < MAX_RT_PRIO;
}

static __u64 fair_group_of(const struct cfs_rq *queue)
{
	return has_quotas(queue) ? (__u64)queue->tg : 0;
}

/* What throttles the task with others: its task group, the real-time class, or nothing. */
static __u64 group_of(const struct task_struct *task, const struct cfs_rq *queue)
{
	if (is_realtime(task))
		return TOP_REALTIME;
	return task->prio >= MAX_RT_PRIO ? fair_group_of(queue) : 0;
}

/*
 * Note the throttles of this task's group from now on. `*group` is the one whose throttles are
 * noted already, of the same vCPU. Returns whether that was another one.
 */
static bool watch(__u64 *group, const struct task_struct *task, const struct cfs_rq *queue)
{
	__u64 now = group_of(task, queue);
	bool moved = *group != now;
	__u32 value = 0;

	if (task->prio < MAX_RT_PRIO)
		look_for_limits();
	if (!moved)
		return 0;
	__sync_fetch_and_add(&watched, 1);
	if (bpf_map_update_elem(&groups, &now, &value, BPF_ANY) == 0)
		*group = now;
	return 1;
}

#endif
