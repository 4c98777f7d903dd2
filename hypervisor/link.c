/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending to the pvtime command. panic() uses this, so it depends on nothing but the UART. */
#include "link.h"
#include "format.h"
#include "spinlock.h"
#include "uart.h"

static struct spinlock lock;
static unsigned out_channel = LINK_NO_CHANNEL;

static void put(unsigned channel, uint8_t byte)
{
	if (channel != out_channel) {
		uart_put(LINK_ESC);
		uart_put((uint8_t)channel);
		out_channel = channel;
	}
	if (byte == LINK_ESC)
		uart_put(LINK_ESC);
	uart_put(byte);
}

void link_console(unsigned vm, uint8_t byte)
{
	spin_lock(&lock);
	put(vm, byte);
	spin_unlock(&lock);
}

void link_line_unlocked(unsigned channel, const char *text)
{
	while (*text)
		put(channel, (uint8_t)*text++);
	put(channel, '\n');
}

static void line(unsigned channel, const char *f, va_list args)
{
	char text[256];

	format_va(text, sizeof(text), f, args);
	spin_lock(&lock);
	link_line_unlocked(channel, text);
	spin_unlock(&lock);
}

void link_log(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	line(LINK_LOG, f, args);
	va_end(args);
}

void link_record(const char *f, ...)
{
	va_list args;

	va_start(args, f);
	line(LINK_RECORD, f, args);
	va_end(args);
}
