/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_SPAWN_H
#define TOOLS_RUN_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Start the program argv[0], from PATH if it has no '/'; the last argument is NULL. `ends` become
 * its standard streams: descriptors above 2, which the caller still has to close. In the program no
 * signal is blocked and SIGPIPE is not ignored. It is killed when the calling process ends. With
 * `apart` it gets a session of its own, so that the terminal's signals do not reach it. Returns 0;
 * or an errno, if the program could not be started.
 */
int spawn(const char *const *argv, const int ends[3], bool apart, pid_t *pid);

/*
 * The same, apart, with a function of this program; its return value becomes the process's exit
 * status. The child has no other descriptors, and never writes what the caller has not flushed. The
 * calling process must have one thread. Returns 0, or fork()'s errno.
 */
int spawn_call(int (*body)(void *), void *argument, const int ends[3], pid_t *pid);

/* Wait until a child process ends. Returns its wait status. */
int spawn_wait(pid_t pid);

#endif
