/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime top`: which vCPUs of this host wait for a CPU, and who runs meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "tools/arguments.h"
#include "tools/clock.h"
#include "tools/command.h"
#include "tools/report.h"
#include "tools/top/load.h"
#include "tools/top/read.h"
#include "tools/top/tell.h"

struct top_options {
	uint64_t interval_ns;
	bool once, json, help;
};

static bool take_interval(void *options, const char *value)
{
	struct top_options *o = options;

	if (arguments_seconds(value, &o->interval_ns))
		return true;
	report("--interval: '%s' is not an interval; expected seconds, such as 1 or 0.5", value);
	return false;
}

static bool parse(struct top_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"interval", "SECONDS", "measure for so long (1)", .take = take_interval},
		{"once", NULL, "measure one interval, print it, and end", .flag = &o->once},
		{"json", NULL, "write JSON", .flag = &o->json},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	if (!arguments_parse("top", table, o, argc, argv))
		return false;
	if (o->help) {
		arguments_usage(
			"pvtime top [OPTION...]",
			"Report how long each vCPU of this Linux KVM host has run and has waited for a CPU, and which VMs, processes and kernel threads ran meanwhile. It runs until it is interrupted.",
			table, stdout);
		return true;
	}
	return arguments_no_others("top", argc, argv);
}

static void sleep_until(uint64_t ns)
{
	struct timespec at = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static int tell(const struct top_sample *sample, bool json, int root)
{
	if (!json) {
		top_print(sample, root, stdout);
	} else if (!top_json(sample, root, stdout)) {
		report("%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* Measure an interval that began at *begin_ns, and print it; the next one begins at *begin_ns. */
static int measure(const struct top_program *program, const struct top_options *o, int root,
		   uint64_t *begin_ns)
{
	struct top_sample sample;
	uint32_t epoch;

	sleep_until(*begin_ns + o->interval_ns);
	uint64_t now = clock_now_ns();
	if (!top_end_epoch(program, &epoch) || !top_read(&sample, program, epoch))
		return STATUS_FAILED;
	sample.interval_ns = now - *begin_ns;
	*begin_ns = now;
	int status = tell(&sample, o->json, root);
	top_sample_free(&sample);
	return status;
}

/* What the first epoch has counted is from before the first interval. */
static int run(const struct top_program *program, const struct top_options *o, int root)
{
	struct top_sample before;
	uint64_t begin = clock_now_ns();
	uint32_t epoch;
	int status;

	if (!top_end_epoch(program, &epoch) || !top_read(&before, program, epoch))
		return STATUS_FAILED;
	top_sample_free(&before);
	do
		status = measure(program, o, root, &begin);
	while (status == STATUS_OK && !o->once);
	return status;
}

int top_command(int argc, char **argv)
{
	struct top_options options = {.interval_ns = NS_PER_S};
	struct top_program program;

	if (!parse(&options, argc, argv))
		return STATUS_USAGE;
	if (options.help)
		return STATUS_OK;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		report("/: %m");
		return STATUS_FAILED;
	}
	int status = top_load(&program) ? run(&program, &options, root) : STATUS_FAILED;
	top_unload(&program);
	close(root);
	return status;
}
