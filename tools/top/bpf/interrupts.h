/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_INTERRUPTS_H
#define TOOLS_TOP_BPF_INTERRUPTS_H

/*
 * A part of the BPF program: how long interrupts took while a vCPU had its CPU, hardirqs and
 * softirqs, by the clock of BPF. A softirq may be interrupted by a hardirq: the time of both is
 * that of the first one. ksoftirqd is a thread, and runs in turns of its own.
 */

static struct top_ring *ring_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&rings, &cpu);
}

/* The ring's place is that of the present thread: Linux switches with interrupts off. */
static void enter_interrupt(void)
{
	struct top_ring *ring = ring_here();

	if (ring && (ring->place & TOP_FOUND) && ring->depth++ == 0)
		ring->interrupted = bpf_ktime_get_ns();
}

/* One whose beginning was not seen, as the vCPU was not followed yet, is left out. */
static void leave_interrupt(void)
{
	struct top_ring *ring = ring_here();

	if (!ring || ring->depth == 0 || --ring->depth != 0 || !(ring->place & TOP_FOUND))
		return;
	__sync_fetch_and_add(&vcpu_at(ring->place)->counts[epoch & 1].interrupts,
			     bpf_ktime_get_ns() - ring->interrupted);
}

#endif
