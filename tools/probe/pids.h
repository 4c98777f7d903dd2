/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_PIDS_H
#define TOOLS_PROBE_PIDS_H

/* The processes of --pid, to which a report is limited; none: it is not limited. */
#include <stdbool.h>
#include <stddef.h>

/* Each process once. Begin with zeroes, and free `pid` at the end. */
struct probe_pids {
	unsigned *pid;
	size_t count;
};

/* Take a value of --pid. false: it is no PID, or out of memory; that was reported. */
bool probe_pids_add(struct probe_pids *pids, const char *value);

bool probe_pids_has(const struct probe_pids *pids, unsigned pid);

/*
 * Check that the processes exist. `root` is a descriptor of the directory that has proc/. false:
 * one does not; that was reported.
 */
bool probe_pids_check(const struct probe_pids *pids, int root);

#endif
