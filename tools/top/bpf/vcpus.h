/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_VCPUS_H
#define TOOLS_TOP_BPF_VCPUS_H

/*
 * A part of the BPF program: the threads that are followed, in a hash table by PID. The programs
 * add threads; user space removes those that have exited, and a place that is free again stops no
 * search. (A unit test compiles this file as well.)
 */

/* 1: there are more vCPUs than can be followed. User space changes it to 2 when it has said so. */
volatile __u32 full;

/*
 * A bit for each PID: the thread is followed, so it is in the table. A byte has those of eight PIDs
 * that are far apart. So nearly always all are 0 if one is.
 */
#define TOP_FAR (TOP_PIDS / 8)
__u8 marked[TOP_FAR] __attribute__((aligned(4)));

struct top_vcpu vcpus[TOP_PLACES];

/* How many places are not free; how many threads have been followed. */
__u32 taken, serial;

static __always_inline bool has_mark(__u8 marks, __u32 pid)
{
	return marks >> (pid / TOP_FAR & 7) & 1;
}

static __always_inline bool is_marked_pid(__u32 pid)
{
	return has_mark(marked[pid % TOP_FAR], pid);
}

/* The word with the bit of a PID, and the bit. */
static __u32 *mark_word(__u32 pid)
{
	return (__u32 *)(void *)&marked[pid % TOP_FAR & ~3u];
}

static __u32 mark_bit(__u32 pid)
{
	return 1u << (pid % 4 * 8 + (pid / TOP_FAR & 7));
}

static void unmark(__u32 pid)
{
	__sync_fetch_and_and(mark_word(pid), ~mark_bit(pid));
}

/* A place may have TOP_FOUND. */
static __always_inline struct top_vcpu *vcpu_at(__u32 place)
{
	return &vcpus[place & (TOP_PLACES - 1)];
}

/* The place of a thread, | TOP_FOUND; or TOP_NOBODY. `marks` is the byte with its bit. */
static __always_inline __u32 find_marked(__u8 marks, __u32 pid)
{
	__u32 home = TOP_VCPU_HOME(pid);

	if (!has_mark(marks, pid))
		return TOP_NOBODY;
	for (__u32 i = 0; i < TOP_PROBES; i++)
		if (vcpu_at(home + i)->pid == pid)
			return ((home + i) & (TOP_PLACES - 1)) | TOP_FOUND;
	return TOP_NOBODY;
}

static __always_inline __u32 find_vcpu(__u32 pid)
{
	return find_marked(marked[pid % TOP_FAR], pid);
}

/* Take a place that has this in place of a PID. Returns its number | TOP_FOUND, or 0. */
static __u32 replace(__u32 home, __u32 old)
{
	for (__u32 i = 0; i < TOP_PROBES; i++)
		if (__sync_val_compare_and_swap(&vcpu_at(home + i)->pid, old, TOP_TAKEN) == old)
			return ((home + i) & (TOP_PLACES - 1)) | TOP_FOUND;
	return 0;
}

/* Take a place for a thread: a free one, or that of an earlier thread with this PID. */
static __u32 take_place(__u32 pid)
{
	__u32 home = TOP_VCPU_HOME(pid), place = replace(home, pid | TOP_EXITED);

	if (place)
		return place;
	if (__sync_fetch_and_add(&taken, 1) < TOP_VCPUS)
		place = replace(home, 0);
	if (place)
		return place;
	__sync_fetch_and_sub(&taken, 1);
	if (full == 0)
		full = 1;
	return 0;
}

/*
 * Add a thread, unless another CPU does so. `fields` has its time, its process and the like. Only
 * when the rest is written, the place gets the PID.
 */
static void add_vcpu(__u32 pid, const struct top_vcpu *fields)
{
	__u32 bit = mark_bit(pid);

	if (__sync_fetch_and_or(mark_word(pid), bit) & bit)
		return;
	__u32 place = take_place(pid);
	if (!place) {
		unmark(pid);
		return;
	}
	struct top_vcpu *vcpu = vcpu_at(place);
	vcpu->closed = fields->closed;
	vcpu->left = 0;
	vcpu->delay = fields->delay;
	vcpu->group = fields->group;
	vcpu->held_until = fields->held_until;
	vcpu->tgid = fields->tgid;
	vcpu->cpu = fields->cpu;
	vcpu->serial = __sync_fetch_and_add(&serial, 1);
	__sync_lock_test_and_set(&vcpu->pid, pid);
}

#endif
