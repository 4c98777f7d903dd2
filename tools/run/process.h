/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_PROCESS_H
#define TOOLS_RUN_PROCESS_H

/*
 * A process that is a virtual machine: its standard input and output are the machine's UART, its
 * standard error has its messages.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
	const char *name; /* for messages; process_start() sets "QEMU" */
	pid_t pid;
	int pidfd; /* readable when the process has ended */
	int input; /* the machine's UART, both ways; these three are non-blocking */
	int output;
	int errors; /* the process's own messages */
};

/*
 * Start a program: argv[0] is looked up in PATH, and the last argument is NULL. The program is
 * killed when this process ends for any reason, and gets no signals from the terminal. Returns 0 or
 * an errno, such as ENOENT if the program does not exist.
 */
int process_start(struct process *process, const char *const *argv);

/*
 * The same with a function of this program: its return value becomes the process's exit status. The
 * calling process must have one thread.
 */
int process_call(struct process *process, int (*body)(void *), void *argument);

/* End the process unless it has ended by itself. Releases everything; returns the wait status. */
int process_end(struct process *process);

/* A wait status in words: "with status 1", "of signal 9 (Killed)". */
void process_describe(int wait_status, char *text, size_t room);

#endif
