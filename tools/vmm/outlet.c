/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "tools/vmm/outlet.h"

#define PIECE 256u

void outlet_init(struct outlet *o, int fd)
{
	pthread_mutex_init(&o->lock, NULL);
	o->fd = fd;
	link_tx_init(&o->tx);
}

void outlet_bytes(struct outlet *o, uint8_t channel, const uint8_t *bytes, size_t n)
{
	uint8_t out[LINK_TX_MAX(PIECE)];
	const uint8_t *at = out;

	pthread_mutex_lock(&o->lock);
	size_t left = link_tx_put(&o->tx, channel, bytes, n, out);
	while (left > 0) {
		ssize_t written = write(o->fd, at, left);

		if (written < 0 && errno != EINTR)
			break;
		at += written > 0 ? written : 0;
		left -= written > 0 ? (size_t)written : 0;
	}
	pthread_mutex_unlock(&o->lock);
}

static void put_line(struct outlet *o, uint8_t channel, const char *format, va_list args)
{
	char line[PIECE];
	int n = vsnprintf(line, sizeof(line) - 1, format, args);
	size_t length = n < (int)sizeof(line) - 1 ? (size_t)n : sizeof(line) - 2;

	line[length++] = '\n';
	outlet_bytes(o, channel, (const uint8_t *)line, length);
}

void outlet_record(struct outlet *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(o, LINK_RECORD, format, args);
	va_end(args);
}

void outlet_log(struct outlet *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(o, LINK_LOG, format, args);
	va_end(args);
}
