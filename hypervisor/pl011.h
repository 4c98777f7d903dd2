/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL011_H
#define PL011_H

/* The guest's UART, an Arm PL011 (DDI 0183): transmission is instant, reception has its FIFO of 16. */
#include "spinlock.h"
#include "types.h"

#define PL011_FIFO 16u

struct vm;

struct pl011 {
	struct spinlock lock;
	uint8_t fifo[PL011_FIFO];
	unsigned head, count;
	bool line; /* the level of its interrupt */
	uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
};

/* As after reset. Caller: no vCPU of the VM runs, and its GIC was reset. */
void pl011_reset(struct pl011 *u);
/* Register accesses at `offset` (0 to 0xfff) of the page; unknown registers read 0 and ignore writes. */
uint32_t pl011_read(struct vm *vm, uint32_t offset);
void pl011_write(struct vm *vm, uint32_t offset, uint32_t value);
/* A byte from the host's side. Returns false where the FIFO is full: the caller keeps the byte. */
bool pl011_receive(struct vm *vm, uint8_t byte);

/*
 * Seams: a byte goes out on the VM's console; the VM has read from a FIFO that was full; the VM's interrupt line
 * `intid` has the level `high`. Called with the UART's lock held.
 */
void link_console(unsigned vm, uint8_t byte);
void link_has_room(void);
void vgic_set_spi(struct vm *vm, unsigned intid, bool high);

#endif
