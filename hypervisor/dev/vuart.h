/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VUART_H
#define VUART_H

/* A VM's UART (machine/pl011.h). Its vCPUs and the host's side access it one at a time. */
#include "spinlock.h"
#include "types.h"
#include "machine/pl011.h"

struct vm;

struct vuart {
	struct spinlock lock;
	struct pl011 pl011;
};

/* Reset the UART. No vCPU of the VM runs, and its GIC was reset. */
void vuart_reset(struct vuart *u);
uint32_t vuart_read(struct vm *vm, uint32_t offset);
void vuart_write(struct vm *vm, uint32_t offset, uint32_t value);
bool vuart_receive(struct vm *vm, uint8_t byte);

/*
 * Seams. link_console(): a byte goes out on the VM's console; lab_line_ends() comes before it if
 * the byte is a newline. link_has_room(): the VM has read from a FIFO that was full.
 * vgic_set_spi(): the VM's interrupt line `intid` has the level `high`. Called with the UART's lock
 * held.
 */
void lab_line_ends(struct vm *vm);
void link_console(unsigned vm, uint8_t byte);
void link_has_room(void);
void vgic_set_spi(struct vm *vm, unsigned intid, bool high);

#endif
