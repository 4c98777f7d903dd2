/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_QEMU_H
#define TOOLS_RUN_QEMU_H

/* A QEMU process, of whatever machine. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define QEMU_PROGRAM "qemu-system-aarch64"

struct qemu {
	pid_t pid;
	int pidfd; /* readable when the process has ended */
	int input; /* the machine's UART, both ways; non-blocking, like errors */
	int output;
	int errors; /* QEMU's own messages */
};

/*
 * Start a program with these arguments: argv[0] is looked for in PATH, and the last one is NULL. It ends with this
 * process, whatever this one ends of, and gets no signals from the terminal. Returns 0 or an errno: what exec() met,
 * ENOENT where there is no such program.
 */
int qemu_start_arguments(struct qemu *qemu, const char *const *argv);

/* End the process unless it has ended by itself. Returns its wait status, releases everything. */
int qemu_end(struct qemu *qemu);

/* A wait status in words: "with status 1", "of signal 9 (Killed)". */
void qemu_describe(int wait_status, char *text, size_t room);

#endif
