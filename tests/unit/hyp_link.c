/* SPDX-License-Identifier: BSD-2-Clause */
/* Our end of the link, read and written by this test as machine/link.h says. */
#include "link.h"
#include "gic.h"
#include "lab.h"
#include "uart.h"
#include "vm.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <stdio.h>
#include <string.h>

#define VMS 3u

/* The cable. */
static uint8_t out[1 << 20], in[1 << 16];
static size_t out_length, in_length, in_next;
static bool receiving = true;

/* What the VMs are given; each has room for so many bytes more. */
static struct vm vms[VMS];
static uint8_t got[VMS][1 << 16];
static size_t got_length[VMS], room[VMS];
static unsigned stops, kicks;
static bool panics; /* amid a line */

void uart_put(uint8_t byte)
{
	out[out_length++] = byte;
	if (panics && byte == 'm') {
		panics = false;
		link_line_unlocked(LINK_LOG, "stopped");
	}
}

bool uart_get(uint8_t *byte)
{
	if (in_next == in_length)
		return false;
	*byte = in[in_next++];
	return true;
}

void uart_receive_interrupt(bool on)
{
	receiving = on;
}

void gic_send_sgi(unsigned cpu, unsigned sgi)
{
	kicks += cpu == 0 && sgi == SGI_BOOT_CPU;
}

struct vm *lab_vm(unsigned id)
{
	return id < VMS ? &vms[id] : NULL;
}

void lab_stop(void)
{
	stops++;
}

bool vuart_receive(struct vm *vm, uint8_t byte)
{
	size_t i = (size_t)(vm - vms);

	if (room[i] == 0)
		return false;
	room[i]--;
	got[i][got_length[i]++] = byte;
	return true;
}

/* The bytes of one channel in what was sent; -1: an escape that leads nowhere. */
static int channel(unsigned wanted, char *text)
{
	unsigned current = 0xfe;
	int n = 0;

	for (size_t i = 0; i < out_length; i++) {
		uint8_t byte = out[i];

		if (byte == 0xff) {
			if (++i == out_length)
				return -1;
			if (out[i] != 0xff) {
				current = out[i];
				continue;
			}
		}
		if (current == 0xfe)
			return -1;
		if (current == wanted)
			text[n++] = (char)byte;
	}
	text[n] = '\0';
	return n;
}

static char text[1 << 20];

static void sending(void)
{
	static const uint8_t want[] = {0xff, 0, 'a', 'b', 0xff, 1, 'c', 0xff, 0xff, 0xff, 0, 'd'};

	link_console(0, 'a');
	link_console(0, 'b');
	link_console(1, 'c');
	link_console(1, 0xff);
	link_console(0, 'd');
	tap_ok(out_length == sizeof(want) && !memcmp(out, want, sizeof(want)),
	       "it begins with its channel, names it when it changes, and doubles the escape");
	out_length = 0;
	link_log("%u VMs, %s", 2u, "started");
	link_record("vm %u %s", 1u, "off");
	tap_ok(channel(LINK_LOG, text) > 0 && !strcmp(text, "2 VMs, started\n"),
	       "a line of the log");
	tap_ok(channel(LINK_RECORD, text) > 0 && !strcmp(text, "vm 1 off\n"), "a record");
	out_length = 0;
	for (unsigned i = 0; i < 300; i++)
		text[i] = (char)('a' + i % 26);
	link_log("%s", text);
	tap_is_i64(channel(LINK_LOG, text), 256, "a line that is too long is cut, and ends");
	tap_ok(text[254] == 'a' + 254 % 26 && text[255] == '\n', "after 255 bytes");
	out_length = 0;
	link_console(0, 'a');
	panics = true;
	link_log("before meanwhile after");
	tap_ok(channel(LINK_LOG, text) > 0 && strstr(text, "stopped\n"),
	       "a panic amid a line waits for no lock");
}

static void random_sending(void)
{
	static uint8_t want[64][1 << 12];
	size_t n[64] = {0};
	uint64_t seed = 7;
	unsigned bad = 0;

	out_length = 0;
	for (unsigned i = 0; i < 100000; i++) {
		unsigned vm = (unsigned)random_below(&seed, 64);
		uint8_t byte = (uint8_t)(random_below(&seed, 3) ? next_random(&seed) : 0xff);

		if (i == 0)
			link_console(63, 0xff), want[63][n[63]++] = 0xff;
		link_console(vm, byte);
		want[vm][n[vm]++] = byte;
	}
	for (unsigned vm = 0; vm < 64; vm++)
		bad += channel(vm, text) != (int)n[vm] || memcmp(text, want[vm], n[vm]) != 0;
	tap_is_u64(bad, 0, "100000 bytes of 64 consoles: each has its own");
}

/* The host sends these bytes. */
static void arrive(const void *bytes, size_t n)
{
	in_next = 0;
	in_length = n;
	memcpy(in, bytes, n);
	link_receive();
}
#define ARRIVE(literal) arrive(literal, sizeof(literal) - 1)

static bool vm_got(unsigned i, const char *want, size_t n)
{
	bool ok = got_length[i] == n && !memcmp(got[i], want, n);

	got_length[i] = 0;
	return ok;
}

static void channels(void)
{
	for (unsigned i = 0; i < VMS; i++)
		room[i] = 1000;
	ARRIVE("lost");
	tap_ok(!got_length[0] && !got_length[1] && !got_length[2] && !stops,
	       "no channel yet: nobody gets it");
	tap_ok(receiving, "and the receiver stays on");
	ARRIVE("\xff\x01hello\xff\xff\xff\x02q\xff\x01!");
	tap_ok(vm_got(1, "hello\xff!", 7), "VM 1 has its bytes, 0xff among them");
	tap_ok(vm_got(2, "q", 1) && !stops, "VM 2 has a q, which is no stop there");
	ARRIVE("\xff\x03lost\xff\x40q\xff\x41q\xff\xfeq");
	tap_ok(!got_length[0] && !got_length[1] && !got_length[2] && !stops,
	       "a VM that is not, the log, the records, no channel: nobody gets it");
	ARRIVE("\xff\x42xy");
	tap_ok(!stops, "control knows one byte");
	ARRIVE("q");
	tap_ok(stops == 1, "which stops the lab; the channel lasts");
	ARRIVE("\xff");
	ARRIVE("\x00z");
	tap_ok(vm_got(0, "z", 1), "an escape in two pieces");
	ARRIVE("\xff");
	ARRIVE("\xff");
	tap_ok(vm_got(0, "\xff", 1), "and 0xff in two");
}

static void back_pressure(void)
{
	static uint8_t many[1100];

	room[0] = 2;
	kicks = stops = 0;
	link_has_room();
	tap_ok(kicks == 0, "nothing waits: nobody is kicked");
	ARRIVE("\xff\x01"
	       "e\xff\x00"
	       "abcd\xff\xff\xff\x42q");
	tap_ok(vm_got(0, "ab", 2) && vm_got(1, "e", 1), "what there is room for arrives");
	tap_ok(stops == 1 && receiving, "a stop does not wait behind what waits");
	link_has_room();
	tap_ok(kicks == 1, "room: the boot CPU is kicked");
	room[0] = 1;
	link_receive();
	tap_ok(vm_got(0, "c", 1), "a byte more");
	link_receive();
	tap_ok(vm_got(0, "", 0), "without room nothing moves");
	room[0] = 2;
	link_receive();
	tap_ok(vm_got(0, "d\xff", 2), "and the rest, 0xff once");
	link_has_room();
	tap_ok(kicks == 1, "and nobody is kicked any more");

	memset(many, 'x', sizeof(many));
	many[0] = 0xff;
	many[1] = 0;
	room[0] = 0;
	arrive(many, sizeof(many));
	tap_ok(!receiving && in_next == 2 + 1024, "1024 bytes wait: the receiver is off");
	room[0] = 1;
	link_receive();
	tap_ok(!receiving && in_next == 2 + 1025, "one more for each that is read");
	room[0] = 1000;
	link_receive();
	tap_ok(receiving && in_next == in_length, "and on again");
	room[0] = 1000;
	link_receive();
	tap_is_u64(got_length[0], sizeof(many) - 2, "nothing is lost");
}

static bool something_waits(void)
{
	kicks = 0;
	link_has_room();
	return kicks;
}

/* Random bytes through FIFOs that have room now and then. */
static void random_receiving(void)
{
	static uint8_t stream[1 << 15], want[VMS][1 << 15];
	size_t n = 0, sent[VMS] = {0};
	uint64_t seed = 11;
	unsigned bad = 0;

	memset(got_length, 0, sizeof(got_length));
	memset(room, 0, sizeof(room));
	while (n < sizeof(stream) - 4) {
		unsigned vm = (unsigned)random_below(&seed, VMS);
		unsigned run = (unsigned)random_below(&seed, 6);

		stream[n++] = 0xff;
		stream[n++] = (uint8_t)vm;
		for (; run && n < sizeof(stream) - 4; run--) {
			uint8_t byte =
				(uint8_t)(random_below(&seed, 4) ? next_random(&seed) : 0xff);

			want[vm][sent[vm]++] = byte;
			if (byte == 0xff)
				stream[n++] = byte;
			stream[n++] = byte;
		}
	}
	arrive(stream, n);
	for (unsigned i = 0; i < 1000000 && something_waits(); i++) {
		room[random_below(&seed, VMS)] += random_below(&seed, 3);
		link_receive();
	}
	for (unsigned i = 0; i < VMS; i++)
		bad += got_length[i] != sent[i] || memcmp(got[i], want[i], sent[i]) != 0;
	tap_is_u64(bad, 0, "32 KiB through FIFOs of little room: every byte, in order");
}

int main(void)
{
	sending();
	random_sending();
	channels();
	back_pressure();
	random_receiving();
	return tap_done();
}
