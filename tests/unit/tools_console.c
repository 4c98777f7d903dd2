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

int main(void)
{
	test_prefixed();
	test_attached();
	test_files();
	test_errors();
	return tap_done();
}
