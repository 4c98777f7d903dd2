/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_TRACER_H
#define TOOLS_EXEC_TRACER_H

#include <sys/types.h>
#include "tools/exec/act.h"

/*
 * Begin to trace this process, which has one thread and waits in a system call. `filtered`: it is
 * about to get pvtime's filter (filter.h). Returns 0, or a negative errno if it is not traced.
 */
int tracer_begin(pid_t pid, bool filtered);

/*
 * Watch the process and its descendants until all have ended, or without the filter only until the
 * first VM was served on its way into KVM_RUN. Threads that are still traced are resumed when this
 * process exits, so the caller must exit at once.
 */
void tracer_serve(const struct exec_job *job);

#endif
