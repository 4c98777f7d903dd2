/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_WRITER_H
#define TOOLS_RUN_WRITER_H

/*
 * A stream to a file whose reader may be slow, or stopped: a pipe, a terminal. What is printed
 * waits in memory, and a thread writes it, so that printing never waits. O_NONBLOCK would need no
 * thread, but everybody has it who has the file open: the shell as well.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct writer;

struct writer_state {
	size_t waiting; /* bytes that are not written yet */
	/* of CLOCK_MONOTONIC: when bytes were last written, or began to wait */
	uint64_t progress_ns;
	int error; /* the errno that has ended the writing; 0: none */
	bool given_up;
};

/*
 * `wake` is an eventfd: it becomes readable when all has been written, when fewer than `few` bytes
 * wait again, and after an error. Returns NULL, with errno, where there is no memory or no thread.
 */
struct writer *writer_open(int fd, int wake, size_t few);

/* Printing to it fails after an error, with its errno. It needs fflush(). */
FILE *writer_stream(const struct writer *w);

struct writer_state writer_state(struct writer *w);

/* What waits is lost, and so is what will be printed, without an error. */
void writer_give_up(struct writer *w);

/*
 * Ends the stream. A thread whose write does not return stays, with its memory, until the process
 * ends. `fd` is not closed.
 */
void writer_close(struct writer *w);

#endif
