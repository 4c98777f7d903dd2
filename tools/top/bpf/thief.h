/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_THIEF_H
#define TOOLS_TOP_BPF_THIEF_H

/*
 * A part of the BPF program: a thief's process, name and cgroup, which are read when its cell is
 * made. By then the thread may have exited, and its memory may be another's.
 */

/* The threads that have exited last, by PID. */
struct top_gone gone[TOP_GONE];

/* How often a thread has been renamed; some PIDs share a count. */
__u32 renames[TOP_RENAMES];

static __always_inline __u32 *renames_of(__u32 pid)
{
	return &renames[pid % TOP_RENAMES];
}

static void note_gone(struct task_struct *task)
{
	struct top_gone *noted = &gone[(__u32)task->pid & (TOP_GONE - 1)];
	const __u64 *name = (const __u64 *)(const void *)task->comm;

	noted->cgroup = task->cgroups->dfl_cgrp->kn->id;
	*(__u64 *)(void *)&noted->name[0] = name[0];
	*(__u64 *)(void *)&noted->name[8] = name[1];
	noted->task = (__u64)task;
	noted->pid = (__u32)task->pid;
	noted->tgid = task->flags & PF_KTHREAD ? 0 : (__u32)task->tgid;
}

/* The turn's thread, if it is among those that have exited last, or NULL. */
static const struct top_gone *gone_of(const struct top_turn *turn)
{
	const struct top_gone *noted = &gone[turn->pid & (TOP_GONE - 1)];

	return noted->task == turn->task && noted->pid == turn->pid ? noted : NULL;
}

/* The address is of a thread with this PID, now. */
static bool is_task(const struct task_struct *task, __u32 pid)
{
	return (__u32)BPF_CORE_READ(task, pid) == pid;
}

/*
 * The process of the turn's thread; 0: it is the kernel's. One that nothing is known of any more is
 * taken for a process of its own.
 */
static __noinline __u32 process_of(const struct top_turn *turn)
{
	const struct task_struct *task = (void *)turn->task;
	const struct top_gone *noted = gone_of(turn);

	if (noted)
		return noted->tgid;
	if (!is_task(task, turn->pid))
		return turn->pid;
	return BPF_CORE_READ(task, flags) & PF_KTHREAD ? 0 : (__u32)BPF_CORE_READ(task, tgid);
}

/* For a quota, the turn has its cgroup in place of a task. */
static __noinline void describe(struct top_entry *entry, const struct top_turn *turn)
{
	struct task_struct *task = (void *)turn->task;
	struct top_cell *cell = &entry->cell;

	entry->renames = *renames_of(turn->pid);
	if (turn->pid & TOP_QUOTA_PID) {
		entry->tgid = TOP_QUOTA_TGID;
		cell->cgroup = turn->task;
		return;
	}
	const struct top_gone *noted = gone_of(turn);
	/* If nothing is known of it any more, what the cell has already is true. */
	if (noted || is_task(task, turn->pid) || cell->name[0] == '\0')
		entry->tgid = process_of(turn);
	if (noted) {
		cell->cgroup = noted->cgroup;
		__builtin_memcpy(cell->name, noted->name, TOP_NAME);
	} else if (is_task(task, turn->pid)) {
		cell->cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
		bpf_core_read(cell->name, TOP_NAME, &task->comm);
	}
}

#endif
