/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The program of `pvtime top` in the kernel: it charges the time of each vCPU's thread, and each
 * wait to those that ran meanwhile. DESIGN.md ("pvtime top") explains it.
 *
 * The tracepoints are reached with the run queue's lock held and its clock up to date, before
 * Linux updates the thread's sched_info. (A migration of a thread that does not wait has no such
 * lock, and charges nothing.)
 */
#include "tools/top/bpf/kernel.h"
#include "tools/top/bpf/counts.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "tools/top/bpf/turns.h"
#include "tools/top/bpf/throttle.h"
#include "tools/top/bpf/vcpus.h"
#include "tools/top/bpf/charge.h"
#include "tools/top/bpf/class.h"
#include "tools/top/bpf/interrupts.h"

char licence[] SEC("license") = "Dual BSD/GPL";

/* No program uses these maps: see wait_for_programs() in load.c. */
struct nothing {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} nothing SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct nothing);
} barrier SEC(".maps");

/* Follow this thread from now on. `closed` as in struct top_vcpu. */
static void mark(struct task_struct *task, __u64 closed)
{
	struct top_vcpu fields = {
		.closed = closed,
		.delay = task->sched_info.run_delay,
		.held_until = held_until(task),
		.tgid = (__u32)task->tgid,
		.cpu = (__u32)task->se.cfs_rq->rq->cpu,
	};

	watch(&fields.group, task, task->se.cfs_rq);
	add_vcpu((__u32)task->pid, &fields);
}

/* A vCPU leaves its CPU: charge its run, which began at the last close. */
static __always_inline void close_run(__u32 place, const struct task_struct *task, __u64 now)
{
	struct top_vcpu *vcpu = vcpu_at(place);
	__u64 from = __sync_lock_test_and_set(&vcpu->closed, now << 1) >> 1;

	if (class_any)
		vcpu->held_until = held_until(task);
	if (now > from)
		__sync_fetch_and_add(&vcpu->run[epoch & 1], now - from);
}

/* A thread leaves its CPU that may be a vCPU's, but was not when it got the CPU. */
static __noinline void leave(struct top_ring *ring, struct task_struct *task, __u64 now)
{
	__u32 place = find_vcpu((__u32)task->pid);

	if (place & TOP_FOUND)
		close_run(place, task, now);
	else if (task->preempt_notifiers.first)
		mark(task, now << 1);
	turn_first(ring, task);
}

/*
 * Charge what a limit of the deadline class held, which is the beginning of the wait. Find the
 * throttles that overlap the wait in this queue, and charge the end of it as unknown where
 * their history is: since the task moved to another cgroup, for lack of room, or if a beginning was
 * missed. wait->to has been read from the clock before.
 */
static void find_limits(struct wait *wait, struct top_vcpu *vcpu, const struct task_struct *task,
			struct cfs_rq *queue, __u32 cpu)
{
	charge_deadline(wait, vcpu, task);
	bool realtime = is_realtime(task);
	bool moved = watch(&vcpu->group, task, queue), now = !realtime && is_throttled(queue);
	struct top_place place = {.group = vcpu->group, .cpu = cpu};
	struct walk *walk = &wait->walk;
	__u64 known = walk->from;

	if ((!throttled_any && !now) || task->prio < MAX_DL_PRIO)
		return;
	struct top_throttles *throttles = bpf_map_lookup_elem(&throttled, &place);
	if (throttles && throttles->count != 0 && !moved) {
		__u64 end = throttles->throttle[(throttles->count - 1) % TOP_THROTTLES].end;

		if (end > known) {
			known = end;
			wait->throttles = throttles;
			walk->throttle = throttles->count;
			walk->stale = !now && !realtime;
		}
	}
	if ((moved || now || (!throttles && throttled_full)) && known < walk->to) {
		__sync_fetch_and_add(&wait->counts->unknown, walk->to - known);
		walk->to = known;
	}
}

/*
 * A wait ends at `now` in this queue; it began at `queued`, and `delay` is what run_delay will be,
 * or is. Charge what the iterator has not charged yet.
 */
static __always_inline void close_wait(__u32 place, struct task_struct *task, struct cfs_rq *queue,
				       __u32 cpu, struct top_ring *ring, __u64 queued, __u64 now,
				       __u64 delay)
{
	struct top_vcpu *vcpu = vcpu_at(place);
	struct wait wait;
	struct walk *walk = &wait.walk;

	/* The compiler would work out the address at each use. */
	asm volatile("" : "+r"(vcpu));
	wait.ring = ring;
	begin_walk(&wait, place, vcpu, queued, now);
	__u64 old = __sync_lock_test_and_set(&vcpu->closed, now << 1);
	if ((old & 1) && old >> 1 > queued)
		walk->from = old >> 1;
	__u64 grown = delay - vcpu->delay;
	vcpu->delay = delay;
	vcpu->cpu = cpu;
	if (!wait.counts)
		return;
	__sync_fetch_and_add(&wait.counts->stolen, grown - (walk->from - queued));
	if (grown > now - queued)
		__sync_fetch_and_add(&wait.counts->unfollowed, grown - (now - queued));
	if (throttled_any || task->prio < MAX_RT_PRIO || is_throttled(queue) ||
	    vcpu->group != group_of(task, queue))
		find_limits(&wait, vcpu, task, queue, cpu);
	walk_back(&wait);
}

SEC("tp_btf/sched_switch")
int on_switch(const __u64 *arg)
{
	struct task_struct *prev = (void *)arg[1], *next = (void *)arg[2];
	/* Both tasks are of this CPU, and so is the queue in which Linux would put them. */
	struct rq *rq = prev->se.cfs_rq->rq;
	__u32 cpu = (__u32)rq->cpu;
	__u64 now = rq->clock;
	struct top_ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	if (!ring)
		return 0;
	note_realtime(ring, rq, cpu, now);
	__u32 place = ring->place;
	if (place & TOP_FOUND)
		close_run(place, prev, now);
	else if (place != TOP_NOBODY || prev->preempt_notifiers.first)
		leave(ring, prev, now);
	place = find_vcpu((__u32)next->pid);
	ring->place = place;
	if (place & TOP_FOUND) {
		__u64 queued = next->sched_info.last_queued;

		close_wait(place, next, next->se.cfs_rq, cpu, ring, queued ? queued : now, now,
			   next->sched_info.run_delay + (queued ? now - queued : 0));
	}
	turn_begin(ring, next, now);
	return 0;
}

/*
 * If the thread waited, it has been dequeued from the old CPU, by which run_delay has grown; the
 * old run queue is still locked.
 */
SEC("tp_btf/sched_migrate_task")
int on_migrate(const __u64 *arg)
{
	struct task_struct *task = (void *)arg[0];
	__u32 place = find_vcpu((__u32)task->pid);
	__u64 delay = task->sched_info.run_delay;

	if (!(place & TOP_FOUND) || delay == vcpu_at(place)->delay)
		return 0;
	struct cfs_rq *queue = task->se.cfs_rq;
	__u64 now = queue->rq->clock;
	__u32 cpu = (__u32)queue->rq->cpu;
	close_wait(place, task, queue, cpu, bpf_map_lookup_elem(&rings, &cpu),
		   now - (delay - vcpu_at(place)->delay), now, delay);
	return 0;
}

/*
 * This thread no longer has that PID. The ring must not have the place any more when user space
 * frees it.
 */
static void unfollow(const struct task_struct *task, __u32 pid)
{
	const struct rq *rq = task->se.cfs_rq->rq;
	__u32 place = find_vcpu(pid), cpu = (__u32)rq->cpu;
	struct top_ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	if (!(place & TOP_FOUND) || !ring)
		return;
	close_run(place, task, rq->clock);
	unmark(pid);
	ring->place = TOP_LOOK;
	__sync_lock_test_and_set(&vcpu_at(place)->pid, pid | TOP_EXITED);
}

SEC("tp_btf/sched_process_exit")
int on_exit(const __u64 *arg)
{
	struct task_struct *task = (void *)arg[0];

	note_gone(task);
	unfollow(task, (__u32)task->pid);
	return 0;
}

/* A thread that executes a program leaves its VM, and has the PID of its process from now on. */
SEC("tp_btf/sched_process_exec")
int on_exec(const __u64 *arg)
{
	unfollow((void *)arg[0], (__u32)arg[1]);
	return 0;
}

SEC("tp_btf/task_rename")
int on_rename(const __u64 *arg)
{
	const struct task_struct *task = (void *)arg[0];

	__sync_fetch_and_add(renames_of((__u32)task->pid), 1);
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int on_hardirq(const __u64 *arg)
{
	(void)arg;
	enter_interrupt();
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int on_hardirq_end(const __u64 *arg)
{
	(void)arg;
	leave_interrupt();
	return 0;
}

SEC("tp_btf/softirq_entry")
int on_softirq(const __u64 *arg)
{
	(void)arg;
	enter_interrupt();
	return 0;
}

SEC("tp_btf/softirq_exit")
int on_softirq_end(const __u64 *arg)
{
	(void)arg;
	leave_interrupt();
	return 0;
}

/*
 * Linux calls these functions for each task group from one whose quota is used up, or replenished,
 * down or up. kprobes, as arm64 has had fentry only since 6.4.
 */
SEC("kprobe/tg_throttle_down")
int on_throttle(const struct pt_regs *regs)
{
	throttle_changes(first_argument(regs), second_argument(regs), 1);
	return 0;
}

SEC("kprobe/tg_unthrottle_up")
int on_unthrottle(const struct pt_regs *regs)
{
	throttle_changes(first_argument(regs), second_argument(regs), -1);
	return 0;
}

/*
 * A thread of the deadline class that waits already is queued again: it gets new runtime now, which
 * is late by as much as the timer is. The run queue is locked, and its clock is up to date.
 */
SEC("kprobe/enqueue_task_dl")
int on_replenish(const struct pt_regs *regs)
{
	const struct rq *rq = first_argument(regs);
	const struct task_struct *task = second_argument(regs);
	__u32 pid = (__u32)BPF_CORE_READ(task, pid);
	__u64 queued = BPF_CORE_READ(task, sched_info.last_queued), now = BPF_CORE_READ(rq, clock);
	__u32 place = is_marked_pid(pid) ? find_vcpu(pid) : 0;

	if ((place & TOP_FOUND) && queued != 0 && queued < now)
		vcpu_at(place)->held_until = now;
	return 0;
}

/* Charge an open run up to now. */
static void charge_run(struct top_vcpu *vcpu, __u64 old, __u64 now)
{
	if (now <= old >> 1)
		return;
	if (__sync_val_compare_and_swap(&vcpu->closed, old, now << 1 | 1) == old)
		__sync_fetch_and_add(&vcpu->run[epoch & 1], now - (old >> 1));
}

/* Charge an open wait up to now. The exchange orders `to` before the throttles. */
static void charge_wait(struct top_vcpu *vcpu, struct wait *wait, __u64 old,
			const struct task_struct *task, struct cfs_rq *queue)
{
	struct walk *walk = &wait->walk;
	__u32 cpu = (__u32)queue->rq->cpu;

	wait->ring = bpf_map_lookup_elem(&rings, &cpu);
	if (!wait->counts || walk->to <= walk->from)
		return;
	if (__sync_val_compare_and_swap(&vcpu->closed, old, walk->to << 1 | 1) != old)
		return;
	vcpu->cpu = cpu;
	__sync_fetch_and_add(&wait->counts->stolen, walk->to - walk->from);
	find_limits(wait, vcpu, task, queue, cpu);
	walk_back(wait);
}

/* The iterator sees this thread for the first time. If it runs, its CPU's ring has no place. */
static void see(struct task_struct *task, struct cfs_rq *queue)
{
	__u32 cpu = (__u32)queue->rq->cpu;
	struct top_ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	mark(task, queue->rq->clock << 1 | 1);
	throttle_seen(queue);
	if (ring && task->on_cpu)
		__sync_val_compare_and_swap(&ring->place, TOP_NOBODY, TOP_LOOK);
}

/*
 * Nothing is locked here, so vcpu->closed is read first and exchanged last. Times from before the
 * last close are old ones: the tracepoint has run, and Linux has not updated the task yet.
 */
SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	__u32 pid = (__u32)task->pid;
	struct cfs_rq *queue = task->se.cfs_rq;
	const struct rq *rq = queue->rq;
	if (!is_marked_pid(pid)) {
		if (task->preempt_notifiers.first)
			see(task, queue);
		return 0;
	}
	__u32 place = find_vcpu(pid);
	if (!(place & TOP_FOUND))
		return 0;
	struct top_vcpu *vcpu = vcpu_at(place);
	__u64 old = __sync_fetch_and_add(&vcpu->closed, 0);
	__u64 queued = task->sched_info.last_queued, arrived = task->sched_info.last_arrival;
	bool cut = old & 1;
	if (queued && (cut || queued >= old >> 1)) {
		struct wait wait;

		begin_walk(&wait, place, vcpu, queued > old >> 1 ? queued : old >> 1, rq->clock);
		charge_wait(vcpu, &wait, old, task, queue);
	} else if (!queued && task->on_cpu && (cut ? old >> 1 >= arrived : old >> 1 == arrived)) {
		charge_run(vcpu, old, rq->clock);
	}
	return 0;
}
