/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_PL011_H
#define MACHINE_PL011_H

/*
 * The guest's UART, an Arm PL011 (DDI 0183). It sends instantly, and receives through its FIFO of
 * 16 bytes. The program that runs guests has one struct pl011 for each VM, must not call two of
 * these functions for it at the same time, and defines the three seams.
 */
#include <stdbool.h>
#include <stdint.h>

#define PL011_FIFO 16u

struct pl011 {
	uint8_t fifo[PL011_FIFO];
	unsigned head, count;
	bool line; /* the level of its interrupt */
	uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
};

/*
 * Set the UART to its state after reset. No vCPU of the VM may run, and the caller must have set
 * the level of its interrupt to low.
 */
void pl011_reset(struct pl011 *u);
/*
 * Register accesses at `offset` (0 to 0xfff) of the page. Unknown registers read as 0 and ignore
 * writes.
 */
uint32_t pl011_read(struct pl011 *u, uint32_t offset);
void pl011_write(struct pl011 *u, uint32_t offset, uint32_t value);
/*
 * Receive a byte from the host. Returns false if the FIFO is full; the caller then keeps the byte.
 */
bool pl011_receive(struct pl011 *u, uint8_t byte);

/*
 * Seams. pl011_send(): the UART sends a byte. pl011_has_room(): the guest has read from a full
 * FIFO. pl011_set_line(): the level of the interrupt has changed.
 */
void pl011_send(struct pl011 *u, uint8_t byte);
void pl011_has_room(struct pl011 *u);
void pl011_set_line(struct pl011 *u, bool high);

#endif
