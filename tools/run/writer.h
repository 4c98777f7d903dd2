/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_WRITER_H
#define TOOLS_RUN_WRITER_H

/*
 * A stream to a pipe or a terminal whose reader may be slow or stopped. Printing only appends to a
 * buffer, and a thread writes the buffer, so printing never blocks. O_NONBLOCK would need no
 * thread, but it would also affect all other processes that share the open file, such as the shell.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct writer;

struct writer_state {
	size_t waiting; /* bytes not written yet */
	/* CLOCK_MONOTONIC, when bytes were last written, or when the first bytes were buffered */
	uint64_t progress_ns;
	int error; /* the errno that ended writing; 0: none */
	bool given_up;
};

/*
 * `wake` is an eventfd. It becomes readable when everything has been written, when the buffer falls
 * below `few` bytes, and after an error. Returns NULL and errno if memory or a thread is not
 * available.
 */
struct writer *writer_open(int fd, int wake, size_t few);

/*
 * The stream to print to. After an error, printing fails with the same errno. Its output needs
 * fflush().
 */
FILE *writer_stream(const struct writer *w);

struct writer_state writer_state(struct writer *w);

/* Discard the buffer, and everything printed later, without an error. */
void writer_give_up(struct writer *w);

/*
 * Close the stream; `fd` stays open. A thread whose write() does not return stays, with its memory,
 * until the process ends.
 */
void writer_close(struct writer *w);

#endif
