/* SPDX-License-Identifier: BSD-2-Clause */
/* The UART, which is machine/pl011.c. And flash: it is memory (memory.c), but a write comes here and does nothing. */
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include "tools/kvm/vm.h"

static struct vm *vm_of(struct pl011 *uart)
{
	return (struct vm *)(void *)((char *)uart - offsetof(struct vm, uart));
}

/* The seams of the UART, with its lock held. */
void pl011_send(struct pl011 *uart, uint8_t byte)
{
	struct vm *vm = vm_of(uart);

	outlet_bytes(vm->outlet, (uint8_t)vm->id, &byte, 1);
}

/* The main thread has more that was typed, perhaps. */
void pl011_has_room(struct pl011 *uart)
{
	eventfd_write(vm_of(uart)->wake, 1);
}

void pl011_set_line(struct pl011 *uart, bool high)
{
	gic_set_spi(vm_of(uart), MAP_SPI_UART, high);
}

bool device_type(struct vm *vm, uint8_t byte)
{
	pthread_mutex_lock(&vm->uart_lock);
	bool room = pl011_receive(&vm->uart, byte);
	pthread_mutex_unlock(&vm->uart_lock);
	return room;
}

/* Of registers of 32 bits, 64 are two. */
static void access_uart(struct vm *vm, uint32_t offset, uint8_t *bytes, unsigned size, bool write)
{
	pthread_mutex_lock(&vm->uart_lock);
	for (unsigned done = 0; done < size; done += 4) {
		unsigned n = size - done < 4 ? size - done : 4;
		uint32_t value = 0;

		if (write) {
			memcpy(&value, bytes + done, n);
			pl011_write(&vm->uart, offset + done, value);
		} else {
			value = pl011_read(&vm->uart, offset + done);
			memcpy(bytes + done, &value, n);
		}
	}
	pthread_mutex_unlock(&vm->uart_lock);
}

bool device_access(struct vm *vm, uint64_t ipa, uint8_t *bytes, unsigned size, bool write)
{
	if (ipa - MAP_UART_BASE < MAP_UART_SIZE) {
		access_uart(vm, (uint32_t)(ipa - MAP_UART_BASE), bytes, size, write);
		return true;
	}
	return write && ipa - MAP_FLASH_BASE < MAP_FLASH_SIZE;
}
