/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/pl011.h"
#include <stddef.h>

/* Registers (DDI 0183, 3.2). */
#define UARTDR	  0x000u
#define UARTRSR	  0x004u
#define UARTFR	  0x018u
#define UARTILPR  0x020u
#define UARTIBRD  0x024u
#define UARTFBRD  0x028u
#define UARTLCR_H 0x02cu
#define UARTCR	  0x030u
#define UARTIFLS  0x034u
#define UARTIMSC  0x038u
#define UARTRIS	  0x03cu
#define UARTMIS	  0x040u
#define UARTICR	  0x044u
#define UARTDMACR 0x048u
#define UARTID	  0xfe0u /* to 0xffc: peripheral and cell ID, a byte each */

#define FR_TXFE 0x80u
#define FR_RXFF 0x40u
#define FR_RXFE 0x10u

#define INT_TX	0x20u
#define INT_RX	0x10u
#define INT_ALL 0x7ffu

#define CR_RESET   0x300u /* receive and transmit enabled, UART not */
#define IFLS_RESET 0x12u

void pl011_reset(struct pl011 *u)
{
	u->head = u->count = 0;
	u->ilpr = u->ibrd = u->fbrd = u->lcr_h = u->imsc = u->ris = u->dmacr = 0;
	u->cr = CR_RESET;
	u->ifls = IFLS_RESET;
	u->line = false;
}

/* The interrupt line follows the masked status. */
static void update(struct pl011 *u)
{
	/* `u` is never NULL, even where plain() returns NULL. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	bool high = u->ris & u->imsc;

	if (high != u->line)
		pl011_set_line(u, high);
	u->line = high;
}

static uint32_t read_data(struct pl011 *u)
{
	uint32_t byte;

	if (!u->count)
		return 0;
	byte = u->fifo[u->head];
	u->head = (u->head + 1) % PL011_FIFO;
	if (u->count-- == PL011_FIFO)
		pl011_has_room(u);
	if (!u->count)
		u->ris &= ~(uint32_t)INT_RX;
	update(u);
	return byte;
}

static uint32_t read_flags(const struct pl011 *u)
{
	return (uint32_t)(FR_TXFE | (u->count ? 0 : FR_RXFE) |
			  (u->count == PL011_FIFO ? FR_RXFF : 0));
}

/* The word of a plain register; NULL if the offset is not that of a plain register. */
static uint32_t *plain(struct pl011 *u, uint32_t offset)
{
	switch (offset) {
	case UARTILPR:
		return &u->ilpr;
	case UARTIBRD:
		return &u->ibrd;
	case UARTFBRD:
		return &u->fbrd;
	case UARTLCR_H:
		return &u->lcr_h;
	case UARTCR:
		return &u->cr;
	case UARTIFLS:
		return &u->ifls;
	case UARTIMSC:
		return &u->imsc;
	case UARTDMACR:
		return &u->dmacr;
	}
	return NULL;
}

static uint32_t read_register(struct pl011 *u, uint32_t offset)
{
	static const uint8_t id[] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
	const uint32_t *word = plain(u, offset);

	if (word)
		return *word;
	if (offset >= UARTID)
		return id[(offset - UARTID) / 4];
	switch (offset) {
	case UARTDR:
		return read_data(u);
	case UARTFR:
		return read_flags(u);
	case UARTRIS:
		return u->ris;
	case UARTMIS:
		return u->ris & u->imsc;
	}
	return 0;
}

uint32_t pl011_read(struct pl011 *u, uint32_t offset)
{
	return read_register(u, offset & ~3u) >> 8 * (offset & 3);
}

static void write_register(struct pl011 *u, uint32_t offset, uint32_t value)
{
	uint32_t *word = plain(u, offset);

	if (word) {
		*word = value;
		if (offset == UARTIMSC)
			*word &= INT_ALL;
	} else if (offset == UARTDR) {
		pl011_send(u, (uint8_t)value);
		u->ris |= INT_TX; /* the transmit FIFO is empty again */
	} else if (offset == UARTICR) {
		u->ris &= ~value;
	}
	update(u);
}

void pl011_write(struct pl011 *u, uint32_t offset, uint32_t value)
{
	write_register(u, offset & ~3u, value);
}

bool pl011_receive(struct pl011 *u, uint8_t byte)
{
	if (u->count == PL011_FIFO)
		return false;
	u->fifo[(u->head + u->count++) % PL011_FIFO] = byte;
	u->ris |= INT_RX;
	update(u);
	return true;
}
