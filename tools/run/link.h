/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LINK_H
#define TOOLS_RUN_LINK_H

/* The command's end of the byte stream that machine/link.h describes. Pure functions on bytes. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "machine/link.h"

/* No channel has been chosen yet: a byte that arrives now belongs to nobody. */
#define LINK_NOWHERE LINK_ESC

struct link_rx {
	uint8_t channel;
	bool escaped; /* the last byte was LINK_ESC */
};

/* Gets a run of one channel's bytes, n > 0; LINK_NOWHERE for those before the first choice. */
typedef void link_sink(void *ctx, uint8_t channel, const uint8_t *bytes, size_t n);

void link_rx_init(struct link_rx *rx);

/* Take the stream apart. An escape may be split between two calls. */
void link_rx_feed(struct link_rx *rx, const uint8_t *bytes, size_t n, link_sink *sink, void *ctx);

/* The stream may not end here: an escape has begun. */
bool link_rx_torn(const struct link_rx *rx);

struct link_tx {
	uint8_t channel;
};

/* The most bytes that link_tx_put() makes of n. */
#define LINK_TX_MAX(n) (2 + 2 * (n))

void link_tx_init(struct link_tx *tx);

/* Put n bytes on a channel (not LINK_ESC): writes at most LINK_TX_MAX(n) to `out`, returns how
 * many. */
size_t link_tx_put(struct link_tx *tx, uint8_t channel, const uint8_t *bytes, size_t n,
		   uint8_t *out);

#endif
