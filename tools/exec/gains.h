/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_GAINS_H
#define TOOLS_EXEC_GAINS_H

/*
 * Programs that are given rights when they are executed: set-user-ID, set-group-ID, file
 * capabilities. Linux gives them none while they are traced, unless the tracer has CAP_SYS_PTRACE
 * (capabilities(7), "Safety checking for capability-dumb binaries" and execve(2)).
 */
#include <stdbool.h>
#include "tools/exec/watch.h"

/*
 * What a file has, "file capabilities" or the like; NULL: nothing that is given here, or there is
 * no such file.
 */
const char *gains_of_file(const char *path);

/* The same of the file that execvp() would execute by this name. */
const char *gains_of_command(const char *name);

/*
 * `call` begins in thread `tid`: what it would lose by being traced, as gains_of_file(), and in
 * `path` the file as the call names it; NULL: it executes nothing, loses nothing, or this process
 * may trace it without that.
 */
#define GAINS_PATH 512u
const char *gains_lost(pid_t tid, const struct exec_call *call, char path[GAINS_PATH]);

#endif
