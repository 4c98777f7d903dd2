/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_KVM_INPUT_H
#define TOOLS_KVM_INPUT_H

/*
 * What comes from the host's side of the link: bytes for the attached VM's console, which wait here in order until its UART
 * has room, and the request to stop, which overtakes them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/run/link.h"

struct vm;

struct input {
	int fd;
	struct vm *attached; /* NULL: nobody */
	struct link_rx rx;
	uint8_t queue[1024 + 256]; /* behind more than 1024 a request to stop is not seen */
	size_t first, waiting;
	bool stop; /* it was asked for, or nobody is there any more */
};

void input_init(struct input *in, int fd, struct vm *attached);
/* There is room for a piece more: the descriptor may be read. */
bool input_has_room(const struct input *in);
/* The descriptor is readable. */
void input_read(struct input *in);
/* To the UART what it has room for. */
void input_deliver(struct input *in);

#endif
