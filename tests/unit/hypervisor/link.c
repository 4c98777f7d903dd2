/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypervisor's end of the link, read and written by this test as machine/link.h defines. */
#include "link.h"
#include "gic.h"
#include "lab.h"
#include "uart.h"
#include "tests/lib/random.h"
#include "tests/tap.h"

#include <stdio.h>
#include <string.h>

#define VMS 3u

/* The bytes on the cable, in both directions. */
static uint8_t out[1 << 20], in[1 << 16];
static size_t out_length, in_length, in_next;

/* What the VMs have received, and for how many more bytes each has room. */
static uint8_t got[VMS][1 << 16];
static size_t got_length[VMS], room[VMS];
static unsigned stops, kicks;
static bool panics; /* in the middle of a line */

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

void gic_send_sgi(unsigned cpu, unsigned sgi)
{
	kicks += cpu == 0 && sgi == SGI_CPU0_WORK;
}

bool lab_has(unsigned vm)
{
	return vm < VMS;
}

void lab_stop(void)
{
	stops++;
}

bool lab_receive(unsigned vm, uint8_t byte)
{
	if (room[vm] == 0)
		return false;
	room[vm]--;
	got[vm][got_length[vm]++] = byte;
	return true;
}

/* The bytes of one channel in the output; -1: the escapes are wrong. */
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
	       "output begins with its channel, names a change, and doubles the escape");
	out_length = 0;
	link_log("%u VMs, %s", 2u, "started");
	link_record("vm %u %s", 1u, "off");
	tap_ok(channel(LINK_LOG, text) > 0 && !strcmp(text, "2 VMs, started\n"),
	       "link_log() sends a line on the log's channel");
	tap_ok(channel(LINK_RECORD, text) > 0 && !strcmp(text, "vm 1 off\n"),
	       "link_record() sends a line on the records' channel");
	out_length = 0;
	for (unsigned i = 0; i < 300; i++)
		text[i] = (char)('a' + i % 26);
	link_log("%s", text);
	tap_is_i64(channel(LINK_LOG, text), 256, "a line that is too long is cut to 256 bytes");
	tap_ok(text[254] == 'a' + 254 % 26 && text[255] == '\n',
	       "a line that is cut ends with a newline after 255 bytes of text");
	out_length = 0;
	link_console(0, 'a');
	panics = true;
	link_log("before meanwhile after");
	tap_ok(channel(LINK_LOG, text) > 0 && strstr(text, "stopped\n"),
	       "a panic in the middle of a line sends its own line without waiting for the lock");
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
	tap_is_u64(bad, 0, "100000 bytes of 64 consoles arrive in order, each on its own channel");
}

/* Receive these bytes from the host. */
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
	       "bytes before any channel is named reach no VM and stop nothing");
	ARRIVE("\xff\x01hello\xff\xff\xff\x02q\xff\x01!");
	tap_ok(vm_got(1, "hello\xff!", 7), "VM 1 gets its bytes, with a doubled 0xff as one");
	tap_ok(vm_got(2, "q", 1) && !stops,
	       "VM 2 gets a q, which does not stop the lab on its channel");
	ARRIVE("\xff\x03lost\xff\x40q\xff\x41q\xff\xfeq");
	tap_ok(!got_length[0] && !got_length[1] && !got_length[2] && !stops,
	       "bytes for a missing VM, the log, the records or no channel are dropped");
	ARRIVE("\xff\x42xy");
	tap_ok(!stops, "the control channel ignores a byte that it does not know");
	ARRIVE("q");
	tap_ok(stops == 1, "a q that follows on the control channel stops the lab");
	ARRIVE("\xff");
	ARRIVE("\x00z");
	tap_ok(vm_got(0, "z", 1), "an escape in two pieces selects its channel");
	ARRIVE("\xff");
	ARRIVE("\xff");
	tap_ok(vm_got(0, "\xff", 1), "a doubled 0xff in two pieces is one byte");
}

/* Forget the output so far; the next output names its channel. */
static void forget(void)
{
	link_console(0, '.');
	out_length = 0;
}

/* Whether the records sent since the last call begin with `want`. */
static bool took(const char *want)
{
	bool ok = channel(LINK_RECORD, text) > 0 && !strncmp(text, want, strlen(want));

	forget();
	return ok;
}

static void back_pressure(void)
{
	static uint8_t many[2 + LINK_WINDOW + 3];

	room[0] = 2;
	kicks = stops = 0;
	link_has_room();
	tap_ok(kicks == 0, "link_has_room() kicks no CPU when no input waits");
	ARRIVE("\xff\x01"
	       "e\xff\x00"
	       "abcd\xff\xff\xff\x42q");
	tap_ok(vm_got(0, "ab", 2) && vm_got(1, "e", 1),
	       "a VM gets as much input as it has room for");
	tap_ok(stops == 1, "a stop does not wait behind input that waits");
	link_has_room();
	tap_ok(kicks == 1, "link_has_room() kicks the boot CPU when input waits");
	room[0] = 1;
	link_receive();
	tap_ok(vm_got(0, "c", 1), "a VM with room for one byte gets one byte");
	link_receive();
	tap_ok(vm_got(0, "", 0), "a VM without room gets nothing");
	room[0] = 2;
	link_receive();
	tap_ok(vm_got(0, "d\xff", 2), "a VM that has room again gets the rest, with 0xff once");
	link_has_room();
	tap_ok(kicks == 1,
	       "link_has_room() kicks no CPU after the waiting input has been delivered");

	memset(many, 'x', sizeof(many));
	memcpy(many, "\xff\0", 2);
	memcpy(many + 2 + LINK_WINDOW, "\xff\x42q", 3);
	room[0] = stops = 0;
	forget();
	arrive(many, 2 + LINK_WINDOW + 3);
	tap_ok(stops == 1, "a stop that follows a full window of waiting input gets through");
	tap_ok(!took("took"), "no record reports taken input before any is taken");
	room[0] = LINK_WINDOW / 2 - 1;
	link_receive();
	tap_ok(!took("took"), "no record reports taken input before half of the window is taken");
	room[0] = 1;
	link_receive();
	tap_ok(took("took 272\n"),
	       "a record reports 272 bytes once half of the window has been taken");
	room[0] = 1000;
	link_receive();
	tap_ok(took("took 528\n"),
	       "a record reports 528 bytes once the whole window has been taken");
	tap_is_u64(got_length[0], LINK_WINDOW, "a VM gets all of a full window of input");
	room[0] = 0;
	arrive(many, 2 + LINK_WINDOW);
	arrive(many, 2 + 1);
	room[0] = 1000;
	link_receive();
	tap_is_u64(got_length[0], 2 * LINK_WINDOW, "input beyond the window is lost");
}

static bool something_waits(void)
{
	kicks = 0;
	link_has_room();
	return kicks;
}

/* Encodes bytes for a VM as the host sends them; returns the length. */
static size_t make_piece(uint8_t *piece, unsigned vm, const uint8_t *bytes, size_t n)
{
	size_t length = 0;

	piece[length++] = 0xff;
	piece[length++] = (uint8_t)vm;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == 0xff)
			piece[length++] = 0xff;
		piece[length++] = bytes[i];
	}
	return length;
}

/* Random bytes through FIFOs that have room now and then; never more than the window under way. */
static void random_receiving(void)
{
	static uint8_t want[VMS][1 << 15];
	size_t sent[VMS] = {0}, under_way = 0, all = 0;
	uint64_t seed = 11;
	unsigned bad = 0;

	memset(got_length, 0, sizeof(got_length));
	memset(room, 0, sizeof(room));
	while (all < 1 << 15 || something_waits()) {
		unsigned vm = (unsigned)random_below(&seed, VMS);
		size_t run = random_below(&seed, 200);
		uint8_t piece[2 + 2 * 200];

		if (run <= LINK_WINDOW - under_way && all < 1 << 15) {
			for (size_t i = 0; i < run; i++)
				want[vm][sent[vm] + i] =
					(uint8_t)(random_below(&seed, 4) ? next_random(&seed)
									 : 0xff);
			arrive(piece, make_piece(piece, vm, want[vm] + sent[vm], run));
			sent[vm] += run;
			all += run;
		}
		room[random_below(&seed, VMS)] += random_below(&seed, 50);
		link_receive();
		under_way = all;
		for (unsigned i = 0; i < VMS; i++)
			under_way -= got_length[i];
	}
	for (unsigned i = 0; i < VMS; i++)
		bad += got_length[i] != sent[i] || memcmp(got[i], want[i], sent[i]) != 0;
	tap_is_u64(bad, 0, "32 KiB through FIFOs of little room arrive complete and in order");
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
