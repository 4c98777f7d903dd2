/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's PL011: registers (DDI 0183, 3.2), FIFO and interrupt line; and a random run compared
 * with a queue.
 */
#include "vm.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <string.h>

enum { DR = 0, FR = 0x18, CR = 0x30, IFLS = 0x34, IMSC = 0x38, RIS = 0x3c, MIS = 0x40, ICR = 0x44 };
enum { RXFE = 0x10, RXFF = 0x40, TXFE = 0x80, RX = 0x10, TX = 0x20 };

static struct vm vm = {.id = 5};

/* The seams, which record their calls. */
static char console[64];
static unsigned sent, rooms, changes, lines, line_sent;
static bool line, wrong;

void link_console(unsigned id, uint8_t byte)
{
	wrong = wrong || id != 5;
	console[sent++ % sizeof(console)] = (char)byte;
}

void lab_line_ends(struct vm *of)
{
	wrong = wrong || of != &vm;
	lines++;
	line_sent = sent;
}

void link_has_room(void)
{
	rooms++;
}

void vgic_set_spi(struct vm *of, unsigned intid, bool high)
{
	wrong = wrong || of != &vm || intid != 33 || high == line;
	line = high;
	changes++;
}

static void fresh(void)
{
	vuart_reset(&vm.uart);
	memset(console, 0, sizeof(console));
	sent = rooms = changes = lines = 0;
	line = false;
}

static uint32_t rd(uint32_t offset)
{
	return vuart_read(&vm, offset);
}

static void wr(uint32_t offset, uint32_t value)
{
	vuart_write(&vm, offset, value);
}

static unsigned receive(unsigned from, unsigned n)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < n; i++)
		taken += vuart_receive(&vm, (uint8_t)(from + i));
	return taken;
}

static void after_reset(void)
{
	static const uint8_t id[] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

	for (uint32_t offset = 0; offset < 0xfe0; offset += 4) {
		uint32_t want = offset == FR	 ? TXFE | RXFE
				: offset == CR	 ? 0x300
				: offset == IFLS ? 0x12
						 : 0;

		if (rd(offset) != want)
			tap_is_u64(rd(offset), want, "register 0x%x has its reset value", offset);
	}
	for (uint32_t i = 0; i < 8; i++)
		tap_is_u64(rd(0xfe0 + 4 * i), id[i], "ID register 0x%x is that of a PL011",
			   0xfe0 + 4 * i);
	tap_ok(!changes, "reads change no interrupt line");
}

static void registers(void)
{
	static const uint32_t kept[] = {0x20, 0x24, 0x28, 0x2c, CR, IFLS, IMSC, 0x48};
	unsigned bad = 0;

	fresh();
	for (unsigned i = 0; i < ARRAY_SIZE(kept); i++)
		wr(kept[i], 0x2a0 + i);
	for (unsigned i = 0; i < ARRAY_SIZE(kept); i++)
		tap_is_u64(rd(kept[i]), 0x2a0 + i, "register 0x%x keeps what is written", kept[i]);
	wr(IMSC, UINT32_MAX);
	tap_is_u64(rd(IMSC), 0x7ff, "IMSC has a bit for each of eleven interrupts");

	fresh();
	for (uint32_t offset = 0; offset < 0x1000; offset += 4) {
		bool known = offset == DR;

		for (unsigned i = 0; i < ARRAY_SIZE(kept); i++)
			known = known || offset == kept[i];
		if (!known)
			wr(offset, UINT32_MAX);
	}
	bad = sent + changes;
	after_reset();
	tap_is_u64(bad, 0, "writes to all other registers do nothing");
}

static void transmitting(void)
{
	fresh();
	wr(DR, 'a');
	tap_ok(sent == 1 && console[0] == 'a', "a byte that is written goes out at once");
	tap_ok(rd(RIS) == TX && rd(MIS) == 0 && !line,
	       "a masked transmit interrupt is pending and leaves the line low");
	tap_is_u64(rd(FR), TXFE | RXFE, "the transmit FIFO is empty again after a byte");
	wr(IMSC, TX);
	tap_ok(rd(MIS) == TX && line && changes == 1,
	       "unmasking a pending transmit interrupt raises the line");
	tap_ok(!lines, "a byte that is not a newline does not end a line");
	wr(DR, '\n');
	tap_ok(lines == 1 && line_sent == 1 && console[1] == '\n',
	       "a line ends before its newline goes out");
	fresh();
	wr(IMSC, TX);
	wr(DR, 'a');
	wr(DR, 0x1234562);
	tap_ok(line && changes == 1 && console[1] == 'b',
	       "a second byte leaves the line high, and only 8 of its bits are data");
	wr(ICR, RX);
	tap_ok(line, "clearing another interrupt leaves the line high");
	wr(ICR, TX);
	tap_ok(!line && rd(RIS) == 0, "clearing the transmit interrupt lowers the line");
	wr(DR, 'c');
	tap_ok(line && changes == 3, "the next byte raises the cleared line again");
	wr(IMSC, 0);
	tap_ok(!line && rd(RIS) == TX,
	       "masking the transmit interrupt lowers the line and keeps the status");
	wr(MIS, 0);
	wr(RIS, 0);
	tap_is_u64(rd(RIS), TX, "writes to MIS and RIS do not change the status");
}

static void receiving(void)
{
	bool order = true;

	fresh();
	wr(IMSC, RX);
	tap_is_u64(rd(DR), 0, "an empty receive FIFO reads 0");
	tap_is_u64(receive(100, 1), 1, "an empty receive FIFO takes a byte");
	tap_ok(line && rd(RIS) == RX && rd(FR) == TXFE,
	       "one received byte raises the line, whatever UARTIFLS says");
	tap_is_u64(receive(101, 20), 15, "a receive FIFO with one byte takes 15 more");
	tap_ok(rd(FR) == (TXFE | RXFF) && changes == 1,
	       "a receive FIFO with 16 bytes is full, and the line has not changed again");
	wr(ICR, RX);
	tap_ok(!line, "clearing the receive interrupt lowers the line");
	tap_is_u64(receive(200, 1), 0, "a full FIFO takes none");
	tap_ok(!line && !rooms, "a byte that a full FIFO refuses changes neither line nor room");
	tap_is_u64(rd(DR), 100, "the first byte that was received is read first");
	tap_ok(rooms == 1 && rd(FR) == TXFE, "room in the FIFO is reported to the link");
	tap_ok(!line, "reading a byte leaves the cleared line low");
	tap_is_u64(receive(116, 1), 1, "a receive FIFO from which a byte was read takes one more");
	tap_ok(line && rd(FR) == (TXFE | RXFF),
	       "a byte that wraps around the FIFO's end raises the line and fills the FIFO");
	for (unsigned i = 0; i < 15; i++)
		order = order && rd(DR) == 101 + i && line;
	tap_ok(order && rooms == 2,
	       "bytes are read in order with the line high, and room is reported once");
	tap_is_u64(rd(DR), 116, "the byte that wrapped around the FIFO's end is read last");
	tap_ok(!line && rd(RIS) == 0 && rd(FR) == (TXFE | RXFE),
	       "reading the last byte lowers the line");
}

static void narrow(void)
{
	fresh();
	wr(0x24, 0x12345678);
	tap_is_u64(rd(0x25) & 0xff, 0x56, "byte 1 of a register can be read alone");
	tap_is_u64(rd(0x26) & 0xffff, 0x1234, "bytes 2 and 3 of a register are its upper half");
	tap_is_u64(rd(0xfe4 + 1) & 0xff, 0, "byte 1 of an ID register reads 0");
	tap_is_u64(rd(0xfff), 0, "the frame's last byte reads 0");
	receive('x', 1);
	tap_is_u64(rd(FR) & 0xff, TXFE, "the flags can be read as a byte");
	tap_is_u64(rd(DR) & 0xff, 'x', "received data can be read as a byte");
}

static void resetting(void)
{
	fresh();
	wr(IMSC, 0x7ff);
	wr(CR, 0x301);
	wr(DR, 'a');
	receive(1, 16);
	vuart_reset(&vm.uart);
	changes = 0;
	line = false; /* as after the GIC's reset */
	after_reset();
	tap_is_u64(receive(7, 1), 1, "after a reset the receive FIFO has room");
	tap_ok(!line, "after a reset the receive interrupt is masked");
	wr(IMSC, RX);
	tap_ok(line && changes == 1, "after a reset the line follows the mask again");
	tap_is_u64(rd(DR), 7, "a reset discards the bytes that were there before");
}

/* Random operations: the FIFO behaves as a queue, and the line is status and mask. */
static void random_run(void)
{
	uint64_t seed = 99;
	uint8_t queue[16];
	unsigned n = 0, bad = 0, full = 0, room = 0;
	uint32_t status = 0;

	fresh();
	for (unsigned i = 0; i < 100000; i++) {
		uint8_t byte = (uint8_t)next_random(&seed);

		switch (random_below(&seed, 6)) {
		case 0:
		case 1:
			bad += vuart_receive(&vm, byte) != (n < 16);
			if (n < 16) {
				queue[n++] = byte;
				status |= RX;
			}
			full += n == 16;
			break;
		case 2:
			room += n == 16;
			bad += rd(DR) != (n ? queue[0] : 0);
			n -= n > 0;
			status &= n ? UINT32_MAX : ~(uint32_t)RX;
			memmove(queue, queue + 1, n);
			break;
		case 3:
			wr(IMSC, byte);
			break;
		case 4:
			wr(ICR, byte);
			status &= ~(uint32_t)byte;
			break;
		default:
			wr(DR, byte);
			status |= TX;
		}
		bad += line != ((rd(RIS) & rd(IMSC)) != 0) || rd(MIS) != (rd(RIS) & rd(IMSC)) ||
		       rd(RIS) != status || !(rd(FR) & RXFE) != (n > 0) ||
		       !(rd(FR) & RXFF) != (n < 16) || (n == 0 && rd(RIS) & RX) || rooms != room;
	}
	tap_is_u64(
		bad, 0,
		"100000 random operations agree with a queue, and the line with status and mask");
	tap_ok(full > 100, "the FIFO was full %u times, more than 100", full);
}

int main(void)
{
	fresh();
	after_reset();
	registers();
	transmitting();
	receiving();
	narrow();
	resetting();
	random_run();
	tap_ok(!wrong,
	       "the seams were called for this VM only, and for the interrupt only when its level changed");
	tap_ok(!vm.uart.lock.held, "the UART's lock is free after all tests");
	return tap_done();
}
