/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_LINK_H
#define TOOLS_RUN_LINK_H

/* The command's end of the byte stream that machine/link.h describes. Pure functions on bytes. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "machine/link.h"

/* The sender has not chosen a channel yet: bytes that arrive now belong to none. */
#define LINK_NOWHERE LINK_ESC

struct link_rx {
	uint8_t channel;
	bool escaped; /* the last byte was LINK_ESC */
};

/*
 * Receives n > 0 consecutive bytes of one channel; LINK_NOWHERE for bytes before the first choice.
 */
typedef void link_sink(void *ctx, uint8_t channel, const uint8_t *bytes, size_t n);

void link_rx_init(struct link_rx *rx);

/* Split the stream into its channels. An escape may be split between two calls. */
void link_rx_feed(struct link_rx *rx, const uint8_t *bytes, size_t n, link_sink *sink, void *ctx);

/* Whether the stream has ended within an escape. */
bool link_rx_torn(const struct link_rx *rx);

struct link_tx {
	uint8_t channel;
};

/* The most bytes that link_tx_put() writes for n. */
#define LINK_TX_MAX(n) (2 + 2 * (n))

void link_tx_init(struct link_tx *tx);

/*
 * Encode n bytes for a channel (not LINK_ESC). Writes at most LINK_TX_MAX(n) bytes to `out`;
 * returns how many.
 */
size_t link_tx_put(struct link_tx *tx, uint8_t channel, const uint8_t *bytes, size_t n,
		   uint8_t *out);

#endif
