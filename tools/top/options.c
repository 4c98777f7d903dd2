/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/report.h"
#include "tools/top/options.h"
#include "tools/top/tell.h"

static bool take_interval(void *options, const char *value)
{
	struct top_options *o = options;

	if (arguments_seconds(value, &o->interval_ns))
		return true;
	report("--interval: '%s' is not an interval; expected seconds, such as 1 or 0.5", value);
	return false;
}

static bool take_by(void *options, const char *value)
{
	for (enum top_kind kind = TOP_ROW_CPU; kind <= TOP_ROW_CGROUP; kind++)
		if (strcmp(value, top_part_word(kind)) == 0) {
			((struct top_options *)options)->by = kind;
			return true;
		}
	report("--by: '%s' is not a way to divide the stolen time; expected cpu, thief or cgroup",
	       value);
	return false;
}

static bool take_vm(void *options, const char *value)
{
	struct top_choice *choice = &((struct top_options *)options)->choice;

	if (*value != '\0')
		return arguments_collect(&choice->names, &choice->name_count, value);
	report("--vm: expected a name, not an empty string");
	return false;
}

static bool take_pid(void *options, const char *value)
{
	return probe_pids_add(&((struct top_options *)options)->choice.pids, value);
}

static bool check(struct top_options *o, int argc, char **argv)
{
	if (!arguments_no_others("top", argc, argv))
		return false;
	if (o->once && o->count > 0) {
		report("--once and --count: expected one of them");
		return false;
	}
	if (o->once)
		o->count = 1;
	return true;
}

bool top_options_parse(struct top_options *o, int argc, char **argv)
{
	const struct argument table[] = {
		{"interval", "SECONDS", "how long an interval is (1)", .take = take_interval},
		{"once", NULL, "measure one interval, print it, and end", .flag = &o->once},
		{"count", "N", "measure N intervals, print each, and end", .number = &o->count,
		 .most = 1000000000},
		{"by", "WHAT", "divide the stolen time by cpu, thief or cgroup", .take = take_by},
		{"vm", "NAME", "report only the VM of that name; may be repeated", .take = take_vm},
		{"pid", "PID", "report only the VM of that process; may be repeated",
		 .take = take_pid},
		{"json", NULL, "write JSON", .flag = &o->json},
		{"help", NULL, "print this help", .flag = &o->help},
		{.name = NULL},
	};

	*o = (struct top_options){.interval_ns = NS_PER_S};
	if (!arguments_parse("top", table, o, argc, argv))
		return false;
	if (!o->help)
		return check(o, argc, argv);
	arguments_usage(
		"pvtime top [OPTION...]",
		"Report how long each vCPU of this Linux KVM host has run and has waited for a CPU, and which VMs, processes and kernel threads ran meanwhile. On a terminal it shows a table until q is pressed; else it prints lines until it is interrupted.",
		table, stdout);
	return true;
}

void top_options_free(struct top_options *options)
{
	free(options->choice.names);
	free(options->choice.pids.pid);
}
