/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guests' consoles go. */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/lab/console.h"
#include "tools/visible.h"

static struct ledger_shape shape = {
	.vm_count = 2,
	.vcpu_count = 2,
	.vms = {{.name = "a", .vcpus = 1}, {.name = "bb", .vcpus = 1, .first = 1}},
};

static void put(struct consoles *c, uint32_t vm, const char *text)
{
	consoles_write(c, vm, (const uint8_t *)text, strlen(text));
}

static void expect(const char *got, const char *want, const char *name)
{
	if (!tap_ok(strcmp(got, want) == 0, "%s", name))
		tap_print("# got '%s'\n", got);
}

static void test_prefixed(void)
{
	static struct consoles c;
	char *text = NULL;
	size_t size;

	consoles_open(&c, &shape, NULL);
	c.prefixed = true;
	c.out = open_memstream(&text, &size);
	put(&c, 0, "hel");
	put(&c, 1, "one\r\ntwo\n");
	put(&c, 0, "lo\r\n\nlog");
	consoles_flush(&c);
	expect(text, "bb| one\nbb| two\na| hello\na| \n",
	       "the lines of two consoles are never mixed");
	put(&c, 0, "in: ");
	tap_ok(consoles_close(&c), "consoles_close() returns success");
	expect(text, "bb| one\nbb| two\na| hello\na| \na| login: \n",
	       "an unfinished line comes last");
	fclose(c.out);
	free(text);
}

static void test_attached(void)
{
	static struct consoles c;
	char *text = NULL;
	size_t size;

	consoles_open(&c, &shape, NULL);
	c.attached = 1;
	c.out = open_memstream(&text, &size);
	put(&c, 0, "not shown\n");
	put(&c, 1, "\033[1mraw\r\n$ ");
	consoles_flush(&c);
	expect(text, "\033[1mraw\r\n$ ",
	       "the attached console is shown as it is, and no other is shown");
	consoles_close(&c);
	expect(text, "\033[1mraw\r\n$ \n",
	       "the attached console is followed by a newline, for what comes next");
	fclose(c.out);
	free(text);
}

static void slurp(const char *dir, const char *name, char *text, size_t room)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *in = fopen(path, "rb");
	text[0] = '\0';
	if (in == NULL)
		return;
	text[fread(text, 1, room - 1, in)] = '\0';
	fclose(in);
	unlink(path);
}

static void test_files(void)
{
	static struct consoles c;
	char base[] = "/tmp/pvtime-console-XXXXXX";
	char sub[sizeof(base) + 2], dir[sizeof(sub) + 2], text[256];

	if (mkdtemp(base) == NULL) {
		tap_ok(false, "a temporary directory can be made");
		return;
	}
	snprintf(sub, sizeof(sub), "%s/x", base);
	snprintf(dir, sizeof(dir), "%s/y", sub);
	tap_ok(consoles_open(&c, &shape, dir), "directories are made where they are missing");
	put(&c, 0, "a\r\nb\xff\x01");
	put(&c, 1, "old");
	consoles_close(&c);
	slurp(dir, "a.log", text, sizeof(text));
	expect(text, "a\r\nb\xff\x01", "the file has exactly the bytes of the console");
	tap_ok(consoles_open(&c, &shape, dir), "a console's file that exists is opened again");
	put(&c, 1, "new");
	consoles_flush(&c);
	slurp(dir, "bb.log", text, sizeof(text));
	expect(text, "new", "a console's file is emptied first, and written at every flush");
	consoles_close(&c);
	slurp(dir, "a.log", text, sizeof(text));
	rmdir(dir);
	rmdir(sub);
	rmdir(base);
}

static void stamp(struct consoles *c, uint32_t vm, uint64_t at_ns, uint64_t stolen_ns)
{
	const uint64_t stolen[] = {stolen_ns, UINT64_MAX};

	consoles_stamp(c, vm, at_ns, stolen, 2);
}

#define MOST "18446744073.709551615"

static void test_stamped(void)
{
	static struct consoles c;
	char dir[] = "/tmp/pvtime-console-XXXXXX", log[2048];
	static uint8_t wide[1500];
	char *text = NULL;
	size_t size;

	if (mkdtemp(dir) == NULL) {
		tap_ok(false, "a temporary directory can be made");
		return;
	}
	consoles_open(&c, &shape, dir);
	c.stamped = c.prefixed = true;
	c.out = open_memstream(&text, &size);
	put(&c, 0, "one");
	stamp(&c, 0, 12003000000, 5);
	put(&c, 0, "\r\ntwo");
	stamp(&c, 1, 1, 1000000000);
	put(&c, 1, "\n");
	put(&c, 0, " and more\nend");
	consoles_close(&c);
	expect(text,
	       "a| [12.003000000 stolen 0.000000005 " MOST "] one\n"
	       "bb| [0.000000001 stolen 1.000000000 " MOST "] \n"
	       "a| two and more\na| end\n",
	       "each line has its own stamp, and none has that of another line");
	fclose(c.out);
	free(text);
	slurp(dir, "a.log", log, sizeof(log));
	expect(log, "[12.003000000 stolen 0.000000005 " MOST "] one\r\ntwo and more\nend\n",
	       "a console's file has the stamps, and the other bytes as they were");
	slurp(dir, "bb.log", log, sizeof(log));

	consoles_open(&c, &shape, dir);
	c.stamped = true;
	memset(wide, 'w', sizeof(wide));
	consoles_write(&c, 0, wide, sizeof(wide));
	stamp(&c, 0, 0, 0);
	put(&c, 0, "\n");
	consoles_close(&c);
	slurp(dir, "a.log", log, sizeof(log));
	tap_ok(strlen(log) > 1500 && log[0] == 'w' && log[1023] == 'w' &&
		       strncmp(log + 1024, "\n[0.000000000 stolen ", 21) == 0,
	       "a line that is too long is broken, and its last piece has the stamp");
	slurp(dir, "bb.log", log, sizeof(log));
	rmdir(dir);
}

static void test_errors(void)
{
	static struct consoles c;

	consoles_open(&c, &shape, NULL);
	c.prefixed = true;
	c.out = fopen("/dev/full", "w");
	put(&c, 0, "x\n");
	tap_ok(!consoles_flush(&c) && c.error == ENOSPC &&
		       strcmp(c.error_name, "standard output") == 0,
	       "a full disk is reported");
	fclose(c.out);
}

struct shown_case {
	const char *text, *want, *name;
};

/* What the VM `a` writes, and what of it reaches the terminal, as one of several VMs or alone. */
static void test_shown(const struct shown_case *cases, size_t count, bool alone)
{
	for (size_t i = 0; i < count; i++) {
		static struct consoles c;
		char *text = NULL, want[256];
		size_t size;

		consoles_open(&c, &shape, NULL);
		c.prefixed = true;
		c.visible = !alone;
		c.ascii = !visible_utf8();
		c.out = open_memstream(&text, &size);
		put(&c, 0, cases[i].text);
		put(&c, 0, "\r\n");
		consoles_close(&c);
		snprintf(want, sizeof(want), "a| %s\n", cases[i].want);
		expect(text, want, cases[i].name);
		fclose(c.out);
		free(text);
	}
}

/* On a UTF-8 terminal that shows several VMs. */
static void test_visible(void)
{
	static const struct shown_case cases[] = {
		{"plain\ttext ~", "plain\ttext ~", "plain text and tabs are shown as they are"},
		{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		 "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		 "UTF-8 of 2, 3 and 4 bytes is shown as it is"},
		{"x\rbb| y", "x\\x0dbb| y",
		 "a carriage return is shown in hex, and does not overwrite the VM's name"},
		{"\x1b[1A\x1b]0;t\a\b\x7f", "\\x1b[1A\\x1b]0;t\\x07\\x08\\x7f",
		 "escape sequences are shown in hex"},
		{"\x9b"
		 "1A",
		 "\\x9b1A", "a C1 control as one byte is shown in hex"},
		{"\xc2\x9b"
		 "1A",
		 "\\xc2\\x9b1A", "a C1 control as UTF-8 is shown in hex"},
		{"\xe2\x80\xae"
		 "abc",
		 "\\xe2\\x80\\xaeabc", "a right-to-left override is shown in hex"},
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8", "a Unicode line separator is shown in hex"},
		{"\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf",
		 "overlong UTF-8 is shown in hex"},
		{"\xed\xa0\x80\xf4\x90\x80\x80\xff", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xff",
		 "surrogates and values beyond Unicode are shown in hex"},
		{"\xe2\x82", "\\xe2\\x82", "a piece of a character is shown in hex"},
		{"a\u200bb\u200d\u2060\ufeff",
		 "a\\xe2\\x80\\x8bb\\xe2\\x80\\x8d\\xe2\\x81\\xa0\\xef\\xbb\\xbf",
		 "zero-width characters are shown in hex"},
		{"so\u00adft \u061c\u180e\ufff9\ufffb",
		 "so\\xc2\\xadft \\xd8\\x9c\\xe1\\xa0\\x8e\\xef\\xbf\\xb9\\xef\\xbf\\xbb",
		 "other invisible format characters are shown in hex"},
		{"\U000e0041\U000e007f", "\\xf3\\xa0\\x81\\x81\\xf3\\xa0\\x81\\xbf",
		 "tags are shown in hex"},
		{"\u26a0\ufe0f x\U000e0100", "\u26a0\\xef\\xb8\\x8f x\\xf3\\xa0\\x84\\x80",
		 "variation selectors are shown in hex, behind the characters that they select"},
		{"\u3164\u115f\u034f", "\\xe3\\x85\\xa4\\xe1\\x85\\x9f\\xcd\\x8f",
		 "letters without a glyph are shown in hex"},
		{"\u2800\u2801\U0001d159\U0001d15a",
		 "\\xe2\\xa0\\x80\u2801\\xf0\\x9d\\x85\\x99\U0001d15a",
		 "symbols without a glyph are shown in hex"},
		{"\u00a0\u00ac\u00ae\u2010\u2027\u202f\u205f\u2070\ufefe\ufff0\ufffd",
		 "\u00a0\u00ac\u00ae\u2010\u2027\u202f\u205f\u2070\ufefe\\xef\\xbf\\xb0\ufffd",
		 "the neighbours of invisible characters are shown as they are"},
	};

	if (!tap_ok(setlocale(LC_CTYPE, "C.UTF-8") != NULL, "there is a UTF-8 locale"))
		return;
	test_shown(cases, sizeof(cases) / sizeof(cases[0]), false);
	setlocale(LC_CTYPE, "C");
}

/* On a terminal of another encoding, where bytes of 0x80 to 0x9f may be controls. */
static void test_not_utf8(void)
{
	static const struct shown_case several[] = {
		{"plain\ttext ~", "plain\ttext ~", "not UTF-8: ASCII is shown as it is"},
		{"\u011b[1A", "\\xc4\\x9b[1A",
		 "not UTF-8: both bytes of a letter are shown in hex"},
		{"\xc2\x9b"
		 "1A \xfc",
		 "\\xc2\\x9b1A \\xfc", "not UTF-8: every byte from 0x80 up is shown in hex"},
		{"\x1b[1A", "\\x1b[1A", "not UTF-8: escape sequences are shown in hex"},
	};
	static const struct shown_case alone[] = {
		{"\x1b[1m\u011b[1A\x9b", "\x1b[1m\\xc4\\x9b[1A\\x9b",
		 "not UTF-8: a VM alone drives the terminal with ASCII, and other bytes are shown in hex"},
	};
	static struct consoles c;
	char *text = NULL;
	size_t size;

	test_shown(several, sizeof(several) / sizeof(several[0]), false);
	test_shown(alone, 1, true);
	consoles_open(&c, &shape, NULL);
	c.attached = 0;
	c.ascii = true;
	c.out = open_memstream(&text, &size);
	put(&c, 0, "\x1b[1m\xc4");
	put(&c, 0, "\x9b[1A\n");
	consoles_close(&c);
	expect(text, "\x1b[1m\\xc4\\x9b[1A\n",
	       "not UTF-8: the attached VM drives the terminal with ASCII, and other bytes are shown in hex");
	fclose(c.out);
	free(text);
}

int main(void)
{
	test_prefixed();
	test_visible();
	test_not_utf8();
	test_attached();
	test_files();
	test_stamped();
	test_errors();
	return tap_done();
}
