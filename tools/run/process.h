/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_PROCESS_H
#define TOOLS_RUN_PROCESS_H

/* A process that is a machine: its standard streams are a UART, and messages. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
	const char *name; /* for messages, "QEMU" where nobody says otherwise */
	pid_t pid;
	int pidfd; /* readable when the process has ended */
	int input; /* the machine's UART, both ways; non-blocking, like errors */
	int output;
	int errors; /* the process' own messages */
};

/*
 * Start a program with these arguments: argv[0] is looked for in PATH, and the last one is NULL. It
 * ends with this process, whatever this one ends of, and gets no signals from the terminal. Returns
 * 0 or an errno: what exec() met, ENOENT where there is no such program.
 */
int process_start(struct process *process, const char *const *argv);

/*
 * The same with a function of this program instead: its value is the status. This process has one
 * thread.
 */
int process_call(struct process *process, int (*body)(void *), void *argument);

/* End the process unless it has ended by itself. Returns its wait status, releases everything. */
int process_end(struct process *process);

/* A wait status in words: "with status 1", "of signal 9 (Killed)". */
void process_describe(int wait_status, char *text, size_t room);

#endif
