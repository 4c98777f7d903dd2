/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VMM_OUTLET_H
#define TOOLS_VMM_OUTLET_H

/* The VMM's end of the link (machine/link.h), from all of its threads. */
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

/* At most 256 bytes of a channel. Who reads them has gone: nothing happens. */
void outlet_bytes(struct outlet *o, uint8_t channel, const uint8_t *bytes, size_t n);

/* A line for programs, at most 255 bytes; a newline is added. */
__attribute__((format(printf, 2, 3))) void outlet_record(struct outlet *o, const char *format, ...);

/* And one for people. */
__attribute__((format(printf, 2, 3))) void outlet_log(struct outlet *o, const char *format, ...);

#endif
