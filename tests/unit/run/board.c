/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine's run to its end, with the tests' own QEMU (tests/tools/board-qemu). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "tests/tap.h"
#include "tools/run/board.h"

#define QEMU "tests/tools/board-qemu"

/* One run of that machine, after which no process is left. The caller frees its output. */
static enum run_outcome run(const char *machine, unsigned limit_s, const char *end,
			    struct run_output *o)
{
	const char *const argv[] = {QEMU, "-kernel", machine, NULL};
	enum run_outcome outcome = board_run(argv, limit_s, end, o);

	tap_ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "%s: no process is left",
	       machine);
	return outcome;
}

static void expect(const char *machine, const char *end, enum run_outcome expected,
		   const char *text, const char *why)
{
	struct run_output o;
	enum run_outcome outcome = run(machine, 20, end, &o);

	tap_ok(outcome == expected, "%s: the run ends as expected, with outcome %d, \"%s\"",
	       machine, outcome, outcome ? o.why : "");
	if (text != NULL)
		tap_ok(o.length == strlen(text) && strcmp(o.text, text) == 0,
		       "%s: the output is the expected text", machine);
	if (why != NULL)
		tap_ok(strcmp(o.why, why) == 0, "%s: the reason is \"%s\"", machine, why);
	free(o.text);
}

static void test_ends(void)
{
	expect("ends", NULL, RUN_ENDED, "hello\nno newline at the end", NULL);
	expect("lingers", NULL, RUN_ENDED, "all of it\n", NULL);
	expect("short", NULL, RUN_ENDED, "all of it\n", NULL);
	expect("refuses", NULL, RUN_UNABLE, "", "QEMU ended with status 1: no such machine");
	expect("fails", NULL, RUN_UNABLE, "begun\n", "QEMU ended with status 3: it broke");
	expect("killed", NULL, RUN_UNABLE, "begun\n", "QEMU ended of signal 9 (Killed)");
	expect("monitor", NULL, RUN_STOPPED, "",
	       "QEMU's monitor says {\"error\": {\"class\": \"GenericError\"}}");
}

static void test_limits(void)
{
	expect("late", NULL, RUN_LIMIT, "begun\n", "not done within 20 s of guest time");
	expect("stuck", NULL, RUN_LIMIT, "begun\n", "every CPU waits, and no event is pending");
	expect("floods", NULL, RUN_LIMIT, NULL, "more than 64 MiB of output");
}

/* Only a whole line ends the run; its carriage return does not count. */
static void test_end_line(void)
{
	struct run_output o;

	tap_ok(run("done", 20, "done", &o) == RUN_ENDED, "the line that ends a run ends it");
	tap_ok(strncmp(o.text, "not done\ndone here\ndone\r\n", 25) == 0,
	       "the output is read up to the line that ends the run");
	free(o.text);
	tap_ok(run("pattern", 20, "DONE: [0-9]* of *[0-9]", &o) == RUN_ENDED &&
		       strncmp(o.text, "done\nDONE: 17 of 17\n", 20) == 0,
	       "a line that matches a pattern ends the run");
	free(o.text);
	tap_ok(run("ends", 20, "no newline at the end", &o) == RUN_ENDED,
	       "a program that ends without the line ends the run");
	free(o.text);
}

static void test_large(void)
{
	struct run_output o;

	tap_ok(run("large", 20, NULL, &o) == RUN_ENDED && o.length == 10010000 &&
		       strlen(o.text) == o.length,
	       "10 MB of output are read completely");
	free(o.text);
}

static void test_arguments(void)
{
	static const char *const must[] = {"-icount\nshift=0,sleep=off\n",
					   "-nodefaults\n",
					   "-no-reboot\n",
					   "-serial\nstdio\n",
					   "-nic\nnone\n",
					   "clock=vm\n"};
	const char *const missing[] = {"/nonexistent/qemu", NULL};
	const char *many[100];
	struct run_output o;

	tap_ok(run("arguments", 20, NULL, &o) == RUN_ENDED,
	       "the run that prints its arguments ends");
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		tap_ok(strstr(o.text, must[i]) != NULL, "QEMU gets required argument %zu", i);
	tap_ok(strstr(o.text, "semihosting") == NULL, "QEMU gets no semihosting");
	free(o.text);
	tap_ok(board_run(missing, 20, NULL, &o) == RUN_UNABLE &&
		       strcmp(o.why, "cannot start /nonexistent/qemu: No such file or directory") ==
			       0,
	       "a QEMU that does not exist cannot be started");
	free(o.text);
	for (size_t i = 0; i < 99; i++)
		many[i] = QEMU;
	many[99] = NULL;
	tap_ok(board_run(many, 20, NULL, &o) == RUN_UNABLE,
	       "a run with more arguments than there is room for is refused");
	free(o.text);
}

int main(void)
{
	test_ends();
	test_limits();
	test_end_line();
	test_large();
	test_arguments();
	return tap_done();
}
