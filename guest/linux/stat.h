/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LINUX_STAT_H
#define LINUX_STAT_H

/* A CPU's line of /proc/stat, in USER_HZ (10 ms). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAT_PATH "/proc/stat"

/* Its steal, and what it spent on anything but waiting. */
struct cpu_stat {
	uint64_t steal, ran;
};

/* false: errno. `path`: of the file. */
bool stat_read(const char *path, unsigned cpu, struct cpu_stat *s);

/*
 * How long to wait, in ns of CLOCK_MONOTONIC: while nothing is counted of the CPU; and for all that
 * may be stolen meanwhile.
 */
struct stat_patience {
	uint64_t stands_ns, all_ns;
};

/*
 * Run on this CPU, to which the caller is bound, until so many ticks more of it are counted as run.
 * false: `why`, of `room` bytes, has what was expected and what was seen.
 */
bool stat_run(const char *path, unsigned cpu, unsigned ticks, struct stat_patience patience,
	      char *why, size_t room);

#endif
