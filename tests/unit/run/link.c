/* SPDX-License-Identifier: BSD-2-Clause */
/* The link's multiplexer and demultiplexer, and lines that are joined from pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/run/link.h"
#include "tools/run/lines.h"

/* What came out: "channel:bytes " for every change of channel, bytes in hex. */
struct heard {
	char text[1024];
	int channel;
};

static void hear(void *ctx, uint8_t channel, const uint8_t *bytes, size_t n)
{
	struct heard *h = ctx;
	size_t at = strlen(h->text);

	if (h->channel != channel)
		at += (size_t)snprintf(h->text + at, sizeof(h->text) - at,
				       "%s%02x:", at > 0 ? " " : "", channel);
	h->channel = channel;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(h->text + at, sizeof(h->text) - at, "%02x", bytes[i]);
}

static void expect(const uint8_t *stream, size_t n, const char *want, const char *name)
{
	/* Whole, and in pieces of every size: the result must not depend on where a read ends. */
	for (size_t piece = 1; piece <= n; piece++) {
		struct heard h = {.channel = -1};
		struct link_rx rx;

		link_rx_init(&rx);
		for (size_t at = 0; at < n; at += piece)
			link_rx_feed(&rx, stream + at, n - at < piece ? n - at : piece, hear, &h);
		if (strcmp(h.text, want) != 0) {
			tap_ok(false, "%s, in pieces of %zu: '%s'", name, piece, h.text);
			return;
		}
	}
	tap_ok(true, "%s", name);
}

#define EXPECT(want, name, ...)                               \
	do {                                                  \
		const uint8_t stream_[] = {__VA_ARGS__};      \
		expect(stream_, sizeof(stream_), want, name); \
	} while (0)

static void test_rx(void)
{
	EXPECT("00:6869", "the bytes of one channel are passed on", 0xff, 0x00, 'h', 'i');
	EXPECT("00:61 01:6263 41:0a", "the bytes of three channels are passed on", 0xff, 0, 'a',
	       0xff, 1, 'b', 'c', 0xff, 0x41, '\n');
	EXPECT("02:ff", "an escape byte that is doubled is passed on once", 0xff, 2, 0xff, 0xff);
	EXPECT("02:ffffff0003",
	       "escape bytes in a row are passed on, then a NUL and what looks like a channel",
	       0xff, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 3);
	EXPECT("02:61ff 03:62", "a channel is chosen right after an escaped byte", 0xff, 2, 'a',
	       0xff, 0xff, 0xff, 3, 'b');
	EXPECT("", "choosing a channel passes on no byte", 0xff, 0, 0xff, 1, 0xff, 2);
	EXPECT("ff:6f6f 00:61", "bytes before the first choice are passed on as channel 0xff", 'o',
	       'o', 0xff, 0, 'a');
	EXPECT("fe:61", "a channel that does not exist is passed on as it is", 0xff, 0xfe, 'a');
}

static void test_torn(void)
{
	struct heard h = {.channel = -1};
	struct link_rx rx;

	link_rx_init(&rx);
	link_rx_feed(&rx, (const uint8_t *)"\xff", 1, hear, &h);
	tap_ok(link_rx_torn(&rx), "a stream that ends in an escape is torn");
	link_rx_feed(&rx, (const uint8_t *)"\x01x", 2, hear, &h);
	tap_ok(!link_rx_torn(&rx), "a stream whose escape is followed by a byte is not torn");
}

static void test_tx(void)
{
	static const uint8_t escapes[] = {0xff, 'a', 0xff};
	uint8_t out[LINK_TX_MAX(8)];
	struct link_tx tx;

	link_tx_init(&tx);
	tap_is_u64(link_tx_put(&tx, 3, escapes, 0, out), 0, "no bytes make no output");
	size_t n = link_tx_put(&tx, 3, escapes, 3, out);
	tap_ok(n == 7 && memcmp(out,
				"\xff\x03\xff\xff"
				"a\xff\xff",
				7) == 0,
	       "the channel is written first, and escape bytes are doubled");
	n = link_tx_put(&tx, 3, (const uint8_t *)"b", 1, out);
	tap_ok(n == 1 && out[0] == 'b', "the channel is written once for bytes that follow on it");
	n = link_tx_put(&tx, LINK_CONTROL, (const uint8_t *)"q", 1, out);
	tap_ok(n == 3 && memcmp(out, "\xff\x42q", 3) == 0, "a change of channel is written");
}

/* Every byte on every channel, cut at random: what goes in comes out. */
static void test_round_trip(void)
{
	unsigned int seed = 1;
	bool same = true;

	for (int round = 0; round < 200 && same; round++) {
		struct heard sent = {.channel = -1}, got = {.channel = -1};
		struct link_tx tx;
		struct link_rx rx;
		uint8_t stream[2048];
		size_t len = 0;

		link_tx_init(&tx);
		link_rx_init(&rx);
		for (int message = 0; message < 12; message++) {
			uint8_t bytes[16];
			uint8_t channel = (uint8_t)(rand_r(&seed) % 0xff);
			size_t n = 1 + (size_t)rand_r(&seed) % sizeof(bytes);

			for (size_t i = 0; i < n; i++)
				bytes[i] = rand_r(&seed) % 2 ? 0xff : (uint8_t)rand_r(&seed);
			hear(&sent, channel, bytes, n);
			len += link_tx_put(&tx, channel, bytes, n, stream + len);
		}
		for (size_t at = 0; at < len;) {
			size_t piece = 1 + (size_t)rand_r(&seed) % 7;
			if (piece > len - at)
				piece = len - at;
			link_rx_feed(&rx, stream + at, piece, hear, &got);
			at += piece;
		}
		same = strcmp(sent.text, got.text) == 0 && sent.text[0] != '\0';
	}
	tap_ok(same, "200 random streams come out as they went in");
}

static void keep_line(void *ctx, const char *text, size_t len, bool whole)
{
	char *all = ctx;

	snprintf(all + strlen(all), 8192 - strlen(all), "%zu%s<%.8s>", len, whole ? "" : "!", text);
}

static void test_lines(void)
{
	static struct lines lines;
	static char long_line[LINES_MAX + 20];
	char got[8192] = "";

	lines_feed(&lines, (const uint8_t *)"one\ntw", 6, keep_line, got);
	lines_feed(&lines, (const uint8_t *)"o\n\nthree", 8, keep_line, got);
	tap_ok(strcmp(got, "3<one>3<two>0<>") == 0, "lines are joined from pieces: %s", got);
	lines_flush(&lines, keep_line, got);
	lines_flush(&lines, keep_line, got);
	tap_ok(strcmp(got, "3<one>3<two>0<>5<three>") == 0,
	       "lines_flush() passes on the rest once: %s", got);

	memset(long_line, 'x', sizeof(long_line));
	long_line[LINES_MAX] = '\n';
	got[0] = '\0';
	lines_feed(&lines, (const uint8_t *)long_line, LINES_MAX + 1, keep_line, got);
	tap_ok(strcmp(got, "1024<xxxxxxxx>") == 0, "the longest line is passed on whole: %s", got);
	long_line[LINES_MAX] = 'x';
	long_line[sizeof(long_line) - 1] = '\n';
	got[0] = '\0';
	lines_feed(&lines, (const uint8_t *)long_line, sizeof(long_line), keep_line, got);
	lines_feed(&lines, (const uint8_t *)"y\n", 2, keep_line, got);
	tap_ok(strcmp(got, "1024!<xxxxxxxx>19!<xxxxxxxx>1<y>") == 0,
	       "a longer line is passed on in pieces, and the next line whole: %s", got);
}

/*
 * A line of LINES_MAX - `before` bytes and a character behind it, which arrives in one piece or
 * byte by byte.
 */
static void test_split(void)
{
	static const struct {
		const char *character;
		size_t before;
		const char *want, *name;
	} cases[] = {
		{"\u00e9", 1, "1023!<xxxxxxxx>3!<\u00e9y>", "a character of 2 bytes"},
		{"\u20ac", 1, "1023!<xxxxxxxx>4!<\u20acy>",
		 "a character of 3 bytes, after the first"},
		{"\u20ac", 2, "1022!<xxxxxxxx>4!<\u20acy>",
		 "a character of 3 bytes, after the second"},
		{"\U0001f427", 1, "1023!<xxxxxxxx>5!<\U0001f427y>",
		 "a character of 4 bytes, after the first"},
		{"\U0001f427", 3, "1021!<xxxxxxxx>5!<\U0001f427y>",
		 "a character of 4 bytes, after the third"},
		{"\u20ac", 3, "1024!<xxxxxxxx>1!<y>", "the end of a character that just fits"},
		{"\x80\x80\x80\x80", 1, "1024!<xxxxxxxx>4!<\x80\x80\x80y>",
		 "bytes that belong to no character"},
		{"\xff\xf0", 2, "1023!<xxxxxxxx>2!<\xf0y>",
		 "the start of a character, which stays with what may follow"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece <= 2048; piece *= 2048) {
			static struct lines lines;
			char text[LINES_MAX + 8], got[8192] = "";

			memset(text, 'x', sizeof(text));
			size_t n = LINES_MAX - cases[i].before;
			n += (size_t)sprintf(text + n, "%sy\n", cases[i].character);
			for (size_t at = 0; at < n; at += piece)
				lines_feed(&lines, (const uint8_t *)text + at,
					   piece < n ? piece : n, keep_line, got);
			tap_ok(strcmp(got, cases[i].want) == 0,
			       "a long line is split rightly at %s: %s", cases[i].name, got);
		}
}

int main(void)
{
	test_rx();
	test_torn();
	test_tx();
	test_round_trip();
	test_lines();
	test_split();
	return tap_done();
}
