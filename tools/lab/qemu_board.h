/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_QEMU_BOARD_H
#define TOOLS_LAB_QEMU_BOARD_H

/* Runs the board of a lab as a QEMU process. */
#include <limits.h>
#include "tools/lab/file.h"
#include "tools/run/process.h"

struct qemu_board {
	const struct lab *lab;
	const char *hypervisor; /* path of the image */
	int bundle;		/* descriptor of the bundle, inheritable */
	bool deterministic;
};

/* Start QEMU. Returns 0 or an errno, as process_start() does. */
int qemu_start(struct process *process, const struct qemu_board *board);

/*
 * Find the image: `option` is the value of --hypervisor; NULL: hypervisor.img in pvtime's
 * data directory (tools/data.h). false: one line on standard error has said what is wrong.
 */
bool qemu_find_hypervisor(const char *option, char path[PATH_MAX]);

#endif
