/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_TRACER_H
#define TOOLS_EXEC_TRACER_H

#include <sys/types.h>
#include "tools/exec/act.h"

/*
 * Begin to watch this process, which has one thread and waits in a system call. `filtered`: it is
 * about to get our filter (filter.h). Returns 0, or a negative errno, and then it is not watched.
 */
int tracer_begin(pid_t pid, bool filtered);

/*
 * Watch it and all that come of it until they have all ended; without the filter only until the
 * first VM is about to run and was seen to. Threads that are still watched then go on when this
 * process ends, which it is to do at once.
 */
void tracer_serve(const struct exec_job *job);

#endif
