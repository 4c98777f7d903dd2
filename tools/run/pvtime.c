/* SPDX-License-Identifier: BSD-2-Clause */
/* The target `pvtime`: our own hypervisor, as `pvtime lab --deterministic` runs it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/run/file.h"
#include "tools/run/kit.h"
#include "tools/run/lab_child.h"
#include "tools/run/qemu.h"
#include "tools/run/target.h"
#include "tools/version.h"

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

static enum conform_outcome run(const struct conform_kit *kit, const struct conform_plan *plan,
				struct conform_output *output)
{
	struct paths *paths = malloc(sizeof(*paths));
	enum conform_outcome outcome = CONFORM_UNABLE;
	char lab[PATH_MAX];

	if (paths == NULL)
		snprintf(output->why, CONFORM_WHY, "%s", strerror(errno));
	else if (find_paths(kit, plan, paths, output->why) &&
		 conform_lab_file(kit, lab, output->why)) {
		if (write_lab(lab, plan, paths))
			outcome = conform_lab(kit, "suite", plan->limit_s * 1000, output);
		else
			snprintf(output->why, CONFORM_WHY, "%.300s: %s", lab, strerror(errno));
	}
	free(paths);
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
