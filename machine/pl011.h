/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_PL011_H
#define MACHINE_PL011_H

/*
 * The guest's UART, an Arm PL011 (DDI 0183): transmission is instant, reception has its FIFO of 16.
 * Whoever runs guests has one for each VM, sees to it that one function at a time has it, and
 * defines the three seams.
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

/* As after reset. Caller: no vCPU of the VM runs, and the level of its interrupt is low. */
void pl011_reset(struct pl011 *u);
/*
 * Register accesses at `offset` (0 to 0xfff) of the page; unknown registers read 0 and ignore
 * writes.
 */
uint32_t pl011_read(struct pl011 *u, uint32_t offset);
void pl011_write(struct pl011 *u, uint32_t offset, uint32_t value);
/* A byte from the host's side. Returns false where the FIFO is full: the caller keeps the byte. */
bool pl011_receive(struct pl011 *u, uint8_t byte);

/*
 * Seams: a byte goes out; the guest has read from a FIFO that was full; the interrupt has another
 * level.
 */
void pl011_send(struct pl011 *u, uint8_t byte);
void pl011_has_room(struct pl011 *u);
void pl011_set_line(struct pl011 *u, bool high);

#endif
