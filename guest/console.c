/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stddef.h>
#include "../hypervisor/format.h"
#include "board.h"
#include "console.h"
#include "sysreg.h"

/* Arm PL011 (DDI 0183, 3.2). */
#define UART_DR	      0x000
#define UART_FR	      0x018
#define UART_FR_TXFF  (1u << 5)
#define UART_IBRD     0x024
#define UART_FBRD     0x028
#define UART_LCR_H    0x02c
#define UART_LCR_8N1F 0x70u /* 8 bits, FIFOs on */
#define UART_CR	      0x030
#define UART_CR_ON    0x301u /* UART, transmitter and receiver enabled */
#define UART_IMSC     0x038

static bool locked;

static void lock(void)
{
	while (__atomic_exchange_n(&locked, true, __ATOMIC_ACQUIRE))
		;
}

static void unlock(void)
{
	__atomic_store_n(&locked, false, __ATOMIC_RELEASE);
}

void console_init(void)
{
	uint64_t base = board.uart.base;

	if (!board.uart.size)
		return;
	mmio_write32(base + UART_CR, 0);
	mmio_write32(base + UART_IMSC, 0);
	mmio_write32(base + UART_IBRD, 13); /* 115200 of 24 MHz */
	mmio_write32(base + UART_FBRD, 1);
	mmio_write32(base + UART_LCR_H, UART_LCR_8N1F);
	mmio_write32(base + UART_CR, UART_CR_ON);
}

void tap_vprint(const char *f, va_list args)
{
	char text[256];
	size_t n = format_va(text, sizeof text, f, args);

	if (!board.uart.size)
		return;
	lock();
	for (size_t i = 0; i < n; i++) {
		while (mmio_read32(board.uart.base + UART_FR) & UART_FR_TXFF)
			;
		mmio_write32(board.uart.base + UART_DR, (unsigned char)text[i]);
	}
	unlock();
}

void console_print(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	tap_vprint(f, args);
	va_end(args);
}
