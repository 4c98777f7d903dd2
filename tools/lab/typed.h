/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TYPED_H
#define TOOLS_LAB_TYPED_H

/*
 * Input for the attached console that has not been sent yet. A guest may read its input slowly, and
 * at most LINK_WINDOW bytes may be on their way to it (machine/link.h). Input from a terminal is
 * read at once and buffered here, so that Ctrl-] is always noticed. Input from a pipe or a file is
 * read only when the buffer is empty.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct typed {
	int fd;
	bool open; /* there may be more input */
	bool terminal;
	uint8_t *bytes; /* the buffer */
	size_t count, room;
	uint64_t sent;
};

enum typed_event {
	TYPED_NOTHING,
	TYPED_LEAVE, /* Ctrl-] on a terminal; the input before it is in the buffer */
	TYPED_FULL,  /* out of memory: nothing was read */
};

/* Use standard input if `open`; otherwise there is no input. */
void typed_init(struct typed *t, bool open);
/* Stop reading and sending. */
void typed_close(struct typed *t);
/* The descriptor to poll for input; -1: none now. */
int typed_fd(const struct typed *t);
/* Call it when the descriptor is readable or at its end. */
enum typed_event typed_read(struct typed *t);
/*
 * Move the bytes that may be sent now to `out`, at most `room`. `taken` is how many of the bytes
 * sent so far the guest has read. Returns how many bytes were moved.
 */
size_t typed_send(struct typed *t, uint64_t taken, uint8_t *out, size_t room);

#endif
