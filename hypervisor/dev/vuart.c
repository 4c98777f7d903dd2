/* SPDX-License-Identifier: BSD-2-Clause */
#include "dev/vuart.h"
#include "vm.h"

void vuart_reset(struct vuart *u)
{
	spin_lock(&u->lock); /* the host may be typing */
	pl011_reset(&u->pl011);
	spin_unlock(&u->lock);
}

uint32_t vuart_read(struct vm *vm, uint32_t offset)
{
	uint32_t value;

	spin_lock(&vm->uart.lock);
	value = pl011_read(&vm->uart.pl011, offset);
	spin_unlock(&vm->uart.lock);
	return value;
}

void vuart_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	spin_lock(&vm->uart.lock);
	pl011_write(&vm->uart.pl011, offset, value);
	spin_unlock(&vm->uart.lock);
}

bool vuart_receive(struct vm *vm, uint8_t byte)
{
	bool room;

	spin_lock(&vm->uart.lock);
	room = pl011_receive(&vm->uart.pl011, byte);
	spin_unlock(&vm->uart.lock);
	return room;
}

static struct vm *vm_of(struct pl011 *u)
{
	return CONTAINER_OF(u, struct vm, uart.pl011);
}

void pl011_send(struct pl011 *u, uint8_t byte)
{
	struct vm *vm = vm_of(u);

	vm->noticed = true;
	if (byte == '\n')
		lab_line_ends(vm);
	link_console(vm->id, byte);
}

void pl011_has_room(struct pl011 *u)
{
	(void)u;
	link_has_room();
}

/* The UART's lock is held, so levels arrive in order. */
void pl011_set_line(struct pl011 *u, bool high)
{
	vgic_set_spi(vm_of(u), MAP_SPI_UART, high);
}
