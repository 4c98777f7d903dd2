/* SPDX-License-Identifier: BSD-2-Clause */
/* The target `pvtime`: our own hypervisor, as `pvtime lab --deterministic` runs it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "tools/conform.h"
#include "tools/conform_child.h"
#include "tools/conform_file.h"
#include "tools/conform_kit.h"
#include "tools/qemu.h"
#include "tools/version.h"

#define PATIENCE_S 300 /* of real time: only a hypervisor that does not answer any more needs it */
#define TEXT_MAX   (8u << 20)

/*
 * Each value of each axis at least once: builds, forms, CPUs, 1 to 8 vCPUs on one CPU and on two,
 * dialects and none, conduits, alone and with a competitor. Rounds of contention are cheap where
 * the timeslice is 100 us, and the 10,000 of one run are as many as the rule is held to; `slow`
 * keeps vCPUs waiting for longer than R-34's 100 ms. The 16 KiB granule is there on neoverse-n1 and
 * max only.
 */
enum { ALONE = false, CONTENDED = true };

/*
 * QEMU counts the instructions of all its CPUs on one clock, and runs them by turns of up to 100
 * ms: each stands still for so long, which no hypervisor could see or charge. With two of them
 * these cases would judge QEMU.
 */
#define UNTIMED                                                                                  \
	"own_address,idle_wfi,idle_suspend,off,contended,competitor,woken,at_switch_in,adds_up," \
	"nanoseconds,refreshed"

static const struct conform_plan plans[] = {
	/*
	 * name, build, form, CPU, CPUs, vCPUs, dialect, conduit, who, cap, timeslice, words, limit,
	 * user, without
	 */
	{"plain", "4k-le", "img", "cortex-a57", 1, 1, "1.0", "hvc", ALONE, 0, 0, NULL, 10, false,
	 NULL},
	{"contended", "4k-le", "img", "cortex-a57", 1, 2, "1.0", "hvc", CONTENDED, 0, 100, NULL, 20,
	 false, NULL},
	{"big-endian", "4k-be", "elf", "cortex-a72", 1, 2, "1.0", "smc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"granule-16k", "16k-le", "img", "neoverse-n1", 1, 2, "1.0", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"granule-16k-be", "16k-be", "elf", "max", 1, 2, "beta-2", "smc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"granule-64k", "64k-le", "raw", "cortex-a57", 1, 2, "1.0", "smc", ALONE, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"granule-64k-be", "64k-be", "img", "cortex-a72", 1, 4, "1.0", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"beta-2", "4k-le", "raw", "cortex-a72", 1, 1, "beta-2", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"eight", "4k-le", "elf", "neoverse-n1", 1, 8, "1.0", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL},
	{"two-cpus", "64k-be", "elf", "cortex-a72", 2, 4, "1.0", "smc", ALONE, 0, 100, "rounds=200",
	 30, false, UNTIMED},
	{"capped", "4k-le", "img", "cortex-a57", 1, 1, "1.0", "hvc", ALONE, 50, 0, "rounds=50", 20,
	 false, NULL},
	{"slow", "4k-le", "img", "cortex-a57", 1, 4, "1.0", "hvc", ALONE, 0, 100000, "rounds=5", 30,
	 false, NULL},
	{"off", "4k-le", "img", "cortex-a57", 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 10, false,
	 NULL},
	{"off-be", "64k-be", "elf", "max", 1, 4, "off", "smc", CONTENDED, 0, 0, NULL, 10, false,
	 NULL},
	{"reset", "4k-le", "img", "cortex-a57", 1, 2, "1.0", "hvc", CONTENDED, 0, 100,
	 "reset_ms=1000", 10, false, NULL},
};

struct paths {
	char suite[PATH_MAX], competitor[PATH_MAX], hypervisor[PATH_MAX];
	bool elf;
};

static bool find_paths(const struct conform_kit *kit, const struct conform_plan *plan,
		       struct paths *paths, char *why)
{
	if (!conform_need_suite(kit, plan, paths->suite, &paths->elf, why))
		return false;
	if (plan->contended &&
	    !conform_need_part(kit->suite, "competitor.img",
			       "expected the guest that competes, which 'make conform' builds",
			       paths->competitor, why))
		return false;
	return conform_need_part(kit->hypervisor, "",
				 "expected the hypervisor's image, which 'make' builds",
				 paths->hypervisor, why);
}

static bool ready(const struct conform_kit *kit, const struct conform_plan *plan, char *why)
{
	struct paths *paths = malloc(sizeof(*paths));

	if (paths == NULL) {
		snprintf(why, CONFORM_WHY, "%s", strerror(errno));
		return false;
	}
	bool good = find_paths(kit, plan, paths, why) &&
		    conform_need_program(QEMU_PROGRAM, "qemu-system-arm", why);
	free(paths);
	return good;
}

/* Whoever competes has a vCPU for each CPU, which spins in bursts of several lengths. */
static bool write_lab(const char *file, const struct conform_plan *plan, const struct paths *paths)
{
	bool on = strcmp(plan->dialect, "off") != 0;
	FILE *out = fopen(file, "we");

	if (out == NULL)
		return false;
	fprintf(out, "[lab]\npcpus = %u\ncpu = %s\n", plan->pcpus, plan->cpu);
	if (plan->timeslice_us != 0)
		fprintf(out, "timeslice_us = %u\n", plan->timeslice_us);
	fprintf(out, "\n[vm suite]\nkernel = %s\nvcpus = %u\n", paths->suite, plan->vcpus);
	fprintf(out, "stolen_time = %s\nconduit = %s\n", plan->dialect, plan->conduit);
	if (plan->cap != 0)
		fprintf(out, "cap = %u\n", plan->cap);
	/* An ELF has no FDT in x0 unless it is told where to put one. */
	if (paths->elf)
		fprintf(out, "dtb = 0x40000000\n");
	fprintf(out, "append = expect=%s", on ? "on" : "off");
	if (strcmp(plan->dialect, "beta-2") == 0)
		fprintf(out, " dialect=beta-2");
	fprintf(out, "%s%s\n", plan->append != NULL ? " " : "",
		plan->append != NULL ? plan->append : "");
	if (plan->contended)
		fprintf(out, "\n[vm competitor]\nkernel = %s\nvcpus = %u\n", paths->competitor,
			plan->pcpus);
	bool good = !ferror(out);
	return fclose(out) == 0 && good;
}

/*
 * The longest time that any vCPU of the ledger has been there, in seconds of guest time: the lab's.
 */
static uint64_t elapsed_s(const char *ledger)
{
	static const char cntfrq[] = "\"cntfrq\":", elapsed[] = "\"elapsed\":";
	const char *at = strstr(ledger, cntfrq);
	uint64_t frequency = at != NULL ? strtoull(at + strlen(cntfrq), NULL, 10) : 0, most = 0;

	while (at != NULL && (at = strstr(at, elapsed)) != NULL) {
		uint64_t ticks = strtoull(at += strlen(elapsed), NULL, 10);
		if (ticks > most)
			most = ticks;
	}
	return frequency != 0 ? most / frequency : 0;
}

/* The last line of `pvtime lab`'s messages, without its prefix and its end. */
static const char *last_message(char *text)
{
	static const char prefix[] = "pvtime: ";
	char *line = text;

	for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = '\0';
	if (strrchr(text, '\n') != NULL)
		line = strrchr(text, '\n') + 1;
	return strncmp(line, prefix, strlen(prefix)) == 0 ? line + strlen(prefix) : line;
}

/*
 * It is QEMU's own doing, and says nothing about the hypervisor, which can only make it end with status 0. The words
 * are those of tools/session.c and tools/lab.c.
 */
static bool qemu_died(const char *why)
{
	static const char ended[] = "QEMU ended ", well[] = "QEMU ended with status 0 ",
			  not_started[] = "cannot start ";

	return (strncmp(why, ended, strlen(ended)) == 0 && strncmp(why, well, strlen(well)) != 0) ||
	       strncmp(why, not_started, strlen(not_started)) == 0;
}

/* The files of a run, in kit->keep. */
struct files {
	char lab[PATH_MAX], console[PATH_MAX], ledger[PATH_MAX], errors[PATH_MAX];
};

static bool name_files(const struct conform_kit *kit, struct files *f, char *why)
{
	if (snprintf(f->lab, sizeof(f->lab), "%s/run.lab", kit->keep) < PATH_MAX &&
	    snprintf(f->console, sizeof(f->console), "%s/suite.log", kit->keep) < PATH_MAX &&
	    snprintf(f->ledger, sizeof(f->ledger), "%s/ledger.json", kit->keep) < PATH_MAX &&
	    snprintf(f->errors, sizeof(f->errors), "%s/errors.log", kit->keep) < PATH_MAX)
		return true;
	snprintf(why, CONFORM_WHY, "%.100s...: the path is too long", kit->keep);
	return false;
}

static enum conform_outcome judge(const struct files *f, const struct conform_plan *plan,
				  int wait_status, struct conform_output *output)
{
	char *text = conform_file_read(f->errors, TEXT_MAX, NULL);
	char *ledger = conform_file_read(f->ledger, TEXT_MAX, NULL);
	enum conform_outcome outcome = CONFORM_ENDED;

	if (WIFSIGNALED(wait_status)) {
		snprintf(output->why, CONFORM_WHY, "pvtime lab ended of signal %d",
			 WTERMSIG(wait_status));
		outcome = CONFORM_STOPPED;
	} else if (WEXITSTATUS(wait_status) != 0) {
		snprintf(output->why, CONFORM_WHY, "%s", text != NULL ? last_message(text) : "");
		outcome = WEXITSTATUS(wait_status) == 2 || qemu_died(output->why) ? CONFORM_UNABLE
										  : CONFORM_STOPPED;
	} else if (ledger == NULL || elapsed_s(ledger) >= plan->limit_s) {
		snprintf(output->why, CONFORM_WHY,
			 "it had not powered off after %u s of guest time", plan->limit_s);
		outcome = CONFORM_LIMIT;
	}
	free(text);
	free(ledger);
	return outcome;
}

static enum conform_outcome run_lab(const struct conform_kit *kit, const struct conform_plan *plan,
				    const struct paths *paths, const struct files *f,
				    struct conform_output *output)
{
	char seconds[16];
	const char *const argv[] = {
		kit->program, "lab",	      "--deterministic", "--until", "suite",
		"--seconds",  seconds,	      "--console-dir",	 kit->keep, "--json",
		f->ledger,    "--hypervisor", paths->hypervisor, f->lab,    NULL,
	};
	int status = 0;

	snprintf(seconds, sizeof(seconds), "%u", plan->limit_s);
	if (!write_lab(f->lab, plan, paths)) {
		snprintf(output->why, CONFORM_WHY, "%.300s: %s", f->lab, strerror(errno));
		return CONFORM_UNABLE;
	}
	enum conform_child child = conform_child(argv, NULL, f->errors, PATIENCE_S, &status);
	if (child == CHILD_NONE) {
		snprintf(output->why, CONFORM_WHY, "%.300s: %s", kit->program, strerror(errno));
		return CONFORM_UNABLE;
	}
	output->text = conform_file_read(f->console, TEXT_MAX, &output->length);
	if (child == CHILD_LATE) {
		snprintf(
			output->why, CONFORM_WHY,
			"the lab was killed after %d s of real time: the hypervisor did not answer",
			PATIENCE_S);
		return CONFORM_STOPPED;
	}
	return judge(f, plan, status, output);
}

static enum conform_outcome run(const struct conform_kit *kit, const struct conform_plan *plan,
				struct conform_output *output)
{
	struct paths *paths = malloc(sizeof(*paths));
	struct files *files = malloc(sizeof(*files));
	enum conform_outcome outcome = CONFORM_UNABLE;

	if (paths == NULL || files == NULL)
		snprintf(output->why, CONFORM_WHY, "%s", strerror(errno));
	else if (find_paths(kit, plan, paths, output->why) && name_files(kit, files, output->why))
		outcome = run_lab(kit, plan, paths, files, output);
	free(paths);
	free(files);
	return outcome;
}

static void versions(const struct conform_kit *kit, char *text, size_t room)
{
	char qemu[128];

	(void)kit;
	conform_file_version(QEMU_PROGRAM, qemu, sizeof(qemu));
	snprintf(text, room, "pvtime %s, %s", PVTIME_VERSION, qemu);
}

const struct conform_target conform_pvtime = {
	.name = "pvtime",
	.title = "this project's hypervisor",
	.ours = true,
	.plans = plans,
	.plan_count = sizeof(plans) / sizeof(plans[0]),
	.ready = ready,
	.run = run,
	.versions = versions,
};
