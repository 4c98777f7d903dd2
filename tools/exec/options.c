/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <pvtime/abi.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exec/options.h"
#include "tools/report.h"

static bool take_ipa(void *options, const char *text)
{
	struct exec_options *o = options;
	char *end;

	errno = 0;
	o->ipa = strtoull(text, &end, 0);
	o->ipa_given = true;
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && o->ipa != 0 &&
	    o->ipa % PVTIME_GRANULE == 0)
		return true;
	report("--ipa: '%s' is not an address; expected a multiple of 64 KiB above 0, such as 0x90a0000",
	       text);
	return false;
}

static bool take_stolen(void *options, const char *text)
{
	struct exec_options *o = options;
	const char *at = text;
	char *end;

	for (o->stolen_count = 0; o->stolen_count < EXEC_VCPUS; at = end + 1) {
		errno = 0;
		o->stolen[o->stolen_count++] = strtoull(at, &end, 10);
		if (*at < '0' || *at > '9' || errno != 0 || (*end != ',' && *end != '\0'))
			break;
		if (*end == '\0')
			return true;
	}
	report("--stolen: '%s' is not a list of nanoseconds; expected a number for each of up to %u vCPUs, such as 1500000000,0",
	       text, EXEC_VCPUS);
	return false;
}

/*
 * The index of "--": the words behind it are the VMM's, even if they look like options of pvtime.
 */
static int find_command(int argc, char **argv)
{
	int i = 1;

	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	return i;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

bool exec_options_parse(struct exec_options *options, int argc, char **argv)
{
	const struct argument table[] = {
		{"ipa", "ADDR",
		 "where in the guest's memory map to place 64 KiB that nothing else uses",
		 .take = take_ipa},
		{"stolen", "NS[,NS...]",
		 "for a restored guest: the time already stolen from each vCPU",
		 .take = take_stolen},
		{"again", NULL,
		 "give stolen time to each VM that the VMM makes, not only to the first",
		 .flag = &options->again},
		{"dry-run", NULL,
		 "start the VMM and its guest as usual, print where the structures would go, and do not place them",
		 .flag = &options->dry_run},
		{"verbose", NULL, "print where the structures are and how many vCPUs have one",
		 .flag = &options->verbose},
		{"help", NULL, "print this help", .flag = &options->help},
		{.name = NULL},
	};
	int end = find_command(argc, argv);

	*options = (struct exec_options){.help = false};
	if (end == argc && !asks_for_help(argc, argv)) {
		report("exec: there is no -- before the VMM; expected 'pvtime exec [OPTION...] -- VMM [ARGUMENT...]'");
		return false;
	}
	if (!arguments_parse("exec", table, options, end, argv))
		return false;
	if (options->help) {
		arguments_usage(
			"pvtime exec [OPTION...] -- VMM [ARGUMENT...]",
			"Start an unmodified VMM on Linux KVM, and give its guest stolen time.",
			table, stdout);
		return true;
	}
	if (optind < end) {
		report("exec: '%s' is not an option; expected -- before the VMM", argv[optind]);
		return false;
	}
	if (end + 1 >= argc) {
		report("exec: expected a VMM after --; 'pvtime help exec' says more");
		return false;
	}
	options->command = argv + end + 1;
	return true;
}
