/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_GAPS_H
#define CONFORMANCE_GAPS_H

/*
 * The guest's own view of when it had the CPU. A loop reads the virtual counter all the time; where
 * two readings are further apart than a pass of the loop takes, the CPU was away: a gap. Stolen
 * time must explain the gaps, and nothing else:
 *
 * - It grows by no more than the time between two readings, whatever happened. Growth that no gap
 *   goes before is always wrong, and so is growth beyond the gap. That is exact, but for
 *   GAPS_ROUNDING_TICKS, as it may be kept in other units than the counter.
 * - It grows by no less than the gap was long, except for what was no wait, which is the vCPU's own
 *   time: the hypervisor's handling of a trap or of its own interrupt, and its way from one
 *   vCPU to the other. What that may take is no constant of ours, but the slack: SLACK_TRAPS times
 *   what reading a register of the GIC takes here, a trap that every hypervisor has to take and to
 *   decode. To be switched away from and back costs 5 such traps on our hypervisor, and 5 to 7 on
 *   Linux KVM.
 *
 * An interrupt of the hypervisor's own with much to do may exceed the slack, now and then. So one
 * gap in GAPS_ODD_ONES may, and one more; but all gaps together may be short by no more than the
 * slack each.
 *
 * All of it is said of a machine whose own CPUs run all the time. An emulator that shares its host
 * takes time from the hypervisor itself, which nobody there can see or charge; QEMU has to count
 * instructions, on one CPU.
 */
#include <stdbool.h>
#include <stdint.h>

#define GAPS_ROUNDING_TICKS 2u
#define GAPS_ODD_ONES	    32u
#define GAPS_COMPETED	    20u /* one part in so many of the time gone: somebody competes */

/* Stolen time and counter at one instant, of the calling CPU, which is registered. */
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
	uint64_t elapsed_ns, gap_ns, had_ns; /* gaps and the rest, which add up to elapsed */
	uint64_t stolen_ns;		     /* growth over all */
	uint64_t count;			     /* gaps of over suite.slack_ns */
	uint64_t longest_ns;		     /* of them */
	uint64_t short_ns;		     /* what their growth fell short of them by, together */
	uint64_t short_of;		    /* the most that one's growth fell short of it by, ns */
	uint64_t short_count;		    /* how many fell short by over suite.slack_ns */
	uint64_t outside;		    /* growth seen without such a gap before it, ns */
	uint64_t over;			    /* the most by which growth exceeded its gap, ns */
	uint64_t backwards;		    /* readings that were less than the one before */
	struct gap worst_short, worst_over; /* which of them it was */
};

/*
 * Spin on the calling CPU, which is registered, for `ticks` of the counter, or until `gaps` gaps
 * were seen if that is not 0. `each`, if not NULL, is called after each gap, and after whatever
 * else stolen time grew over.
 */
void gaps_watch(struct gaps *g, uint64_t ticks, uint64_t gaps, void (*each)(const struct gap *gap));

/*
 * Sleep by WFI till `deadline`, as timer_sleep_until(). What it woke too late by is the one gap, if
 * it is one; growth beyond it is not looked at, as the CPU may have been away between the reading
 * and the WFI.
 */
void gaps_sleep(struct gaps *g, uint64_t deadline, void (*each)(const struct gap *gap));

/* One pass of that loop without the readings: 512 instructions. */
void gaps_pass(void);

/* Another watch's result taken into the sum. */
void gaps_add(struct gaps *sum, const struct gaps *g);

/*
 * What growth may exceed `ticks` by: by rounding, and by how well another clock keeps pace with the
 * counter.
 */
uint64_t gaps_rounding_ns(uint64_t ticks);

/*
 * What all that can be held against any hypervisor: upper bounds, and never backwards. On any CPU.
 */
bool gaps_check_upper(const struct gaps *g, unsigned cpu);

/* Whether the CPU was away long enough to speak of competition: 5 % of the time. */
bool gaps_competed(const struct gaps *g);

/*
 * That each gap, and all together, were charged. It has to be known that they were waits:
 * gaps_competed().
 */
bool gaps_check_lower(const struct gaps *g, unsigned cpu);

/* The trap that the slack is measured in. */
void gaps_trap(void);

/*
 * What a gap may have that is no wait (see above), from the time that a trap takes; once, before
 * all cases.
 */
uint64_t gaps_slack_ns(void);

#endif
