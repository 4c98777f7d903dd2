/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/lab/options.h"
#include "tools/report.h"

static bool take_on(void *options, const char *host)
{
	struct options *o = options;

	o->kvm = strcmp(host, "kvm") == 0;
	if (o->kvm || strcmp(host, "pvtime") == 0)
		return true;
	report("--on: '%s' is wrong; expected pvtime or kvm", host);
	return false;
}

static bool take_seconds(void *options, const char *text)
{
	struct options *o = options;

	if (arguments_seconds(text, &o->run_ns))
		return true;
	report("--seconds: '%s' is not a time; expected seconds greater than 0 and at most %u, with at most nine decimals, such as 20 or 0.5",
	       text, SECONDS_MAX);
	return false;
}

/* Reject options that conflict. */
static bool compatible(const struct options *options)
{
	const char *why = NULL;

	if (options->kvm && options->deterministic)
		why = "--deterministic and --on kvm: time on KVM is the host's, so no run repeats exactly";
	else if (options->kvm && options->hypervisor != NULL)
		why = "--hypervisor and --on kvm: the hypervisor is the host's KVM";
	else if (!options->kvm && (options->snapshot != NULL || options->restore != NULL))
		why = "--snapshot and --restore: expected --on kvm with them";
	else if (options->kvm && options->stamp)
		why = "--stamp and --on kvm: Linux counts a wait when it ends, so the time stolen up to an instant is not known";
	else if (options->attach != NULL && options->deterministic)
		why = "--attach and --deterministic: typed input arrives at a different time in each run";
	else if (options->attach != NULL && options->watch)
		why = "--attach and --watch: both use the terminal";
	else if (options->json != NULL && strcmp(options->json, "-") == 0 &&
		 (options->watch || options->attach != NULL))
		why = "--json -: --watch and --attach use standard output themselves";
	if (why != NULL)
		report("%s", why);
	return why == NULL;
}

bool options_parse(struct options *options, int argc, char **argv)
{
	const struct argument table[] = {
		{"on", "HOST",
		 "pvtime, the project's hypervisor in QEMU (the default), or kvm, Linux KVM of this machine",
		 .take = take_on},
		{"seconds", "S", "stop in good order after S seconds of guest time",
		 .take = take_seconds},
		{"until", "NAME", "stop in good order when the guest NAME has powered off",
		 .text = &options->until},
		{"deterministic", NULL,
		 "one instruction takes one nanosecond: two runs are equal byte for byte",
		 .flag = &options->deterministic},
		{"console-dir", "DIR", "write what each guest prints to DIR/NAME.log",
		 .text = &options->console_dir},
		{"json", "FILE", "write the final ledger to FILE; - is standard output",
		 .text = &options->json},
		{"watch", NULL, "show a live table of where the time of each vCPU goes",
		 .flag = &options->watch},
		{"stamp", NULL,
		 "begin each console line with the time that was stolen when the line ended",
		 .flag = &options->stamp},
		{"attach", "NAME",
		 "make this terminal the console of the guest NAME; Ctrl-] ends the lab",
		 .text = &options->attach},
		{"hypervisor", "FILE",
		 "the hypervisor's image, by default hypervisor.img in pvtime's data directory",
		 .text = &options->hypervisor},
		{"snapshot", "FILE", "with --on kvm: save the guests to FILE at the end",
		 .text = &options->snapshot},
		{"restore", "FILE", "with --on kvm: continue with the guests saved in FILE",
		 .text = &options->restore},
		{"help", NULL, "print this help", .flag = &options->help},
		{.name = NULL},
	};

	memset(options, 0, sizeof(*options));
	if (!arguments_parse("lab", table, options, argc, argv))
		return false;
	if (options->help) {
		arguments_usage(
			"pvtime lab [OPTION...] FILE",
			"Run the guests of the lab FILE under the hypervisor, in QEMU, and account for their time.",
			table, stdout);
		return true;
	}
	if (optind != argc - 1) {
		report("lab: expected one lab file, not %s",
		       optind < argc ? "several" : "none; 'pvtime help lab' says more");
		return false;
	}
	options->file = argv[optind];
	return compatible(options);
}
