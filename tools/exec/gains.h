/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_GAINS_H
#define TOOLS_EXEC_GAINS_H

/*
 * Files that grant rights when they are executed: set-user-ID, set-group-ID, file capabilities. In
 * a traced process Linux ignores them, unless the tracer has CAP_SYS_PTRACE (capabilities(7),
 * "Safety checking for capability-dumb binaries", and execve(2)).
 */
#include <stdbool.h>
#include "tools/exec/watch.h"

/*
 * What the file grants to this process by, such as "file capabilities"; NULL: it grants nothing, or
 * does not exist.
 */
const char *gains_of_file(const char *path);

/* The same for the file that execvp() would execute for this name. */
const char *gains_of_command(const char *name);

/*
 * Thread `tid` is on entry to `call`. If that executes a file whose rights tracing would take away,
 * this returns what grants them, as gains_of_file() does, and sets `path` to the file as the call
 * names it. NULL: the call executes nothing, or loses nothing.
 */
#define GAINS_PATH 512u
const char *gains_lost(pid_t tid, const struct exec_call *call, char path[GAINS_PATH]);

#endif
