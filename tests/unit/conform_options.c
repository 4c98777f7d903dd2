/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of `pvtime conform`; what it says of a wrong one is tests/tools/conform.t's. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/conform/options.h"

static const struct run_plan ours_plans[] = {{.name = "plain"}, {.name = "slow"}};
static const struct run_plan kvm_plans[] = {{.name = "user", .user = true}};

/* The targets themselves are not linked: only their names and plans matter here. */
static const struct run_target pvtime = {.name = "pvtime"}, kvm = {.name = "kvm"},
			       xen = {.name = "xen"};
const struct conform_target conform_targets[CONFORM_TARGETS] = {
	{.by = &pvtime, .plans = ours_plans, .plan_count = 2},
	{.by = &kvm, .plans = kvm_plans, .plan_count = 1},
	{.by = &xen},
};

static struct conform_options o;

/* Words separated by blanks. */
static bool parse(const char *line)
{
	static char words[512];
	char *argv[32] = {words};
	int argc = 0;

	conform_options_free(&o);
	snprintf(words, sizeof(words), "conform %s", line);
	for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	return conform_options_parse(&o, argc, argv);
}

static void wrong(const char *line)
{
	tap_ok(!parse(line), "wrong: %s", line);
}

int main(void)
{
	tap_ok(parse("") && o.target[0] && !o.target[1] && !o.target[2] && o.width >= 1 &&
		       o.selected[0] && o.selected[CONFORM_CASES - 1] && !o.case_given &&
		       o.limit_s == 0 && conform_options_want(&o, &ours_plans[1]),
	       "by default: our target, every case, every run");
	tap_ok(parse("xen --strict kvm") && !o.target[0] && o.target[1] && o.target[2] && o.strict,
	       "targets, before and after options");
	tap_ok(parse("all") && o.target[0] && o.target[1] && o.target[2], "all of them");
	tap_ok(parse("--case header,padding --case reset") && o.case_given &&
		       o.selected[CONFORM_CASE_header] && o.selected[CONFORM_CASE_padding] &&
		       o.selected[CONFORM_CASE_reset] && !o.selected[CONFORM_CASE_byte_order],
	       "cases");
	tap_ok(parse("--run slow --run plain") && conform_options_want(&o, &ours_plans[0]) &&
		       conform_options_want(&o, &ours_plans[1]),
	       "runs");
	tap_ok(parse("all --run user") && !conform_options_want(&o, &ours_plans[0]) &&
		       conform_options_want(&o, &kvm_plans[0]),
	       "one run of several targets");
	tap_ok(parse("--tap - --json j --markdown m --keep k --suite s --hypervisor h --debian d "
		     "--image i --seconds 5 --jobs 3 --verbose --list") &&
		       strcmp(o.file[CONFORM_TAP], "-") == 0 &&
		       strcmp(o.file[CONFORM_JSON], "j") == 0 &&
		       strcmp(o.file[CONFORM_MARKDOWN], "m") == 0 && strcmp(o.keep, "k") == 0 &&
		       strcmp(o.suite, "s") == 0 && strcmp(o.hypervisor, "h") == 0 &&
		       strcmp(o.debian, "d") == 0 && strcmp(o.image, "i") == 0 && o.limit_s == 5 &&
		       o.width == 3 && o.verbose && o.list,
	       "everything else");
	tap_ok(parse("--help nothing-of-this") && o.help, "help, whatever else there is");

	/* What is said is of no interest here. */
	int null = open("/dev/null", O_WRONLY), kept = dup(STDERR_FILENO);
	dup2(null, STDERR_FILENO);
	wrong("bsd");
	wrong("--case nothing");
	wrong("--case header,");
	wrong("--case ,");
	wrong("--run user");
	wrong("--tap - --json -");
	wrong("--seconds 0");
	wrong("--seconds 1.5");
	wrong("--seconds 86401");
	wrong("--seconds x");
	wrong("--jobs 0");
	wrong("--jobs 65");
	wrong("--jobs 2x");
	wrong("--jobs -1");
	wrong("--keep=");
	wrong("--keep");
	wrong("--list=1");
	wrong("--wotch");
	wrong("-w");
	dup2(kept, STDERR_FILENO);
	close(null);
	close(kept);
	conform_options_free(&o);
	return tap_done();
}
