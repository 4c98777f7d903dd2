/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of `pvtime conform`; tests/tools/conform.t has the messages about a wrong one.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/conform/options.h"

static const struct run_plan ours_plans[] = {{.name = "plain"}, {.name = "slow"}};
static const struct run_plan kvm_plans[] = {{.name = "user", .user = true}};

/* The targets themselves are not linked: only their names and plans matter here. */
static void release(const struct run_kit *kit, char *text, size_t room)
{
	(void)kit, (void)text, (void)room;
}
static const struct run_target pvtime = {.name = "pvtime"},
			       kvm = {.name = "kvm", .release = release},
			       mended = {.name = "kvm-mended", .release = release},
			       xen = {.name = "xen", .release = release},
			       port = {.name = "xen+pvtime", .release = release};
const struct conform_target conform_targets[CONFORM_TARGETS] = {
	{.by = &pvtime, .plans = ours_plans, .plan_count = 2},
	{.by = &kvm, .plans = kvm_plans, .plan_count = 1},
	{.by = &mended, .plans = kvm_plans, .plan_count = 1},
	{.by = &xen},
	{.by = &port},
};

static struct conform_options o;

/* Parses words separated by blanks. */
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

/* The targets that were chosen, with blanks between; a release in brackets. */
static const char *chosen(void)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < o.choice_count; i++) {
		const struct conform_choice *c = &o.choices[i];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n > 0 ? " " : "",
				      c->target->by->name);
		if (c->release != NULL)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "(%s)", c->release);
	}
	return text;
}

static bool chooses(const char *line, const char *want)
{
	return parse(line) && strcmp(chosen(), want) == 0;
}

static void wrong(const char *line)
{
	tap_ok(!parse(line), "the command line '%s' is refused", line);
}

int main(void)
{
	tap_ok(chooses("", "pvtime") && o.width >= 1 && o.selected[0] &&
		       o.selected[CONFORM_CASES - 1] && !o.case_given && o.limit_s == 0 &&
		       conform_options_want(&o, &ours_plans[1]),
	       "by default pvtime conform runs our target with every case and every run");
	tap_ok(chooses("xen --strict kvm", "kvm xen") && o.strict,
	       "targets may come before and after options");
	tap_ok(chooses("all", "pvtime kvm kvm-mended xen xen+pvtime"), "all chooses every target");
	tap_ok(chooses("xen/trixie kvm/sid kvm/trixie pvtime xen/bookworm kvm/sid",
		       "pvtime kvm(sid) kvm(trixie) xen(trixie) xen(bookworm)"),
	       "each release of a target is chosen once, ordered by target and then as given");
	tap_ok(chooses("all kvm/sid kvm", "pvtime kvm kvm(sid) kvm-mended xen xen+pvtime"),
	       "a release is chosen beside this machine's own");
	tap_ok(strcmp(o.choices[1].name, "kvm") == 0 && strcmp(o.choices[2].name, "kvm/sid") == 0,
	       "a target has the name by which it was chosen");
	tap_ok(parse("--case header,padding --case reset") && o.case_given &&
		       o.selected[CONFORM_CASE_header] && o.selected[CONFORM_CASE_padding] &&
		       o.selected[CONFORM_CASE_reset] && !o.selected[CONFORM_CASE_byte_order],
	       "--case chooses the cases that it names");
	tap_ok(parse("--run slow --run plain") && conform_options_want(&o, &ours_plans[0]) &&
		       conform_options_want(&o, &ours_plans[1]),
	       "--run chooses the runs that it names");
	tap_ok(parse("all --run user") && !conform_options_want(&o, &ours_plans[0]) &&
		       conform_options_want(&o, &kvm_plans[0]),
	       "--run chooses a run of one of several targets");
	tap_ok(parse("--tap - --json j --markdown m --keep k --suite s --hypervisor h --debian d "
		     "--image i --seconds 5 --jobs 3 --verbose --list") &&
		       strcmp(o.file[CONFORM_TAP], "-") == 0 &&
		       strcmp(o.file[CONFORM_JSON], "j") == 0 &&
		       strcmp(o.file[CONFORM_MARKDOWN], "m") == 0 && strcmp(o.keep, "k") == 0 &&
		       strcmp(o.suite, "s") == 0 && strcmp(o.hypervisor, "h") == 0 &&
		       strcmp(o.debian, "d") == 0 && strcmp(o.image, "i") == 0 && o.limit_s == 5 &&
		       o.width == 3 && o.verbose && o.list,
	       "every other option is read");
	tap_ok(parse("--help nothing-of-this") && o.help, "--help is read, whatever else there is");

	/* This test does not look at the messages. */
	int null = open("/dev/null", O_WRONLY), kept = dup(STDERR_FILENO);
	dup2(null, STDERR_FILENO);
	wrong("bsd");
	wrong("bsd/trixie");
	wrong("kvm/");
	wrong("kvm/..");
	wrong("kvm/a/b");
	wrong("pvtime/trixie");
	wrong("all/trixie");
	wrong("kvm/1 kvm/2 kvm/3 kvm/4 kvm/5 kvm/6 kvm/7 kvm/8 kvm/9 kvm/10 kvm/11 kvm/12 kvm/13 "
	      "kvm/14 kvm/15 kvm/16 kvm/17");
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
