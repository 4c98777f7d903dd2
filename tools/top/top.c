/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime top`: which vCPUs of this host wait for a CPU, and who runs meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/top/interval.h"
#include "tools/top/live.h"
#include "tools/top/options.h"
#include "tools/top/tell.h"
#include "tools/top/terminal.h"

static void sleep_until(uint64_t ns)
{
	struct timespec at = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static int tell(const struct top_sample *sample, const struct top_options *o, int root)
{
	if (!o->json && sample->count == 0 && top_choice_limits(&o->choice)) {
		fputs("No such VM is running.\n", stdout);
	} else if (!o->json) {
		top_print(sample, root, stdout);
	} else if (!top_json(sample, root, stdout)) {
		report("%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* Print one interval after the other. */
static int print_all(struct top_intervals *intervals, const struct top_options *o, int root)
{
	struct top_sample sample;
	int status = STATUS_OK;

	for (unsigned n = 0; status == STATUS_OK && (o->count == 0 || n < o->count); n++) {
		sleep_until(top_intervals_due(intervals));
		if (!top_intervals_end(intervals, &sample))
			return STATUS_FAILED;
		top_choice_keep(&o->choice, &sample);
		status = tell(&sample, o, root);
		top_sample_free(&sample);
	}
	return status;
}

/* A screen is for someone who watches; who asks for a number of intervals wants to keep them. */
static int run(const struct top_program *program, const struct top_options *o, int root)
{
	struct top_intervals intervals;
	int status = STATUS_FAILED;

	if (!top_intervals_begin(&intervals, program, o->interval_ns, root)) {
		;
	} else if (o->json || o->count > 0 || !top_terminal_open()) {
		status = print_all(&intervals, o, root);
	} else {
		status = top_live(&intervals, &o->choice, root) ? STATUS_OK : STATUS_FAILED;
		top_terminal_close();
	}
	top_intervals_free(&intervals);
	return status;
}

static int load_and_run(const struct top_options *o)
{
	struct top_program program;
	int status = STATUS_FAILED;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0) {
		report("/: %m");
	} else if (!probe_pids_check(&o->choice.pids, root)) {
		status = STATUS_USAGE;
	} else {
		status = top_load(&program) ? run(&program, o, root) : STATUS_FAILED;
		top_unload(&program);
	}
	if (root >= 0)
		close(root);
	return status;
}

int top_command(int argc, char **argv)
{
	struct top_options options;
	int status = STATUS_USAGE;

	if (top_options_parse(&options, argc, argv))
		status = options.help ? STATUS_OK : load_and_run(&options);
	top_options_free(&options);
	return status;
}
