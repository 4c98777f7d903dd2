/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_INPUT_H
#define TOOLS_VMM_INPUT_H

/*
 * Input from the command's end of the link. Bytes for the attached VM's console wait here, in
 * order, until its UART has room. Requests to stop, pause and resume are handled at once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/run/link.h"

struct vm;

struct input {
	int fd;
	struct vm *attached; /* NULL: no VM */
	struct link_rx rx;
	/* the command must not send more before the VM has taken it; excess bytes are lost */
	uint8_t queue[LINK_WINDOW];
	size_t first, waiting;
	uint64_t taken, told; /* bytes that the VM has taken, and how many of them were reported */
	bool stop;	      /* a stop was requested, or the command has closed the link */
	bool pause;	      /* a pause was requested, and has not ended */
};

void input_init(struct input *in, int fd, struct vm *attached);
/* Call it when the descriptor is readable. */
void input_read(struct input *in);
/*
 * Pass as many bytes to the UART as it has room for. true: report `taken` to the command now
 * (LINK_RECORD).
 */
bool input_deliver(struct input *in);

#endif
