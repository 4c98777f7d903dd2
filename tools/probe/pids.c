/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tools/arguments.h"
#include "tools/probe/facts.h"
#include "tools/probe/files.h"
#include "tools/probe/pids.h"
#include "tools/report.h"

#define PID_MAX 4194304u /* linux/threads.h: PID_MAX_LIMIT */

bool probe_pids_has(const struct probe_pids *pids, unsigned pid)
{
	size_t i = 0;

	while (i < pids->count && pids->pid[i] != pid)
		i++;
	return i < pids->count;
}

bool probe_pids_add(struct probe_pids *pids, const char *value)
{
	unsigned pid;

	if (!arguments_number("pid", value, PID_MAX, &pid))
		return false;
	if (probe_pids_has(pids, pid))
		return true;
	unsigned *more = realloc(pids->pid, (pids->count + 1) * sizeof(*more));
	if (more == NULL) {
		report("%m");
		return false;
	}
	pids->pid = more;
	more[pids->count++] = pid;
	return true;
}

bool probe_pids_check(const struct probe_pids *pids, int root)
{
	char path[PROBE_PATH];

	for (size_t i = 0; i < pids->count; i++) {
		snprintf(path, sizeof(path), "proc/%u/stat", pids->pid[i]);
		if (faccessat(root, path, F_OK, 0) == 0)
			continue;
		report("--pid: there is no process %u%s", pids->pid[i],
		       probe_in_namespace(root) ? " in this PID namespace" : "");
		return false;
	}
	return true;
}
