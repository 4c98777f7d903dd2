/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_SPAWN_H
#define TOOLS_RUN_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Start the program argv[0], from PATH if it has no '/'; the last argument is NULL. `ends` become
 * its standard streams: descriptors above 2 that stay the caller's. No signal is blocked in it,
 * SIGPIPE is not ignored, and it ends with the process that calls; `apart` is in a session of its
 * own, so that the terminal's signals do not reach it. Returns 0, or the errno of what kept it from
 * starting; there is no process then.
 */
int spawn(const char *const *argv, const int ends[3], bool apart, pid_t *pid);

/*
 * The same, apart, with a function of this program, whose value is the process' status. It has no
 * other descriptors, and what this process has not flushed is never written by it. This process has
 * one thread. Returns 0 or what fork() met.
 */
int spawn_call(int (*body)(void *), void *argument, const int ends[3], pid_t *pid);

/* Wait for the end of a process of ours. Returns its wait status. */
int spawn_wait(pid_t pid);

#endif
