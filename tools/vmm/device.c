/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices: the UART (machine/pl011.c), the clock (machine/pl031.c), and virtio-mmio transports
 * without devices. Flash is memory (memory.c), but writes to it arrive here and are ignored.
 */
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include "machine/virtio_mmio.h"
#include "tools/vmm/vm.h"

static struct vm *vm_of(struct pl011 *uart)
{
	return (struct vm *)(void *)((char *)uart - offsetof(struct vm, uart));
}

/* The functions that machine/pl011.c calls, with device_lock held. */
void pl011_send(struct pl011 *uart, uint8_t byte)
{
	struct vm *vm = vm_of(uart);

	vm->noticed = true;
	outlet_bytes(vm->outlet, (uint8_t)vm->id, &byte, 1);
}

/* Wake the main thread, which may have more input. */
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
	pthread_mutex_lock(&vm->device_lock);
	bool room = pl011_receive(&vm->uart, byte);
	pthread_mutex_unlock(&vm->device_lock);
	return room;
}

static uint32_t uart_read(struct vm *vm, uint32_t offset)
{
	return pl011_read(&vm->uart, offset);
}

static void uart_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	pl011_write(&vm->uart, offset, value);
}

/*
 * The host's wall-clock time. Its administrator may set it back; then the guest's clock also goes
 * back.
 */
static uint64_t now(void)
{
	return (uint64_t)time(NULL);
}

static uint32_t rtc_read(struct vm *vm, uint32_t offset)
{
	return pl031_read(&vm->rtc, offset, now());
}

static void rtc_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	pl031_write(&vm->rtc, offset, value, now());
}

static uint32_t virtio_read(struct vm *vm, uint32_t offset)
{
	(void)vm;
	return virtio_mmio_empty(offset);
}

static void ignore_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	(void)vm, (void)offset, (void)value;
}

/* A window of 32-bit registers. */
struct device {
	uint64_t base, size;
	uint32_t (*read)(struct vm *vm, uint32_t offset);
	void (*write)(struct vm *vm, uint32_t offset, uint32_t value);
};

static const struct device devices[] = {
	{MAP_UART_BASE, MAP_UART_SIZE, uart_read, uart_write},
	{MAP_RTC_BASE, MAP_RTC_SIZE, rtc_read, rtc_write},
	{MAP_VIRTIO_BASE, MAP_VIRTIO_SIZE, virtio_read, ignore_write},
};

/* A 64-bit access covers two registers. */
static void access_window(const struct device *d, struct vm *vm, uint32_t offset, uint8_t *bytes,
			  unsigned size, bool write)
{
	pthread_mutex_lock(&vm->device_lock);
	for (unsigned done = 0; done < size; done += 4) {
		unsigned n = size - done < 4 ? size - done : 4;
		uint32_t value = 0;

		if (write) {
			memcpy(&value, bytes + done, n);
			d->write(vm, offset + done, value);
		} else {
			value = d->read(vm, offset + done);
			memcpy(bytes + done, &value, n);
		}
	}
	pthread_mutex_unlock(&vm->device_lock);
}

bool device_is_at(uint64_t ipa)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (ipa - devices[i].base < devices[i].size)
			return true;
	return ipa - MAP_FLASH_BASE < MAP_FLASH_SIZE;
}

bool device_access(struct vm *vm, uint64_t ipa, uint8_t *bytes, unsigned size, bool write)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (ipa - devices[i].base < devices[i].size) {
			access_window(&devices[i], vm, (uint32_t)(ipa - devices[i].base), bytes,
				      size, write);
			return true;
		}
	return write && ipa - MAP_FLASH_BASE < MAP_FLASH_SIZE;
}
