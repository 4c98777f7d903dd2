/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_CHARGE_H
#define TOOLS_TOP_BPF_CHARGE_H

/* A part of the BPF program: its tables, and the walk that charges a wait to thieves. */

/* Which counts the programs add to. User space changes it. */
volatile __u32 epoch;

/* A bit for each PID: the thread is a vCPU's. */
__u32 marked[TOP_PIDS / 32];

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
 * Its elements drive the walk, one for each turn that has a beginning in the ring. The kernel then
 * verifies one step and not all of them, which is more than Linux 6.12 accepts. (bpf_loop() would
 * do as well, but is newer than 5.15.)
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TOP_TURNS - 1);
	__type(key, __u32);
	__type(value, __u32);
} steps SEC(".maps");

/* Part of a vCPU's wait in the queue of the ring's CPU; `to` is where the walk has come to. */
struct wait {
	__u64 from, to;
	__u64 last; /* the ring's last turn */
	struct top_counts *counts;
	struct top_ring *ring;
	__u32 victim, epoch;
};

/* The counts in which to charge the vCPU now; user space has deleted those of earlier epochs. */
static struct top_counts *counts_of(__u32 pid, __u32 now)
{
	struct top_victim victim = {.pid = pid, .epoch = now};
	struct top_counts *found = bpf_map_lookup_elem(&totals, &victim), none = {.run = 0};

	if (found)
		return found;
	bpf_map_update_elem(&totals, &victim, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&totals, &victim);
}

/* The iterator may charge the same cell on another CPU at the same time. */
static void charge(const struct wait *wait, const struct top_turn *turn, __u64 ns)
{
	struct top_pair pair = {
		.victim = wait->victim,
		.pid = turn->pid,
		.tgid = turn->tgid,
		.epoch = wait->epoch,
	};
	struct top_cell *cell = bpf_map_lookup_elem(&cells, &pair);

	if (!cell) {
		struct top_cell none = {.cgroup = turn->cgroup};

		bpf_map_update_elem(&cells, &pair, &none, BPF_NOEXIST);
		cell = bpf_map_lookup_elem(&cells, &pair);
	}
	if (!cell) {
		__sync_fetch_and_add(&wait->counts->lost, ns);
		return;
	}
	__sync_fetch_and_add(&cell->ns, ns);
	/* A thread may change its name: show a late one, not that of the shell that started it. */
	__builtin_memcpy(cell->name, turn->name, TOP_NAME);
}

/*
 * Charge the part of the wait that overlaps the turn *back before the last one. The ring has the
 * end of each turn, which is the beginning of the next one; only turn 0 has no beginning. After the
 * iterator has read `to`, turns may have begun that are later: they are passed over.
 * Returns 1 at the end of the walk.
 */
static long walk_turn(const void *map, const __u32 *back, const void *value, struct wait *wait)
{
	const struct top_ring *ring = wait->ring;
	__u64 turn = wait->last - *back;
	__u64 begin = turn == 0 ? 0 : ring->turn[(turn - 1) % TOP_TURNS].end;

	(void)map;
	(void)value;
	if (begin < wait->from)
		begin = wait->from;
	if (begin < wait->to) {
		charge(wait, &ring->turn[turn % TOP_TURNS], wait->to - begin);
		wait->to = begin;
	}
	return turn == 0 || wait->to <= wait->from;
}

/* Charge the wait to the turns that overlap it, the last one first. */
static void walk(struct wait *wait)
{
	if (wait->ring && wait->ring->started && wait->from < wait->to) {
		wait->last = wait->ring->last;
		bpf_for_each_map_elem(&steps, walk_turn, wait, 0);
	}
	if (wait->from < wait->to)
		__sync_fetch_and_add(&wait->counts->overrun, wait->to - wait->from);
}

#endif
