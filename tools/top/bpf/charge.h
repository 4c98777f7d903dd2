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

/* Part of a vCPU's wait in the queue of the ring's CPU. */
struct wait {
	__u64 from, to;
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
 * Charge the wait to the turns that overlap it, the last one first. The ring has the end of each
 * turn, which is the beginning of the next one; only turn 0 has no beginning. After the iterator
 * has read `to`, turns may have begun that are later: they are passed over.
 */
static void walk(const struct wait *wait)
{
	const struct top_ring *ring = wait->ring;
	__u64 to = wait->to, from = wait->from;

	if (!ring || !ring->started)
		goto rest;
	__u64 last = ring->last;
	for (__u32 i = 0; i < TOP_TURNS - 1 && i <= last && from < to; i++) {
		__u64 begin = i == last ? 0 : ring->turn[(last - i - 1) % TOP_TURNS].end;

		if (begin < from)
			begin = from;
		if (begin < to) {
			charge(wait, &ring->turn[(last - i) % TOP_TURNS], to - begin);
			to = begin;
		}
	}
rest:
	if (from < to)
		__sync_fetch_and_add(&wait->counts->overrun, to - from);
}

#endif
