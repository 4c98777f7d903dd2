/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LINUX_STAT_H
#define LINUX_STAT_H

/* Reads a CPU's line of /proc/stat, in USER_HZ (10 ms). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAT_PATH "/proc/stat"

/* steal, and the sum of user, nice, system, irq and softirq. */
struct cpu_stat {
	uint64_t steal, ran;
};

/* Read the CPU's line from the file `path`. Returns false, with errno set, if that fails. */
bool stat_read(const char *path, unsigned cpu, struct cpu_stat *s);

/*
 * How long to wait, in ns of CLOCK_MONOTONIC. stands_ns: while the CPU's numbers do not change.
 * all_ns: in all, including the time that is stolen meanwhile.
 */
struct stat_patience {
	uint64_t stands_ns, all_ns;
};

/*
 * Run on CPU `cpu`, to which the caller must be bound, until the file `path` counts `ticks` more
 * ticks of it as run. Returns false if that fails: `why`, of `room` bytes, then says what was
 * expected and what was seen.
 */
bool stat_run(const char *path, unsigned cpu, unsigned ticks, struct stat_patience patience,
	      char *why, size_t room);

#endif
