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

/*
 * A thread leaves its CPU that may be a vCPU's, but was not when it got the CPU; or a vCPU of the
 * real-time or the deadline class exists.
 */
static __noinline void leave(struct top_ring *ring, struct task_struct *task, __u64 now)
{
	__u32 place = find_vcpu((__u32)task->pid);

	note_realtime(ring, task->se.cfs_rq->rq, now);
	if (place & TOP_FOUND) {
		vcpu_at(place)->left = now;
		vcpu_at(place)->held_until = held_until(task);
	} else if (task->preempt_notifiers.first) {
		mark(task, now << 1);
	}
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

/* false: nothing but turns takes time from the vCPU. */
static __always_inline bool may_be_limited(const struct top_vcpu *vcpu,
					   const struct task_struct *task,
					   const struct cfs_rq *queue)
{
	return throttled_any || task->prio < MAX_RT_PRIO || is_throttled(queue) ||
	       vcpu->group != fair_group_of(queue);
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
	begin_walk(&wait, place, vcpu, cpu, queued, now);
	__u64 old = __sync_lock_test_and_set(&vcpu->closed, now << 1);
	charge_run(wait.counts, old >> 1, vcpu->left);
	/* The iterator may have read the clock of another CPU, when it saw the thread first. */
	if ((old & 1) && old >> 1 > queued)
		walk->from = old >> 1 < walk->to ? old >> 1 : walk->to;
	__u64 grown = delay - vcpu->delay;
	vcpu->delay = delay;
	vcpu->cpu = cpu;
	__sync_fetch_and_add(&wait.counts->stolen, grown - (walk->from - queued));
	if (grown > now - queued)
		__sync_fetch_and_add(&wait.counts->unfollowed, grown - (now - queued));
	if (may_be_limited(vcpu, task, queue))
		find_limits(&wait, vcpu, task, queue, cpu);
	walk_back(&wait);
}

/* A thread gets its CPU that may be a vCPU's. */
static __always_inline void arrive(struct top_ring *ring, struct task_struct *task, __u8 marks,
				   __u32 cpu, __u64 now)
{
	__u32 place = find_marked(marks, (__u32)task->pid);
	__u64 queued = task->sched_info.last_queued;

	ring->place = place;
	if (queued == 0)
		queued = now;
	if (place & TOP_FOUND)
		close_wait(place, task, task->se.cfs_rq, cpu, ring, queued, now,
			   task->sched_info.run_delay + (now - queued));
}

SEC("tp_btf/sched_switch")
int on_switch(const __u64 *arg)
{
	struct task_struct *prev = (void *)arg[1], *next = (void *)arg[2];
	/* Both tasks are of this CPU, and so is the queue in which Linux would put them. */
	const struct rq *rq = prev->se.cfs_rq->rq;
	__u32 cpu = (__u32)rq->cpu;
	struct top_ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	if (!ring)
		return 0;
	__u64 state = ring->state;
	if (state >> 15 == 1) /* TOP_FOUND, and no limits of the classes */
		vcpu_at((__u32)state)->left = rq->clock;
	else if (state != TOP_NOBODY || prev->preempt_notifiers.first)
		leave(ring, prev, rq->clock);
	__u32 pid = (__u32)next->pid;
	__u8 marks = marked[pid % TOP_FAR];
	ring->place = TOP_NOBODY;
	if (marks)
		arrive(ring, next, marks, cpu, rq->clock);
	turn_begin(ring, next, rq->clock);
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
	struct top_vcpu *vcpu = vcpu_at(place);
	__u64 now = rq->clock;

	if (!(place & TOP_FOUND) || !ring)
		return;
	__u64 old = __sync_lock_test_and_set(&vcpu->closed, now << 1);
	/* While it executed a program, it may have left its CPU, and come back with another PID. */
	charge_run(&vcpu->counts[epoch & 1], old >> 1, vcpu->left > old >> 1 ? vcpu->left : now);
	unmark(pid);
	ring->place = TOP_LOOK;
	__sync_lock_test_and_set(&vcpu->pid, pid | TOP_EXITED);
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

/*
 * Charge what is open: a run up to `ran`, if that is later than the last close, and then the wait
 * of `walk` if `queue` is not NULL. The exchange orders `to` before the throttles.
 */
static void charge_open(struct top_vcpu *vcpu, struct wait *wait, __u64 old, __u64 ran,
			const struct task_struct *task, struct cfs_rq *queue)
{
	struct walk *walk = &wait->walk;
	__u64 until = queue ? walk->to : ran;

	if (__sync_val_compare_and_swap(&vcpu->closed, old, until << 1 | 1) != old)
		return;
	charge_run(wait->counts, old >> 1, ran);
	if (!queue)
		return;
	vcpu->cpu = (__u32)queue->rq->cpu;
	__sync_fetch_and_add(&wait->counts->stolen, walk->to - walk->from);
	find_limits(wait, vcpu, task, queue, vcpu->cpu);
	walk_back(wait);
}

/*
 * The iterator sees this thread for the first time. If it runs, its CPU's ring has no place. If it
 * has begun to exit, the tracepoint of that may have come before the mark.
 */
static void see(struct task_struct *task, struct cfs_rq *queue)
{
	__u32 cpu = (__u32)queue->rq->cpu;
	struct top_ring *ring = bpf_map_lookup_elem(&rings, &cpu);

	mark(task, queue->rq->clock << 1 | 1);
	throttle_seen(queue);
	if (ring && task->on_cpu)
		__sync_val_compare_and_swap(&ring->place, TOP_NOBODY, TOP_LOOK);
	if (task->flags & PF_EXITING)
		unfollow(task, (__u32)task->pid);
}

/*
 * Nothing is locked here, so vcpu->closed is read first and exchanged last. Times from before the
 * last close are old ones: the tracepoint has run, and Linux has not updated the task yet.
 *
 * The queue is read after the times, by a second atomic operation: it is the one in which the
 * thread waits since then, or a close has come between. A thread that sleeps may wake on another
 * CPU without one, and the clock of its old queue may be later than the end of its wait.
 *
 * vcpu->left is read after the clock, by an atomic operation as that orders the two: if the thread
 * has left its CPU, then that is seen here, or the clock is not later than that.
 */
static void charge_task(__u32 place, struct task_struct *task)
{
	struct top_vcpu *vcpu = vcpu_at(place);
	__u64 old = __sync_fetch_and_add(&vcpu->closed, 0), closed = old >> 1;
	__u64 queued = task->sched_info.last_queued, arrived = task->sched_info.last_arrival;
	bool on_cpu = task->on_cpu, cut = old & 1;

	if (__sync_fetch_and_add(&vcpu->closed, 0) != old)
		return;
	struct cfs_rq *queue = task->se.cfs_rq;
	__u32 cpu = (__u32)queue->rq->cpu;
	__u64 now = queue->rq->clock;
	__u64 left = __sync_fetch_and_add(&vcpu->left, 0);
	struct wait wait;

	wait.ring = bpf_map_lookup_elem(&rings, &cpu);
	begin_walk(&wait, place, vcpu, cpu, queued > closed ? queued : closed, now);
	if (queued && (cut || queued >= closed) && now > wait.walk.from)
		charge_open(vcpu, &wait, old, left, task, queue);
	else if (left > closed)
		charge_open(vcpu, &wait, old, left, task, NULL);
	else if (!queued && on_cpu && (cut ? closed >= arrived : closed == arrived) && now > closed)
		charge_open(vcpu, &wait, old, now, task, NULL);
}

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	__u32 pid = (__u32)task->pid;
	__u32 place = find_vcpu(pid);
	if (place & TOP_FOUND)
		charge_task(place, task);
	else if (!is_marked_pid(pid) && task->preempt_notifiers.first)
		see(task, task->se.cfs_rq);
	return 0;
}
