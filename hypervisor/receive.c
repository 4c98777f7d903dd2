/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving from the pvtime command, for the lab.
 *
 * Bytes for consoles go through a queue, in which they wait while their VM's FIFO is full; bytes
 * for the hypervisor do not. The host sends no more than the queue has room for (machine/link.h);
 * anything more is lost. Only the boot CPU runs this. The CPUs of VMs also read `waiting`, which is
 * never 0 while a byte is not delivered.
 */
#include "gic.h"
#include "lab.h"
#include "link.h"
#include "uart.h"

static struct {
	uint8_t channel, byte;
} queue[LINK_WINDOW];
static unsigned first, waiting;
static uint64_t taken, told; /* bytes that VMs have got, and how many of them the host knows of */
static unsigned in_channel = LINK_NO_CHANNEL;
static bool in_escape;

static void set_waiting(unsigned count)
{
	__atomic_store_n(&waiting, count, __ATOMIC_SEQ_CST);
}

/*
 * Deliver the queue's bytes in order, as far as the VMs have room. Report to the host before its
 * window is closed.
 */
static void deliver(void)
{
	while (waiting && lab_receive(queue[first].channel, queue[first].byte)) {
		first = (first + 1) % LINK_WINDOW;
		set_waiting(waiting - 1);
		taken++;
	}
	if (taken - told >= LINK_WINDOW / 2 || (!waiting && taken != told)) {
		told = taken;
		link_record("took %lu", taken);
	}
}

/* A byte of the current channel. */
static void accept(uint8_t byte)
{
	if (lab_has(in_channel)) {
		if (waiting == LINK_WINDOW)
			return;
		queue[(first + waiting) % LINK_WINDOW].channel = (uint8_t)in_channel;
		queue[(first + waiting) % LINK_WINDOW].byte = byte;
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
		gic_send_sgi(0, SGI_CPU0_WORK);
}

void link_receive(void)
{
	uint8_t byte;

	while (uart_get(&byte))
		receive_byte(byte);
	deliver();
}
