/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMM's end of the link: what is typed arrives in order however slow the guest is, and what is
 * sent is read unchanged.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/vmm/input.h"
#include "tools/vmm/outlet.h"
#include "tools/vmm/vm.h"

/* The guest's UART: what it has received, and how much room it has left. */
static uint8_t got[4096];
static size_t got_count, room;

bool device_type(struct vm *vm, uint8_t byte)
{
	(void)vm;
	if (room == 0)
		return false;
	room--;
	got[got_count++] = byte;
	return true;
}

static void send_bytes(int fd, struct link_tx *tx, uint8_t channel, const uint8_t *bytes, size_t n)
{
	uint8_t out[LINK_TX_MAX(256)];
	size_t size = link_tx_put(tx, channel, bytes, n, out);

	if (write(fd, out, size) != (ssize_t)size)
		tap_ok(false, "a pipe takes %zu bytes", size);
}

static void input(void)
{
	static struct vm vm = {.id = 3};
	static const uint8_t stop = LINK_STOP;
	struct link_tx tx;
	struct input in;
	uint8_t bytes[256];
	int ends[2];
	unsigned rounds = 0, told = 0;
	uint64_t last = 0;

	if (pipe(ends) != 0)
		return;
	link_tx_init(&tx);
	input_init(&in, ends[0], &vm);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(255 - i); /* the escape as well */
	for (unsigned i = 0; i < LINK_WINDOW / 256; i++)
		send_bytes(ends[1], &tx, 3, bytes, sizeof(bytes));
	send_bytes(ends[1], &tx, 2, bytes, 10);
	send_bytes(ends[1], &tx, LINK_CONTROL, &stop, 1);
	while (!in.stop && rounds++ < 100) {
		input_read(&in);
		told += input_deliver(&in);
	}
	tap_ok(in.stop && got_count == 0 && told == 0,
	       "a request to stop overtakes a full window of typed bytes");
	for (unsigned i = 0; i < 200; i++) {
		room = i % 16;
		if (input_deliver(&in))
			last = in.taken, told++;
	}
	bool right = got_count == LINK_WINDOW;
	for (unsigned i = 0; i < LINK_WINDOW && right; i++)
		right = got[i] == bytes[i % 256];
	tap_ok(right, "bytes arrive in order as there is room, and none of another VM's");
	tap_ok(told == 2 && last == LINK_WINDOW,
	       "input_deliver() returns true when half of the window has been taken, and when all has");
	send_bytes(ends[1], &tx, 3, bytes, 100);
	room = 1000;
	input_read(&in);
	tap_ok(input_deliver(&in) && got_count == LINK_WINDOW + 100 &&
		       got[got_count - 1] == bytes[99],
	       "the queue has room again after its bytes are delivered");

	input_init(&in, ends[0], NULL);
	send_bytes(ends[1], &tx, 0, bytes, 100);
	input_read(&in);
	input_deliver(&in);
	tap_ok(got_count == LINK_WINDOW + 100 && !in.stop,
	       "nothing is typed if no console is attached");
	static const uint8_t words[] = {LINK_PAUSE, LINK_RESUME, LINK_PAUSE};
	for (size_t n = 1; n <= sizeof(words); n++) {
		send_bytes(ends[1], &tx, LINK_CONTROL, &words[n - 1], 1);
		input_read(&in);
		tap_ok(in.pause == (n != 2) && !in.stop,
		       "the request '%c' decides whether the VMM pauses", words[n - 1]);
	}
	send_bytes(ends[1], &tx, LINK_CONTROL, words, 2);
	input_read(&in);
	tap_ok(!in.pause, "the last of two requests that come at once counts");
	close(ends[1]);
	input_read(&in);
	tap_ok(in.stop, "the end of the host's side stops the lab");
	close(ends[0]);
}

static uint8_t console[1024];
static char records[1024];
static size_t console_count, records_count;

static void take(void *context, uint8_t channel, const uint8_t *bytes, size_t n)
{
	(void)context;
	if (channel == 5) {
		memcpy(console + console_count, bytes, n);
		console_count += n;
	} else if (channel == LINK_RECORD) {
		memcpy(records + records_count, bytes, n);
		records_count += n;
	} else {
		tap_ok(false, "no byte comes on channel %u", channel);
	}
}

static void outlet(void)
{
	struct outlet o;
	struct link_rx rx;
	uint8_t bytes[256], stream[4096];
	char longest[400];
	int ends[2];

	if (pipe(ends) != 0)
		return;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	outlet_init(&o, ends[1]);
	outlet_bytes(&o, 5, bytes, sizeof(bytes));
	outlet_record(&o, "start %u", 7u);
	outlet_bytes(&o, 5, bytes, 3);
	outlet_record(&o, "%s", longest);
	ssize_t n = read(ends[0], stream, sizeof(stream));
	link_rx_init(&rx);
	link_rx_feed(&rx, stream, n > 0 ? (size_t)n : 0, take, NULL);
	tap_ok(console_count == 259 && memcmp(console, bytes, 256) == 0 &&
		       memcmp(console + 256, bytes, 3) == 0,
	       "every byte of a console is read as it was sent");
	tap_ok(memcmp(records, "start 7\nxxx", 11) == 0, "a record is a line");
	tap_ok(records_count == 8 + 255 && records[records_count - 1] == '\n',
	       "a record that is cut ends its line");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	input();
	outlet();
	return tap_done();
}
