/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"
#include "format.h"
#include "gic.h"
#include "lab.h"
#include "pl011.h"
#include "spinlock.h"
#include "uart.h"

#define NO_CHANNEL 0xfeu

static struct spinlock lock;
static unsigned out_channel = NO_CHANNEL;

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

/*
 * Receiving. A VM whose FIFO is full keeps the byte waiting here, and with it all that follows on the
 * cable: the receive interrupt is off until the VM has read (link_receive is called again).
 */
static unsigned in_channel = NO_CHANNEL;
static bool in_escape, held;
static uint8_t held_byte;

/* A byte of the current channel. False: no room for it yet. */
static bool deliver(uint8_t byte)
{
	struct vm *vm = lab_vm(in_channel);

	if (vm)
		return pl011_receive(vm, byte);
	if (in_channel == LINK_CONTROL && byte == LINK_STOP)
		lab_stop();
	return true;
}

static bool receive_byte(uint8_t byte)
{
	if (in_escape) {
		if (byte == LINK_ESC && !deliver(byte))
			return false;
		if (byte != LINK_ESC)
			in_channel = byte;
		in_escape = false;
		return true;
	}
	if (byte == LINK_ESC) {
		in_escape = true;
		return true;
	}
	return deliver(byte);
}

void link_has_room(void)
{
	if (__atomic_load_n(&held, __ATOMIC_RELAXED))
		gic_send_sgi(0, SGI_KICK);
}

void link_receive(void)
{
	for (;;) {
		if (!held && !uart_get(&held_byte))
			break;
		__atomic_store_n(&held, !receive_byte(held_byte), __ATOMIC_RELAXED);
		if (held)
			break;
	}
	uart_receive_interrupt(!held);
}
