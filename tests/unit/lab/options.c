/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of `pvtime lab`. tests/tools/options.t has the messages about a wrong one. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/arguments.h"
#include "tools/lab/options.h"

static void test_seconds(void)
{
	static const struct {
		const char *text;
		uint64_t ns; /* 0: refused */
	} cases[] = {
		{"1", 1000000000},
		{"20", 20000000000},
		{"0.5", 500000000},
		{"1.25", 1250000000},
		{"0.000000001", 1},
		{"1000000000", 1000000000000000000},
		{"007", 7000000000},
		{"0", 0},
		{"0.0", 0},
		{"0.0000000001", 0},
		{"1000000000.1", 0},
		{"1000000001", 0},
		{"18446744073709551617", 0},
		{"", 0},
		{".", 0},
		{".5", 0},
		{"5.", 0},
		{"-1", 0},
		{"+1", 0},
		{" 1", 0},
		{"1 ", 0},
		{"1e3", 0},
		{"1,5", 0},
		{"0x10", 0},
		{"inf", 0},
		{"nan", 0},
		{"1.5.5", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t ns = 0;
		bool taken = arguments_seconds(cases[i].text, &ns);

		tap_ok(taken == (cases[i].ns != 0) && (!taken || ns == cases[i].ns),
		       "'%s' seconds are read as %llu ns, or refused if that is 0", cases[i].text,
		       (unsigned long long)cases[i].ns);
	}
}

/* A command line of words with single spaces. */
static bool parse(struct options *o, const char *line)
{
	static char text[256];
	static char *argv[32];
	int argc = 0;

	snprintf(text, sizeof(text), "lab %s", line);
	for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(o, argc, argv);
}

static bool full(const struct options *o)
{
	return o->file != NULL && strcmp(o->file, "a.ini") == 0 && o->run_ns == 2500000000 &&
	       o->deterministic && strcmp(o->console_dir, "out") == 0 &&
	       strcmp(o->json, "x.json") == 0 && strcmp(o->hypervisor, "h.img") == 0 &&
	       o->attach == NULL;
}

static void test_order(void)
{
	struct options o;

	tap_ok(parse(&o, "a.ini") && strcmp(o.file, "a.ini") == 0 && o.run_ns == 0 &&
		       !o.deterministic && !o.watch && !o.help && o.attach == NULL &&
		       o.until == NULL && o.console_dir == NULL && o.json == NULL &&
		       o.hypervisor == NULL,
	       "a file alone is accepted");
	tap_ok(parse(&o,
		     "--seconds 2.5 --deterministic --console-dir out --json x.json --hypervisor "
		     "h.img a.ini") &&
		       full(&o),
	       "options may come before the file");
	tap_ok(parse(&o, "a.ini --seconds 2.5 --deterministic --console-dir out --json x.json "
			 "--hypervisor h.img") &&
		       full(&o),
	       "options may come after the file");
	tap_ok(parse(&o, "--seconds=2.5 --console-dir=out a.ini --json=x.json --hypervisor=h.img "
			 "--deterministic") &&
		       full(&o),
	       "options may come around the file, with equals signs");
	tap_ok(parse(&o, "--watch -- --odd") && strcmp(o.file, "--odd") == 0 && o.watch,
	       "a file that looks like an option may follow --");
	tap_ok(parse(&o, "--attach a a.ini") && strcmp(o.attach, "a") == 0, "--attach is read");
	tap_ok(parse(&o, "--until a --seconds 1 --deterministic a.ini") &&
		       strcmp(o.until, "a") == 0,
	       "--until is read, with --seconds and --deterministic");
	tap_ok(parse(&o, "--json - a.ini") && strcmp(o.json, "-") == 0, "--json - is read");
	tap_ok(parse(&o, "--on kvm --watch --until a a.ini") && o.kvm, "--on kvm is read");
	tap_ok(parse(&o, "--on pvtime --deterministic a.ini") && !o.kvm, "--on pvtime is read");
	tap_ok(parse(&o, "--help") && o.help, "--help needs no file");
}

static void test_refused(void)
{
	static const char *const lines[] = {
		"",
		"a.ini b.ini",
		"--seconds a.ini",
		"--seconds 0 a.ini",
		"a.ini --seconds",
		"--no-such a.ini",
		"-x a.ini",
		"--watch=yes a.ini",
		"--json= a.ini",
		"--console-dir= a.ini",
		"--attach= a.ini",
		"--until= a.ini",
		"a.ini --until",
		"--hypervisor= a.ini",
		"--attach a --deterministic a.ini",
		"--attach a --watch a.ini",
		"--json - --watch a.ini",
		"--json - --attach a a.ini",
		"--on xen a.ini",
		"--on kvm --deterministic a.ini",
		"--on kvm --hypervisor h.img a.ini",
	};
	struct options o;
	int kept = dup(STDERR_FILENO);
	int messages[2];

	if (pipe(messages) != 0)
		return;
	fcntl(messages[0], F_SETFL, O_NONBLOCK);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char said[512];

		dup2(messages[1], STDERR_FILENO);
		bool taken = parse(&o, lines[i]);
		dup2(kept, STDERR_FILENO);
		ssize_t n = read(messages[0], said, sizeof(said));
		tap_ok(!taken && n > 0 && memchr(said, '\n', (size_t)n) == said + n - 1,
		       "the command line '%s' is refused with one line", lines[i]);
	}
	close(messages[0]);
	close(messages[1]);
	close(kept);
}

int main(void)
{
	test_seconds();
	test_order();
	test_refused();
	return tap_done();
}
