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

/* 1: there are more vCPUs than can be followed. User space changes it to 2 when it has said so. */
volatile __u32 full;

/* A bit for each PID: the thread is a vCPU's. */
__u32 marked[TOP_PIDS / 32];

static bool is_marked_pid(__u32 pid)
{
	return (marked[(pid / 32) & (TOP_PIDS / 32 - 1)] >> (pid % 32)) & 1;
}

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TOP_VCPUS);
	__type(key, __u32);
	__type(value, struct top_vcpu);
} vcpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * TOP_VCPUS);
	__type(key, struct top_victim);
	__type(value, struct top_counts);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TOP_CELLS);
	__type(key, struct top_pair);
	__type(value, struct top_cell);
} cells SEC(".maps");

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
	__u32 victim, epoch;
	__u32 tgid;  /* the victim's */
	__u32 stale; /* a throttle without an end has ended, and the end was missed */
};

struct wait {
	struct walk walk;
	struct top_counts *counts;
	struct top_ring *ring;
	struct top_throttles *throttles; /* NULL: none overlaps the wait */
};

/* Not on the stack, of which the programs have 512 bytes for all functions together. */
static const struct top_counts no_counts;

/* The counts in which to charge the vCPU now; user space has deleted those of earlier epochs. */
static struct top_counts *counts_of(__u32 pid, __u32 now)
{
	struct top_victim victim = {.pid = pid, .epoch = now};
	struct top_counts *found = bpf_map_lookup_elem(&totals, &victim);

	if (found)
		return found;
	bpf_map_update_elem(&totals, &victim, &no_counts, BPF_NOEXIST);
	return bpf_map_lookup_elem(&totals, &victim);
}

static __u32 cause_of(const struct walk *walk, const struct top_turn *turn)
{
	if (turn->tgid == TOP_QUOTA_TGID)
		return TOP_QUOTA;
	if (turn->tgid == 0)
		return turn->pid == 0 ? TOP_IDLE : TOP_KERNEL;
	if (turn->tgid == walk->tgid)
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
	__sync_fetch_and_add(&counts->others[cause & (TOP_OTHERS_ROOM - 1)], ns);
}

/* The iterator may charge the same cell on another CPU at the same time. */
__noinline int charge(const struct walk *walk, const struct top_turn *turn,
		      struct top_counts *counts, __u64 ns)
{
	if (!walk || !turn || !counts)
		return 0;
	struct top_pair pair = {
		.victim = walk->victim,
		.pid = turn->pid,
		.tgid = turn->tgid,
		.epoch = walk->epoch,
	};
	struct top_cell *cell = bpf_map_lookup_elem(&cells, &pair);

	if (!cell) {
		struct top_cell none = {.cgroup = turn->cgroup};

		bpf_map_update_elem(&cells, &pair, &none, BPF_NOEXIST);
		cell = bpf_map_lookup_elem(&cells, &pair);
	}
	if (!cell) {
		charge_others(walk, turn, counts, ns);
		return 0;
	}
	__sync_fetch_and_add(&cell->ns, ns);
	/* A thread may change its name: show a late one, not that of the shell that started it. */
	__builtin_memcpy(cell->name, turn->name, TOP_NAME);
	return 0;
}

/* Charge the end of the wait, in which its cgroup was throttled, to the quota. */
static void charge_throttle(struct walk *walk, const struct top_throttle *throttle,
			    struct top_counts *counts)
{
	__u64 begin = throttle->begin > walk->from ? throttle->begin : walk->from;
	__u64 ns = walk->to - begin;
	struct top_turn quota = {.tgid = TOP_QUOTA_TGID, .cgroup = throttle->cgroup};

	/* The low half of an ID is not used twice at a time. */
	quota.pid = (__u32)throttle->cgroup;
	if (throttle->cgroup == 0 || (throttle->end == TOP_OPEN && walk->stale))
		__sync_fetch_and_add(&counts->unknown, ns);
	else
		charge(walk, &quota, counts, ns);
	walk->to = begin;
}

/*
 * Charge the part of the wait that overlaps the turn which the walk has come to, but nothing before
 * `least`, and go on to the turn before it if that is the next one. The ring has the end of each
 * turn, which is the beginning of the next one; only turn 0 has no beginning. After the iterator
 * has read `to`, turns may have begun that are later: they are passed over. Returns 1 if the ring
 * has no more turns.
 */
static int charge_turn(struct walk *walk, const struct top_ring *ring, struct top_counts *counts,
		       __u64 least)
{
	__u64 turn = walk->turn;
	__u64 begin = turn == 0 ? 0 : ring->turn[(turn - 1) % TOP_TURNS].end;
	bool next = begin >= least;

	if (walk->last - turn >= TOP_TURNS - 1)
		return 1;
	if (!next)
		begin = least;
	if (begin < walk->to) {
		charge(walk, &ring->turn[turn % TOP_TURNS], counts, walk->to - begin);
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

/* Charge the wait to the turns and throttles that overlap it, the last one first. */
static void walk_back(struct wait *wait)
{
	struct walk *walk = &wait->walk;

	if (wait->ring && wait->ring->started && walk->from < walk->to) {
		walk->turn = walk->last = wait->ring->last;
		bpf_for_each_map_elem(&steps, on_step, wait, 0);
	}
	if (walk->from < walk->to)
		__sync_fetch_and_add(&wait->counts->overrun, walk->to - walk->from);
}

#endif
