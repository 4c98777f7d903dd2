/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_CHARGE_H
#define TOOLS_TOP_BPF_CHARGE_H

/*
 * A part of the BPF program: its tables, and the walk that charges a wait to thieves.
 *
 * The kernel verifies functions that are not static by themselves and once, whatever calls them. So
 * a step of the walk is such a function: by way of each of its callers, the verifier would take
 * minutes for its branches. It gets its pointers as arguments, each of which may be NULL for the
 * verifier.
 */

/* Which counts the programs add to. User space changes it. */
volatile __u32 epoch;

#include "tools/top/bpf/cells.h"
#include "tools/top/bpf/thief.h"

/*
 * Its elements drive the walk, one for each of its steps. The kernel then verifies one step and not
 * all of them, which is more than Linux 6.12 accepts. (bpf_loop() would do as well, but is newer
 * than 5.15.) A step ends at a turn's beginning in the ring, or at the end or the beginning of a
 * throttle, or passes over a throttle.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TOP_TURNS - 1 + 3 * TOP_THROTTLES);
	__type(key, __u32);
	__type(value, __u32);
} steps SEC(".maps");

/*
 * Part of a vCPU's wait in the queue of the ring's CPU. The walk goes back in time, from `to` to
 * `from`, and has come to `to`, to this turn, and to this throttle.
 */
struct walk {
	__u64 from, to;
	__u64 turn, last; /* turns of the ring */
	__u64 throttle;	  /* plus 1 */
	__u32 wait;	  /* as in the keys of cells */
	__u32 epoch;
	__u32 stale; /* a throttle without an end has ended, and the end was missed */
};

struct wait {
	struct walk walk;
	struct top_counts *counts;
	struct top_ring *ring;
	struct top_throttles *throttles; /* NULL: none overlaps the wait */
};

/* The wait of the vCPU at this place in the queue of this CPU, in the counts of the epoch. */
static __always_inline void begin_walk(struct wait *wait, __u32 place, struct top_vcpu *vcpu,
				       __u32 cpu, __u64 from, __u64 to)
{
	struct walk *walk = &wait->walk;

	walk->from = from;
	walk->to = to;
	walk->wait = TOP_KEY_WAIT(place & (TOP_PLACES - 1), cpu);
	walk->epoch = epoch & 1;
	walk->throttle = 0;
	walk->stale = 0;
	wait->throttles = NULL;
	wait->counts = &vcpu->counts[walk->epoch];
}

/* A vCPU has had its CPU from `from`, the last close, until it left, if that is later. */
static __always_inline void charge_run(struct top_counts *counts, __u64 from, __u64 left)
{
	if (left > from)
		__sync_fetch_and_add(&counts->run, left - from);
}

static __u32 cause_of(const struct walk *walk, const struct top_turn *turn)
{
	if (turn->pid & TOP_QUOTA_PID)
		return TOP_QUOTA;
	if (turn->pid == 0)
		return TOP_IDLE;
	__u32 process = process_of(turn);
	if (process == 0)
		return TOP_KERNEL;
	if (process == vcpu_at(TOP_KEY_PLACE(walk->wait))->tgid)
		return TOP_SELF;
	return is_marked_pid(turn->pid) ? TOP_VM : TOP_PROCESS;
}

/*
 * A thief that finds no room in the cells is one of the others that have the same cause. The
 * compiler knows that the mask changes nothing; the kernel's verifier does not, and needs it.
 */
static void charge_others(const struct walk *walk, const struct top_turn *turn,
			  struct top_counts *counts, __u64 ns)
{
	__u32 cause = cause_of(walk, turn);

	asm volatile("" : "+r"(cause));
	__sync_fetch_and_add(&counts->others[cause & TOP_CAUSE_MASK], ns);
}

/*
 * Charge the cell of the turn's thread, or of a quota. The iterator may charge the same one on
 * another CPU at the same time.
 */
static __always_inline void charge_cell(const struct walk *walk, const struct top_turn *turn,
					struct top_counts *counts, __u64 ns)
{
	bool made = 0;
	__u64 key = TOP_KEY(turn->pid, walk->wait);
	struct top_entry *entry = find_entry(key, walk->epoch, &made);

	if (!entry) {
		charge_others(walk, turn, counts, ns);
		return;
	}
	__sync_fetch_and_add(&entry->cell.ns, ns);
	/* A thread may change its name: show a late one, not that of the shell that started it. */
	if (made || entry->renames != *renames_of(turn->pid))
		describe(entry, turn);
}

/* The same, as a function that the kernel verifies once: for quotas, which are rare. */
__noinline int charge(const struct walk *walk, const struct top_turn *turn,
		      struct top_counts *counts, __u64 ns)
{
	if (walk && turn && counts)
		charge_cell(walk, turn, counts, ns);
	return 0;
}

/* Charge the end of the wait, in which its cgroup was throttled, to the quota. */
static void charge_throttle(struct walk *walk, const struct top_throttle *throttle,
			    struct top_counts *counts)
{
	__u64 begin = throttle->begin > walk->from ? throttle->begin : walk->from;
	__u64 ns = walk->to - begin;
	struct top_turn quota = {.task = throttle->cgroup};

	/* The low half of an ID is not used twice at a time, and below 2^31. */
	quota.pid = (__u32)throttle->cgroup | TOP_QUOTA_PID;
	if (throttle->cgroup == 0 || (throttle->end == TOP_OPEN && walk->stale))
		__sync_fetch_and_add(&counts->unknown, ns);
	else
		charge(walk, &quota, counts, ns);
	walk->to = begin;
}

/*
 * Charge the part of the wait that overlaps the turn which the walk has come to, but nothing before
 * `least`, and go on to the turn before it if that is the next one. After the iterator has read
 * `to`, turns may have begun that are later: they are passed over. Returns 1 if the ring has no
 * more turns.
 */
static __always_inline int charge_turn(struct walk *walk, const struct top_ring *ring,
				       struct top_counts *counts, __u64 least)
{
	__u64 turn = walk->turn;
	__u64 begin = ring->turn[turn % TOP_TURNS].begin;
	bool next = begin >= least;

	if (walk->last - turn >= TOP_TURNS - 1)
		return 1;
	if (!next)
		begin = least;
	if (begin < walk->to) {
		charge_cell(walk, &ring->turn[turn % TOP_TURNS], counts, walk->to - begin);
		walk->to = begin;
	}
	if (next)
		walk->turn = turn - 1;
	return next && turn == 0;
}

/* One step back from walk->to. Returns 1 at the end of the walk. */
__noinline int step_back(struct walk *walk, const struct top_ring *ring,
			 const struct top_throttles *throttles, struct top_counts *counts)
{
	if (!walk || !ring || !counts)
		return 1;
	__u64 least = walk->from;
	if (throttles && walk->throttle != 0) {
		__u64 index = walk->throttle - 1;
		const struct top_throttle *throttle = &throttles->throttle[index % TOP_THROTTLES];

		if (!is_kept(throttles, index))
			return 1;
		if (throttle->end >= walk->to) {
			walk->throttle = index;
			if (throttle->begin < walk->to)
				charge_throttle(walk, throttle, counts);
			return walk->to <= walk->from;
		}
		if (throttle->end > least)
			least = throttle->end;
	}
	return charge_turn(walk, ring, counts, least) || walk->to <= walk->from;
}

static long on_step(const void *map, const __u32 *key, const void *value, struct wait *wait)
{
	(void)map;
	(void)key;
	(void)value;
	return step_back(&wait->walk, wait->ring, wait->throttles, wait->counts) & 1;
}

/*
 * Charge the wait to the turns and throttles that overlap it, the last one first. The loop is for
 * most waits, as a step of it takes fewer instructions than one of the kernel's.
 */
static __always_inline void walk_back(struct wait *wait)
{
	struct walk *walk = &wait->walk;

	if (wait->ring && wait->ring->count != 0 && walk->from < walk->to) {
		walk->turn = walk->last = wait->ring->count - 1;
		for (int i = 0; i < 16; i++)
			if (step_back(walk, wait->ring, wait->throttles, wait->counts))
				goto end;
		bpf_for_each_map_elem(&steps, on_step, wait, 0);
	}
end:
	if (walk->from < walk->to)
		__sync_fetch_and_add(&wait->counts->overrun, walk->to - walk->from);
}

#endif
