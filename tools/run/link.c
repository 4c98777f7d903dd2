/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/run/link.h"

void link_rx_init(struct link_rx *rx)
{
	rx->channel = LINK_NOWHERE;
	rx->escaped = false;
}

void link_rx_feed(struct link_rx *rx, const uint8_t *bytes, size_t n, link_sink *sink, void *ctx)
{
	static const uint8_t escaped_byte = LINK_ESC;
	const uint8_t *end = bytes + n;

	while (bytes < end) {
		if (rx->escaped) {
			rx->escaped = false;
			if (*bytes == LINK_ESC)
				sink(ctx, rx->channel, &escaped_byte, 1);
			else
				rx->channel = *bytes;
			bytes++;
			continue;
		}
		const uint8_t *escape = memchr(bytes, LINK_ESC, (size_t)(end - bytes));
		size_t run = (size_t)((escape != NULL ? escape : end) - bytes);
		if (run > 0)
			sink(ctx, rx->channel, bytes, run);
		bytes += run;
		if (escape != NULL) {
			rx->escaped = true;
			bytes++;
		}
	}
}

bool link_rx_torn(const struct link_rx *rx)
{
	return rx->escaped;
}

void link_tx_init(struct link_tx *tx)
{
	tx->channel = LINK_NOWHERE;
}

size_t link_tx_put(struct link_tx *tx, uint8_t channel, const uint8_t *bytes, size_t n,
		   uint8_t *out)
{
	uint8_t *start = out;

	if (n > 0 && tx->channel != channel) {
		*out++ = LINK_ESC;
		*out++ = channel;
		tx->channel = channel;
	}
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == LINK_ESC)
			*out++ = LINK_ESC;
		*out++ = bytes[i];
	}
	return (size_t)(out - start);
}
