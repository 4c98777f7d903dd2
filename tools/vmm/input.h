/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_INPUT_H
#define TOOLS_VMM_INPUT_H

/*
 * What comes from the host's side of the link: bytes for the attached VM's console, which wait here
 * in order until its UART has room, and requests to stop, to pause and to go on, which overtake
 * them.
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
	uint8_t queue
		[LINK_WINDOW]; /* the host sends no more; what it sends in spite of that is lost */
	size_t first, waiting;
	uint64_t taken, told; /* bytes that the VM has got, and of how many the host knows */
	bool stop;	      /* it was asked for, or nobody is there any more */
	bool pause;	      /* it was asked for, and nothing has ended it yet */
};

void input_init(struct input *in, int fd, struct vm *attached);
/* The descriptor is readable. */
void input_read(struct input *in);
/*
 * To the UART what it has room for. True: the host is to hear that `taken` bytes have come to the
 * VM (LINK_RECORD).
 */
bool input_deliver(struct input *in);

#endif
