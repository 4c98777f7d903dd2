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
#include "tools/top/bpf/charge.h"

char licence[] SEC("license") = "Dual BSD/GPL";

static bool is_marked(const struct task_struct *task)
{
	return is_marked_pid((__u32)task->pid);
}

/* What is kept of a thread that is followed, or NULL. */
static struct top_vcpu *followed(const struct task_struct *task)
{
	__u32 pid = (__u32)task->pid;

	return is_marked(task) ? bpf_map_lookup_elem(&vcpus, &pid) : NULL;
}

/* How many threads have been followed. */
__u32 serial;

/* Follow this thread from now on. `closed` as in struct top_vcpu. */
static void mark(struct task_struct *task, __u64 closed)
{
	__u32 pid = (__u32)task->pid;
	struct top_vcpu vcpu = {
		.closed = closed,
		.delay = task->sched_info.run_delay,
		.tgid = (__u32)task->tgid,
		.cpu = (__u32)task->se.cfs_rq->rq->cpu,
		.serial = __sync_fetch_and_add(&serial, 1),
	};

	watch(&vcpu.group, task->se.cfs_rq);
	/* It may replace a thread that has exited, whose PID this one has now. */
	if (bpf_map_update_elem(&vcpus, &pid, &vcpu, BPF_ANY) == 0)
		__sync_fetch_and_or(&marked[(pid / 32) & (TOP_PIDS / 32 - 1)], 1u << (pid % 32));
	else if (full == 0)
		full = 1;
}

/* A vCPU leaves its CPU: charge its run, which began at the last close. */
static void close_run(struct task_struct *task, const struct rq *rq, __u64 now)
{
	__u32 pid = (__u32)task->pid;
	struct top_vcpu *vcpu = bpf_map_lookup_elem(&vcpus, &pid);

	if (!vcpu)
		return;
	__u64 from = __sync_lock_test_and_set(&vcpu->closed, now << 1) >> 1;
	struct top_counts *counts = counts_of(pid, epoch);
	vcpu->cpu = (__u32)rq->cpu;
	if (counts && now > from)
		__sync_fetch_and_add(&counts->run, now - from);
}

/*
 * Find the throttles that overlap the wait in this queue, and charge the end of it as unknown where
 * their history is: since the task moved to another cgroup, for lack of room, or if a beginning was
 * missed. wait->to has been read from the clock before.
 */
static void find_throttles(struct wait *wait, struct top_vcpu *vcpu, const struct task_struct *task,
			   struct cfs_rq *queue, __u32 cpu)
{
	bool moved = watch(&vcpu->group, queue), now = is_throttled(queue);
	struct top_place place = {.group = vcpu->group, .cpu = cpu};
	struct walk *walk = &wait->walk;
	__u64 known = walk->from;

	if ((!throttled_any && !now) || task->prio < MAX_RT_PRIO)
		return;
	struct top_throttles *throttles = bpf_map_lookup_elem(&throttled, &place);
	if (throttles && throttles->count != 0 && !moved) {
		__u64 end = throttles->throttle[(throttles->count - 1) % TOP_THROTTLES].end;

		if (end > known) {
			known = end;
			wait->throttles = throttles;
			walk->throttle = throttles->count;
			walk->stale = !now;
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
static void close_wait(struct task_struct *task, struct cfs_rq *queue, __u64 queued, __u64 now,
		       __u64 delay)
{
	__u32 pid = (__u32)task->pid, cpu = (__u32)queue->rq->cpu;
	struct top_vcpu *vcpu = bpf_map_lookup_elem(&vcpus, &pid);
	struct wait wait = {.walk = {.victim = pid, .epoch = epoch, .from = queued, .to = now}};

	if (!vcpu)
		return;
	wait.walk.tgid = vcpu->tgid;
	__u64 old = __sync_lock_test_and_set(&vcpu->closed, now << 1);
	if ((old & 1) && old >> 1 > queued)
		wait.walk.from = old >> 1;
	wait.counts = counts_of(pid, wait.walk.epoch);
	wait.ring = bpf_map_lookup_elem(&rings, &cpu);
	__u64 grown = delay - vcpu->delay;
	vcpu->delay = delay;
	vcpu->cpu = cpu;
	if (!wait.counts)
		return;
	__sync_fetch_and_add(&wait.counts->stolen, grown - (wait.walk.from - queued));
	if (grown > now - queued)
		__sync_fetch_and_add(&wait.counts->unfollowed, grown - (now - queued));
	find_throttles(&wait, vcpu, task, queue, cpu);
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
	if (is_marked(prev))
		close_run(prev, rq, now);
	else if (prev->preempt_notifiers.first)
		mark(prev, now << 1);
	turn_end(ring, prev, now);
	turn_begin(ring, next);
	__u64 queued = next->sched_info.last_queued;
	if (is_marked(next))
		close_wait(next, next->se.cfs_rq, queued ? queued : now, now,
			   next->sched_info.run_delay + (queued ? now - queued : 0));
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
	const struct top_vcpu *vcpu = followed(task);
	__u64 delay = task->sched_info.run_delay;
	if (!vcpu || delay == vcpu->delay)
		return 0;
	struct cfs_rq *queue = task->se.cfs_rq;
	__u64 now = queue->rq->clock;
	close_wait(task, queue, now - (delay - vcpu->delay), now, delay);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int on_exit(const __u64 *arg)
{
	struct task_struct *task = (void *)arg[0];
	__u32 pid = (__u32)task->pid;
	struct top_vcpu *vcpu = followed(task);

	if (!vcpu)
		return 0;
	__sync_fetch_and_and(&marked[(pid / 32) & (TOP_PIDS / 32 - 1)], ~(1u << (pid % 32)));
	vcpu->exited = 1;
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

/* Charge an open run up to now. */
static void charge_run(struct top_vcpu *vcpu, __u32 pid, __u64 old, __u64 now)
{
	struct top_counts *counts = counts_of(pid, epoch);

	if (!counts || now <= old >> 1)
		return;
	if (__sync_val_compare_and_swap(&vcpu->closed, old, now << 1 | 1) == old)
		__sync_fetch_and_add(&counts->run, now - (old >> 1));
}

/* Charge an open wait up to now. The exchange orders `to` before the throttles. */
static void charge_wait(struct top_vcpu *vcpu, struct wait *wait, __u64 old,
			const struct task_struct *task, struct cfs_rq *queue)
{
	struct walk *walk = &wait->walk;
	__u32 cpu = (__u32)queue->rq->cpu;

	wait->counts = counts_of(walk->victim, walk->epoch);
	wait->ring = bpf_map_lookup_elem(&rings, &cpu);
	if (!wait->counts || walk->to <= walk->from)
		return;
	if (__sync_val_compare_and_swap(&vcpu->closed, old, walk->to << 1 | 1) != old)
		return;
	walk->tgid = vcpu->tgid;
	vcpu->cpu = cpu;
	__sync_fetch_and_add(&wait->counts->stolen, walk->to - walk->from);
	find_throttles(wait, vcpu, task, queue, cpu);
	walk_back(wait);
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
	if (!is_marked(task)) {
		if (task->preempt_notifiers.first) {
			mark(task, rq->clock << 1 | 1);
			throttle_seen(queue);
		}
		return 0;
	}
	struct top_vcpu *vcpu = bpf_map_lookup_elem(&vcpus, &pid);
	if (!vcpu)
		return 0;
	__u64 old = __sync_fetch_and_add(&vcpu->closed, 0);
	__u64 queued = task->sched_info.last_queued, arrived = task->sched_info.last_arrival;
	bool cut = old & 1;
	if (queued && (cut || queued >= old >> 1)) {
		struct wait wait = {.walk = {.victim = pid, .epoch = epoch, .to = rq->clock}};

		wait.walk.from = queued > old >> 1 ? queued : old >> 1;
		charge_wait(vcpu, &wait, old, task, queue);
	} else if (!queued && task->on_cpu && (cut ? old >> 1 >= arrived : old >> 1 == arrived)) {
		charge_run(vcpu, pid, old, rq->clock);
	}
	return 0;
}
