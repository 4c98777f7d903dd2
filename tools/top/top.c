/* SPDX-License-Identifier: BSD-2-Clause */
/* `pvtime top`: which vCPUs of this host wait for a CPU, and what runs meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/probe/facts.h"
#include "tools/report.h"
#include "tools/top/interval.h"
#include "tools/top/live.h"
#include "tools/top/options.h"
#include "tools/top/part.h"
#include "tools/top/rights.h"
#include "tools/top/tell.h"
#include "tools/top/terminal.h"

static void sleep_until(uint64_t ns)
{
	struct timespec at = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* `rows` are NULL, or those of the sample and divided. false: out of memory. */
static bool print(const struct top_sample *sample, const struct top_options *o,
		  const struct top_rows *rows, struct top_cgroups *cgroups)
{
	if (o->json)
		top_json(sample, rows, cgroups, stdout);
	else if (sample->count == 0)
		puts(top_none_word(sample, top_choice_limits(&o->choice)));
	else if (rows != NULL)
		return top_print_parts(rows, stdout);
	else if (o->by != TOP_ROW_VM)
		puts(top_no_parts_word(false));
	else
		top_print(sample, cgroups, stdout);
	return true;
}

/* Print an interval. false: that failed, and was reported. */
static bool tell(const struct top_sample *sample, const struct top_options *o,
		 struct top_cgroups *cgroups)
{
	const struct top_choice all = {.name_count = 0}; /* the sample has no other vCPUs */
	struct top_rows rows = {.vms = NULL};
	bool divided = o->by != TOP_ROW_VM && sample->unknown == NULL;
	bool good = !divided ||
		    (top_rows_make(&rows, sample, &all, cgroups) && top_rows_divide(&rows, o->by));

	good = good && print(sample, o, divided ? &rows : NULL, cgroups);
	if (!good)
		report("top: %m");
	top_rows_free(&rows);
	if (good && (fflush(stdout) != 0 || ferror(stdout))) {
		report("standard output: %m");
		return false;
	}
	return good;
}

/* Print one interval after the other. */
static bool print_all(struct top_intervals *intervals, const struct top_options *o, int root)
{
	struct top_cgroups cgroups = {.root = root};
	struct top_sample sample;
	bool good = true;

	for (unsigned n = 0; good && (o->count == 0 || n < o->count); n++) {
		sleep_until(top_intervals_due(intervals));
		good = top_intervals_end(intervals, &sample);
		if (!good)
			break;
		top_choice_keep(&o->choice, &sample);
		top_cgroups_begin(&cgroups, &sample);
		good = tell(&sample, o, &cgroups);
		top_sample_free(&sample);
	}
	top_cgroups_free(&cgroups);
	return good;
}

/* A user who sets the number of intervals, or asks for JSON, wants to keep what is printed. */
static bool run(struct top_intervals *intervals, const struct top_options *o, int root)
{
	if (!top_intervals_begin(intervals))
		return false;
	if (o->json || o->count > 0 || !top_terminal_open())
		return print_all(intervals, o, root);
	bool good = top_live(intervals, &o->choice, o->by, root);
	top_terminal_close();
	return good;
}

/* Without the program, rates and quotas are known nevertheless. false: that was reported. */
static bool prepare(struct top_intervals *intervals, struct top_program *program,
		    struct top_rates *rates, char why[TOP_WHY])
{
	if (!top_rights_begin())
		return false;
	if (top_load(program, rates->root, why)) {
		intervals->program = program;
		top_facts_load(&intervals->facts);
		return top_rights_loaded(program, rates->root);
	}
	report("top: %s", why);
	intervals->rates = rates;
	return top_rights_without();
}

static int prepare_and_run(const struct top_options *o, int root)
{
	struct top_intervals intervals = {.length_ns = o->interval_ns, .known = {.root = root}};
	struct top_program program = {.skeleton = NULL};
	char why[TOP_WHY];
	struct top_rates rates = {.root = root, .why = why};

	bool good = prepare(&intervals, &program, &rates, why) && run(&intervals, o, root);

	top_intervals_free(&intervals);
	top_rates_free(&rates);
	top_unload(&program);
	return good ? STATUS_OK : STATUS_FAILED;
}

/* Without accounting, Linux would give the BPF program no waits to count either. */
static bool is_accounted(int root)
{
	struct probe_facts facts;

	probe_host(&facts, root);
	if (facts.accounting != PROBE_ACCOUNTED)
		report("top: this kernel does not account for waits; boot with 'delayacct', or use one with CONFIG_SCHEDSTATS");
	return facts.accounting == PROBE_ACCOUNTED;
}

static int check_and_run(const struct top_options *o)
{
	int status = STATUS_FAILED;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0) {
		report("/: %m");
	} else if (!probe_pids_check(&o->choice.pids, root)) {
		status = STATUS_USAGE;
	} else if (is_accounted(root)) {
		status = prepare_and_run(o, root);
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
		status = options.help ? STATUS_OK : check_and_run(&options);
	top_options_free(&options);
	return status;
}
