/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_GAPS_H
#define CONFORMANCE_GAPS_H

/*
 * The guest's own view of when it had the CPU. A loop reads the virtual counter all the time. If
 * two readings are further apart than a pass of the loop takes, the vCPU did not run in between: a
 * gap. Stolen time must explain the gaps, and nothing else:
 *
 * - It grows by no more than the time between two readings. Growth without a gap before it is
 *   always wrong, and so is growth beyond the gap. This bound is exact, except for
 *   GAPS_ROUNDING_TICKS, because a hypervisor may keep stolen time in another unit than the
 *   counter's.
 * - It grows by no less than the gap, except for the part that was not a wait but the vCPU's own
 *   time: the hypervisor's handling of a trap or of its own interrupt, and its switch from
 *   one vCPU to another. The allowance for that is not a constant of ours but the slack:
 *   SLACK_TRAPS times the time of one read of a GIC register on this machine, which is a trap that
 *   every hypervisor must take and decode. A switch away from the vCPU and back costs 5 such traps
 *   on our hypervisor, and 5 to 7 on Linux KVM.
 *
 * An interrupt of the hypervisor with much work may exceed the slack now and then. So one gap in
 * GAPS_ODD_ONES may exceed it, and one more; but all gaps together may fall short by no more than
 * the slack for each.
 *
 * All this assumes a machine whose physical CPUs run all the time. An emulator that shares its host
 * takes time from the hypervisor itself, which cannot see or charge it. So QEMU must count
 * instructions, on one CPU.
 */
#include <stdbool.h>
#include <stdint.h>

#define GAPS_ROUNDING_TICKS 2u
#define GAPS_ODD_ONES	    32u
#define GAPS_COMPETED \
	20u /* if more than this fraction of the time is gaps, there was competition */

/* Stolen time and counter of the calling CPU at one instant. The CPU must be registered. */
struct reading {
	uint64_t counter; /* ticks */
	uint64_t stolen_ns;
};

struct reading gaps_read(void);

struct gap {
	uint64_t begin,
		end;	    /* ticks of the virtual counter: last reading before, first one after */
	uint64_t stolen_ns; /* growth over the gap, read right after it */
};

struct gaps {
	uint64_t elapsed_ns, gap_ns,
		had_ns;	      /* elapsed_ns is gap_ns, the gaps, and had_ns, the rest */
	uint64_t stolen_ns;   /* growth in all of elapsed_ns */
	uint64_t count;	      /* gaps longer than suite.slack_ns */
	uint64_t longest_ns;  /* the longest of them */
	uint64_t short_ns;    /* sum of what growth fell short of the gaps by */
	uint64_t short_of;    /* the most that growth fell short of one gap by, ns */
	uint64_t short_count; /* how many gaps it fell short of by more than suite.slack_ns */
	uint64_t outside;     /* growth without a gap before it, ns */
	uint64_t over;	      /* the most by which growth exceeded its gap, ns */
	uint64_t backwards;   /* readings that were less than the reading before */
	struct gap worst_short, worst_over; /* the gaps of short_of and over */
};

/*
 * Spin on the calling CPU, which must be registered, for `ticks` of the counter, or until `gaps`
 * gaps were seen if `gaps` is not 0. `each`, if not NULL, is called after each gap, and after each
 * shorter interval in which stolen time grew.
 */
void gaps_watch(struct gaps *g, uint64_t ticks, uint64_t gaps, void (*each)(const struct gap *gap));

/*
 * Sleep by WFI until `deadline`, as timer_sleep_until() does. If the CPU woke late by more than the
 * slack, that delay is the one gap. Growth beyond it is not judged, because the CPU may have been
 * taken away between the reading and the WFI.
 */
void gaps_sleep(struct gaps *g, uint64_t deadline, void (*each)(const struct gap *gap));

/* One pass of the loop of gaps_watch(), without the readings: 512 instructions. */
void gaps_pass(void);

/* Add the result of another watch to the sum. */
void gaps_add(struct gaps *sum, const struct gaps *g);

/*
 * How much growth may exceed `ticks`, in ns: by rounding, and because another clock may not run
 * exactly as fast as the counter.
 */
uint64_t gaps_rounding_ns(uint64_t ticks);

/*
 * Check what holds for any hypervisor: the upper bounds, and that stolen time never goes back. On
 * any CPU.
 */
bool gaps_check_upper(const struct gaps *g, unsigned cpu);

/* Whether gaps took more than 5 % of the time, which counts as competition. */
bool gaps_competed(const struct gaps *g);

/*
 * Check that each gap, and all of them together, were charged. Use it only where the gaps were
 * waits: gaps_competed().
 */
bool gaps_check_lower(const struct gaps *g, unsigned cpu);

/* One trap of the kind that the slack is measured in. */
void gaps_trap(void);

/* The slack (see above), measured by the time that a trap takes. Call it once, before all cases. */
uint64_t gaps_slack_ns(void);

#endif
