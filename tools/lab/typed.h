/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TYPED_H
#define TOOLS_LAB_TYPED_H

/*
 * What was typed for the attached console and is not sent yet: the guest takes it when it likes,
 * and no more than LINK_WINDOW bytes are under way to it (machine/link.h). The rest waits here, if
 * it comes from a terminal, of which the key to leave by must be seen; or where it comes from, a
 * pipe or a file.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct typed {
	int fd;
	bool open; /* there may be more */
	bool terminal;
	uint8_t *bytes; /* those that wait */
	size_t count, room;
	uint64_t sent;
};

enum typed_event {
	TYPED_NOTHING,
	TYPED_LEAVE, /* Ctrl-] on a terminal; what came before it waits */
	TYPED_FULL,  /* no memory for more: what was read is lost */
};

/* Standard input, where `open`; else there is none. */
void typed_init(struct typed *t, bool open);
/* Nothing more is read, or sent. */
void typed_close(struct typed *t);
/* The descriptor that is to be polled for input; -1: none now. */
int typed_fd(const struct typed *t);
/* The descriptor is readable, or has ended. */
enum typed_event typed_read(struct typed *t);
/*
 * Takes what may be sent, of which guests have got `taken` bytes so far: at most `room` bytes; how
 * many.
 */
size_t typed_send(struct typed *t, uint64_t taken, uint8_t *out, size_t room);

#endif
