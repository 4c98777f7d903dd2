/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_OUTLET_H
#define TOOLS_VMM_OUTLET_H

/* The VMM's sending end of the link (machine/link.h). All threads of the VMM may use it. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/run/link.h"

struct outlet {
	pthread_mutex_t lock;
	int fd;
	struct link_tx tx;
};

void outlet_init(struct outlet *o, int fd);

/* Send at most 256 bytes on a channel. If the reader is gone, they are dropped silently. */
void outlet_bytes(struct outlet *o, uint8_t channel, const uint8_t *bytes, size_t n);

/*
 * Send a record: one line of at most 254 bytes, to which a newline is added; longer lines are cut.
 */
__attribute__((format(printf, 2, 3))) void outlet_record(struct outlet *o, const char *format, ...);

/* Send a line of the log, with the same limit. */
__attribute__((format(printf, 2, 3))) void outlet_log(struct outlet *o, const char *format, ...);

#endif
