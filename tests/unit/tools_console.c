/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guests' consoles go. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/lab/console.h"

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
	expect(text, "bb| one\nbb| two\na| hello\na| \n", "lines are never mixed");
	put(&c, 0, "in: ");
	tap_ok(consoles_close(&c), "closed well");
	expect(text, "bb| one\nbb| two\na| hello\na| \na| login: \n",
	       "the unfinished one comes last");
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
	expect(text, "\033[1mraw\r\n$ ", "the attached console as it is, no other");
	consoles_close(&c);
	expect(text, "\033[1mraw\r\n$ \n", "what comes next begins on a line of its own");
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
		tap_ok(false, "mkdtemp");
		return;
	}
	snprintf(sub, sizeof(sub), "%s/x", base);
	snprintf(dir, sizeof(dir), "%s/y", sub);
	tap_ok(consoles_open(&c, &shape, dir), "directories are made where they are missing");
	put(&c, 0, "a\r\nb\xff\x01");
	put(&c, 1, "old");
	consoles_close(&c);
	slurp(dir, "a.log", text, sizeof(text));
	expect(text, "a\r\nb\xff\x01", "exactly the bytes");
	tap_ok(consoles_open(&c, &shape, dir), "again, into what is there");
	put(&c, 1, "new");
	consoles_flush(&c);
	slurp(dir, "bb.log", text, sizeof(text));
	expect(text, "new", "emptied first, written at every flush");
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
		tap_ok(false, "mkdtemp");
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
	       "each line with its own stamp, and none with that of another line");
	fclose(c.out);
	free(text);
	slurp(dir, "a.log", log, sizeof(log));
	expect(log, "[12.003000000 stolen 0.000000005 " MOST "] one\r\ntwo and more\nend\n",
	       "in the file too, the bytes otherwise as they were");
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
	       "a full disk is told");
	fclose(c.out);
}

/* On a terminal of several VMs. */
static void test_visible(void)
{
	static const struct {
		const char *text, *want, *name;
	} cases[] = {
		{"plain\ttext ~", "plain\ttext ~", "text and tabs stay"},
		{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		 "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		 "UTF-8 of 2, 3 and 4 bytes stays"},
		{"x\rbb| y", "x\\x0dbb| y", "a carriage return does not write over the name"},
		{"\x1b[1A\x1b]0;t\a\b\x7f", "\\x1b[1A\\x1b]0;t\\x07\\x08\\x7f",
		 "escape sequences do nothing"},
		{"\x9b"
		 "1A",
		 "\\x9b1A", "a C1 control as one byte does nothing"},
		{"\xc2\x9b"
		 "1A",
		 "\\xc2\\x9b1A", "a C1 control as UTF-8 does nothing"},
		{"\xe2\x80\xae"
		 "abc",
		 "\\xe2\\x80\\xaeabc", "nothing is turned round"},
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8", "no other end of a line"},
		{"\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf",
		 "nothing that is longer than it has to be"},
		{"\xed\xa0\x80\xf4\x90\x80\x80\xff", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xff",
		 "no surrogate, nothing beyond Unicode"},
		{"\xe2\x82", "\\xe2\\x82", "no piece of a character"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct consoles c;
		char *text = NULL, want[128];
		size_t size;

		consoles_open(&c, &shape, NULL);
		c.prefixed = c.visible = true;
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

int main(void)
{
	test_prefixed();
	test_visible();
	test_attached();
	test_files();
	test_stamped();
	test_errors();
	return tap_done();
}
