/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stddef.h>
#include <string.h>
#include "tools/command.h"
#include "tools/options.h"
#include "tools/report.h"

const char lab_usage[] =
	"usage: pvtime lab [OPTION...] FILE\n\n"
	"Start the guests of the lab FILE under the hypervisor, in QEMU, and account for their "
	"time.\n\n"
	"  --seconds S        stop, in good order, after S seconds of guest time\n"
	"  --deterministic    count instructions for a clock: two runs are equal byte for byte\n"
	"  --console-dir DIR  write what each guest prints to DIR/NAME.log\n"
	"  --json FILE        write the final ledger to FILE; - is standard output\n"
	"  --watch            show a live table of where the time of each vCPU goes\n"
	"  --attach NAME      make this terminal the console of that guest; Ctrl-] ends the lab\n"
	"  --hypervisor FILE  the hypervisor's image, if not hypervisor.img next to pvtime\n"
	"  --help             say this\n";

#define NS_PER_S    1000000000u
#define SECONDS_MAX 1000000000u

bool options_seconds(const char *text, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, unit = NS_PER_S;
	const char *p = text;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		whole = whole * 10 + (uint64_t)(*p - '0');
		if (whole > SECONDS_MAX)
			return false;
	}
	if (*p == '.') {
		if (*++p == '\0')
			return false;
		for (; *p >= '0' && *p <= '9' && unit > 1; p++) {
			unit /= 10;
			part += unit * (uint64_t)(*p - '0');
		}
	}
	*ns = whole * NS_PER_S + part;
	return *p == '\0' && *ns > 0 && *ns <= (uint64_t)SECONDS_MAX * NS_PER_S;
}

enum { SECONDS = 1, DETERMINISTIC, CONSOLE_DIR, JSON, WATCH, ATTACH, HYPERVISOR, HELP };

static const struct option long_options[] = {
	{"seconds", required_argument, NULL, SECONDS},
	{"deterministic", no_argument, NULL, DETERMINISTIC},
	{"console-dir", required_argument, NULL, CONSOLE_DIR},
	{"json", required_argument, NULL, JSON},
	{"watch", no_argument, NULL, WATCH},
	{"attach", required_argument, NULL, ATTACH},
	{"hypervisor", required_argument, NULL, HYPERVISOR},
	{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

/* `argument` is what getopt_long() has just consumed. */
static void report_unknown(int result, const char *argument)
{
	if (optopt >= ' ') {
		report("'-%c' is not an option; 'pvtime help lab' lists them", optopt);
		return;
	}
	for (const struct option *o = long_options; o->name != NULL; o++) {
		if (optopt != o->val)
			continue;
		if (result == ':')
			report("--%s: expected a value after it", o->name);
		else
			report("--%s: expected no value after it", o->name);
		return;
	}
	report("'%s' is not an option; 'pvtime help lab' lists them", argument);
}

static bool take_option(struct options *options, int result)
{
	switch (result) {
	case SECONDS:
		if (!options_seconds(optarg, &options->run_ns)) {
			report("--seconds: '%s' is not a time; expected seconds greater than 0 and "
			       "at "
			       "most %u, such as 20 or 0.5",
			       optarg, SECONDS_MAX);
			return false;
		}
		return true;
	case DETERMINISTIC:
		options->deterministic = true;
		return true;
	case CONSOLE_DIR:
		options->console_dir = optarg;
		break;
	case JSON:
		options->json = optarg;
		break;
	case WATCH:
		options->watch = true;
		return true;
	case ATTACH:
		options->attach = optarg;
		break;
	case HYPERVISOR:
		options->hypervisor = optarg;
		break;
	default:
		options->help = true;
		return true;
	}
	if (*optarg != '\0')
		return true;
	report("--%s: expected a name, not nothing", long_options[result - 1].name);
	return false;
}

/* Options that want the same thing. */
static bool compatible(const struct options *options)
{
	const char *why = NULL;

	if (options->attach != NULL && options->deterministic)
		why = "--attach and --deterministic: what you type arrives at no determined time";
	else if (options->attach != NULL && options->watch)
		why = "--attach and --watch: both want the terminal";
	else if (options->json != NULL && strcmp(options->json, "-") == 0 &&
		 (options->watch || options->attach != NULL))
		why = "--json -: --watch and --attach want standard output for themselves";
	if (why != NULL)
		report("%s", why);
	return why == NULL;
}

bool options_parse(struct options *options, int argc, char **argv)
{
	int result;

	memset(options, 0, sizeof(*options));
	opterr = 0;
	optind = 0;
	while ((result = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (result == '?' || result == ':') {
			report_unknown(result, argv[optind - 1]);
			return false;
		}
		if (!take_option(options, result))
			return false;
	}
	if (options->help)
		return true;
	if (optind != argc - 1) {
		report("lab: expected one lab file, not %s",
		       optind < argc ? "several" : "none; 'pvtime help lab' says more");
		return false;
	}
	options->file = argv[optind];
	return compatible(options);
}
