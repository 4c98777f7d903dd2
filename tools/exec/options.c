/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <pvtime/abi.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exec/options.h"
#include "tools/report.h"

const char exec_usage[] =
	"usage: pvtime exec [OPTION...] -- VMM [ARGUMENT...]\n\n"
	"Start a VMM, as it is, on Linux KVM, and give its guest stolen time.\n\n"
	"  --ipa ADDR  where in the guest's memory map: 64 KiB that nothing else has\n"
	"  --dry-run   say what would be done, and do nothing of it\n"
	"  --verbose   say what is done\n"
	"  --help      say this\n";

enum { IPA = 1, DRY_RUN, VERBOSE, HELP };

static const struct option long_options[] = {
	{"ipa", required_argument, NULL, IPA},
	{"dry-run", no_argument, NULL, DRY_RUN},
	{"verbose", no_argument, NULL, VERBOSE},
	{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

static bool take_ipa(struct exec_options *options, const char *text)
{
	char *end;

	errno = 0;
	options->ipa = strtoull(text, &end, 0);
	options->ipa_given = true;
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && options->ipa != 0 &&
	    options->ipa % PVTIME_GRANULE == 0)
		return true;
	report("--ipa: '%s' is no place; expected a multiple of 64 KiB above 0, such as 0x90a0000",
	       text);
	return false;
}

static bool take_option(struct exec_options *options, int option)
{
	switch (option) {
	case IPA:
		return take_ipa(options, optarg);
	case DRY_RUN:
		options->dry_run = true;
		return true;
	case VERBOSE:
		options->verbose = true;
		return true;
	default:
		options->help = true;
		return true;
	}
}

/* Ours end where the VMM's command begins: its words are none of ours, whatever they look like. */
static int find_command(int argc, char **argv)
{
	int i = 1;

	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	return i;
}

bool exec_options_parse(struct exec_options *options, int argc, char **argv)
{
	int end = find_command(argc, argv);
	int result;

	*options = (struct exec_options){.help = false};
	arguments_begin();
	while ((result = arguments_next(long_options, "exec", end, argv)) > 0)
		if (!take_option(options, result))
			return false;
	if (result < 0)
		return false;
	if (options->help)
		return true;
	if (optind < end) {
		report("exec: '%s' is no option; expected -- before the VMM", argv[optind]);
		return false;
	}
	if (end + 1 >= argc) {
		report("exec: expected -- and a VMM after it; 'pvtime help exec' says more");
		return false;
	}
	options->command = argv + end + 1;
	return true;
}
