/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"
#include "format.h"
#include "gic.h"
#include "lab.h"
#include "spinlock.h"
#include "uart.h"
#include "vuart.h"

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
 * Receiving. Bytes for consoles go through a queue, in which they wait while their VM's FIFO is full; what is for
 * ourselves does not. Only when the queue is full, too, is the receiver off, until the VM has read. The boot CPU
 * alone is here; `waiting` is also read by the CPUs of VMs, and is never 0 while a byte is not delivered.
 */
#define QUEUE 1024u

static struct {
	uint8_t channel, byte;
} queue[QUEUE];
static unsigned first, waiting;
static unsigned in_channel = NO_CHANNEL;
static bool in_escape;

static void set_waiting(unsigned count)
{
	__atomic_store_n(&waiting, count, __ATOMIC_SEQ_CST);
}

/* Deliver from the queue what the VMs have room for, in order. */
static void deliver(void)
{
	while (waiting && vuart_receive(lab_vm(queue[first].channel), queue[first].byte)) {
		first = (first + 1) % QUEUE;
		set_waiting(waiting - 1);
	}
}

/* A byte of the current channel; there is room in the queue. */
static void accept(uint8_t byte)
{
	if (lab_vm(in_channel)) {
		queue[(first + waiting) % QUEUE].channel = (uint8_t)in_channel;
		queue[(first + waiting) % QUEUE].byte = byte;
		set_waiting(waiting + 1);
	} else if (in_channel == LINK_CONTROL && byte == LINK_STOP) {
		lab_stop();
	}
}

static void receive_byte(uint8_t byte)
{
	if (in_escape && byte != LINK_ESC)
		in_channel = byte;
	else if (in_escape || byte != LINK_ESC)
		accept(byte);
	in_escape = !in_escape && byte == LINK_ESC;
}

void link_has_room(void)
{
	if (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST))
		gic_send_sgi(0, SGI_BOOT_CPU);
}

void link_receive(void)
{
	uint8_t byte;

	deliver();
	while (waiting < QUEUE && uart_get(&byte)) {
		receive_byte(byte);
		deliver();
	}
	uart_receive_interrupt(waiting < QUEUE);
}
