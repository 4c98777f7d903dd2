/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stddef.h>
#include "../hypervisor/format.h"
#include "board.h"
#include "console.h"
#include "mmu.h"
#include "sysreg.h"

/* Arm PL011 (DDI 0183, 3.2). */
#define PL011_DR      0x000
#define PL011_FR      0x018
#define PL011_FR_TXFF (1u << 5)
#define PL011_IBRD    0x024
#define PL011_FBRD    0x028
#define PL011_LCR_H   0x02c
#define PL011_8N1F    0x70u /* 8 bits, FIFOs on */
#define PL011_CR      0x030
#define PL011_CR_ON   0x301u /* UART, transmitter and receiver enabled */
#define PL011_IMSC    0x038

/* 8250 and compatible UARTs (PC16550D data sheet, 8): register numbers. */
#define N8250_THR      0u
#define N8250_IER      1u
#define N8250_FCR      2u
#define N8250_FIFO_ON  7u /* FIFOs enabled and cleared */
#define N8250_LCR      3u
#define N8250_8N1      3u /* no access to the divisor, so the speed stays */
#define N8250_LSR      5u
#define N8250_LSR_THRE (1u << 5)

/* Xen's hypercall (xen/include/public/arch-arm.h, xen.h). */
#define XEN_CONSOLE_IO	    18u
#define XEN_CONSOLEIO_WRITE 0u

static bool locked, ready;

/* With the MMU off there are no exclusive accesses. Only one CPU is on then. */
static void lock(void)
{
	while (mmu_is_on() && __atomic_exchange_n(&locked, true, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static void unlock(void)
{
	__atomic_store_n(&locked, false, __ATOMIC_RELEASE);
}

static uint32_t read_8250(unsigned index)
{
	uint64_t address = board.uart.base + ((uint64_t)index << board.uart_shift);

	return board.uart_width == 4 ? mmio_read32(address) : mmio_read8(address);
}

static void write_8250(unsigned index, uint8_t value)
{
	uint64_t address = board.uart.base + ((uint64_t)index << board.uart_shift);

	if (board.uart_width == 4)
		mmio_write32(address, value);
	else
		mmio_write8(address, value);
}

void console_init(void)
{
	uint64_t base = board.uart.base;

	if (board.console == BOARD_CONSOLE_PL011) {
		mmio_write32(base + PL011_CR, 0);
		mmio_write32(base + PL011_IMSC, 0);
		mmio_write32(base + PL011_IBRD, 13); /* 115200 of 24 MHz */
		mmio_write32(base + PL011_FBRD, 1);
		mmio_write32(base + PL011_LCR_H, PL011_8N1F);
		mmio_write32(base + PL011_CR, PL011_CR_ON);
	} else if (board.console == BOARD_CONSOLE_8250) {
		write_8250(N8250_LCR, N8250_8N1);
		write_8250(N8250_IER, 0);
		write_8250(N8250_FCR, N8250_FIFO_ON);
	}
	ready = true;
}

static void put(char c)
{
	if (board.console == BOARD_CONSOLE_PL011 || board.console == BOARD_CONSOLE_SBSA) {
		while (mmio_read32(board.uart.base + PL011_FR) & PL011_FR_TXFF)
			;
		mmio_write32(board.uart.base + PL011_DR, (unsigned char)c);
	} else if (board.console == BOARD_CONSOLE_8250) {
		while (!(read_8250(N8250_LSR) & N8250_LSR_THRE))
			;
		write_8250(N8250_THR, (uint8_t)c);
	}
}

/* The buffer must not cross a page. Xen reads it as cacheable memory. */
static void xen_write(const char *text, size_t count)
{
	register uint64_t x0 __asm__("x0") = XEN_CONSOLEIO_WRITE;
	register uint64_t x1 __asm__("x1") = count;
	register uint64_t x2 __asm__("x2") = (uint64_t)(uintptr_t)text;
	register uint64_t x16 __asm__("x16") = XEN_CONSOLE_IO;

	__asm__ volatile("hvc #0xea1"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x16)
			 :
			 : "x3", "x4", "memory");
}

void tap_vprint(const char *f, va_list args)
{
	static _Alignas(256) char text[256];
	size_t n;

	if (!ready)
		return;
	lock();
	n = format_va(text, sizeof text, f, args);
	if (board.console == BOARD_CONSOLE_XEN)
		xen_write(text, n);
	for (size_t i = 0; i < n; i++)
		put(text[i]);
	unlock();
}

void console_print(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	tap_vprint(f, args);
	va_end(args);
}
