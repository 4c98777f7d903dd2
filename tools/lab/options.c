/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/lab/options.h"
#include "tools/report.h"

const char lab_usage[] =
	"usage: pvtime lab [OPTION...] FILE\n\n"
	"Start the guests of the lab FILE under the hypervisor, in QEMU, and account for their "
	"time.\n\n"
	"  --on HOST          pvtime, our hypervisor in QEMU, or kvm, that of this machine\n"
	"  --seconds S        stop, in good order, after S seconds of guest time\n"
	"  --until NAME       stop, in good order, when that guest has powered off\n"
	"  --deterministic    count instructions for a clock: two runs are equal byte for byte\n"
	"  --console-dir DIR  write what each guest prints to DIR/NAME.log\n"
	"  --json FILE        write the final ledger to FILE; - is standard output\n"
	"  --watch            show a live table of where the time of each vCPU goes\n"
	"  --attach NAME      make this terminal the console of that guest; Ctrl-] ends the lab\n"
	"  --hypervisor FILE  the hypervisor's image, if not hypervisor.img next to pvtime\n"
	"  --snapshot FILE    with --on kvm: in the end, save the guests to FILE\n"
	"  --restore FILE     with --on kvm: go on with the guests that FILE has\n"
	"  --help             say this\n";

enum {
	ON = 1,
	SECONDS,
	UNTIL,
	DETERMINISTIC,
	CONSOLE_DIR,
	JSON,
	WATCH,
	ATTACH,
	HYPERVISOR,
	SNAPSHOT,
	RESTORE,
	HELP
};

static const struct option long_options[] = {
	{"on", required_argument, NULL, ON},
	{"seconds", required_argument, NULL, SECONDS},
	{"until", required_argument, NULL, UNTIL},
	{"deterministic", no_argument, NULL, DETERMINISTIC},
	{"console-dir", required_argument, NULL, CONSOLE_DIR},
	{"json", required_argument, NULL, JSON},
	{"watch", no_argument, NULL, WATCH},
	{"attach", required_argument, NULL, ATTACH},
	{"hypervisor", required_argument, NULL, HYPERVISOR},
	{"snapshot", required_argument, NULL, SNAPSHOT},
	{"restore", required_argument, NULL, RESTORE},
	{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

static bool take_option(struct options *options, int result)
{
	switch (result) {
	case ON:
		options->kvm = strcmp(optarg, "kvm") == 0;
		if (!options->kvm && strcmp(optarg, "pvtime") != 0) {
			report("--on: '%s' is wrong; expected pvtime or kvm", optarg);
			return false;
		}
		return true;
	case SECONDS:
		if (!arguments_seconds(optarg, &options->run_ns)) {
			report("--seconds: '%s' is not a time; expected seconds greater than 0 and "
			       "at "
			       "most %u, such as 20 or 0.5",
			       optarg, SECONDS_MAX);
			return false;
		}
		return true;
	case UNTIL:
		options->until = optarg;
		break;
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
	case SNAPSHOT:
		options->snapshot = optarg;
		break;
	case RESTORE:
		options->restore = optarg;
		break;
	case HYPERVISOR:
		options->hypervisor = optarg;
		break;
	default:
		options->help = true;
		return true;
	}
	return arguments_named(long_options, result);
}

/* Options that want the same thing. */
static bool compatible(const struct options *options)
{
	const char *why = NULL;

	if (options->kvm && options->deterministic)
		why = "--deterministic and --on kvm: time is the host's, which repeats nothing";
	else if (options->kvm && options->hypervisor != NULL)
		why = "--hypervisor and --on kvm: the hypervisor is the host's";
	else if (!options->kvm && (options->snapshot != NULL || options->restore != NULL))
		why = "--snapshot and --restore: expected --on kvm with them";
	else if (options->attach != NULL && options->deterministic)
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
	arguments_begin();
	while ((result = arguments_next(long_options, "lab", argc, argv)) > 0)
		if (!take_option(options, result))
			return false;
	if (result < 0)
		return false;
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
