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
#include "pvtime/version.h"

/* Little, as the hypervisor clears it: that takes longer than most runs of the suite. */
#define MEMORY "memory = 16M\n"

struct paths {
	char suite[PATH_MAX], competitor[PATH_MAX], hypervisor[PATH_MAX];
	bool elf;
};

static bool find_paths(const struct run_kit *kit, const struct run_plan *plan, struct paths *paths,
		       char *why)
{
	if (!need_suite(kit, plan, paths->suite, &paths->elf, why))
		return false;
	if (plan->contended &&
	    !need_part(kit->suite, "competitor.img",
		       "expected the guest that competes, which 'make conform' builds",
		       paths->competitor, why))
		return false;
	return need_part(kit->hypervisor, "",
			 "expected the hypervisor's image, which 'make' builds", paths->hypervisor,
			 why);
}

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	struct paths *paths = malloc(sizeof(*paths));

	if (paths == NULL) {
		snprintf(why, RUN_WHY, "%s", strerror(errno));
		return false;
	}
	bool good = find_paths(kit, plan, paths, why) &&
		    need_program(QEMU_PROGRAM, "qemu-system-arm", why);
	free(paths);
	return good;
}

/* The competitor has a vCPU for each CPU. Each of them spins in bursts of several lengths. */
static bool write_lab(const char *file, const struct run_plan *plan, const struct paths *paths)
{
	bool on = strcmp(plan->dialect, "off") != 0;
	FILE *out = fopen(file, "we");

	if (out == NULL)
		return false;
	fprintf(out, "[lab]\npcpus = %u\ncpu = %s\n", plan->pcpus, plan->cpu);
	if (plan->timeslice_us != 0)
		fprintf(out, "timeslice_us = %u\n", plan->timeslice_us);
	fprintf(out, "\n[vm suite]\nkernel = %s\nvcpus = %u\n" MEMORY, paths->suite, plan->vcpus);
	fprintf(out, "stolen_time = %s\nconduit = %s\n", plan->dialect, plan->conduit);
	if (plan->cap != 0)
		fprintf(out, "cap = %u\n", plan->cap);
	/* An ELF guest gets an FDT in x0 only if the lab file says where to put it. */
	if (paths->elf)
		fprintf(out, "dtb = 0x40000000\n");
	fprintf(out, "append = expect=%s", on ? "on" : "off");
	if (strcmp(plan->dialect, "beta-2") == 0)
		fprintf(out, " dialect=beta-2");
	fprintf(out, "%s%s\n", plan->append != NULL ? " " : "",
		plan->append != NULL ? plan->append : "");
	if (plan->contended)
		fprintf(out, "\n[vm competitor]\nkernel = %s\nvcpus = %u\n" MEMORY,
			paths->competitor, plan->pcpus);
	bool good = !ferror(out);
	return fclose(out) == 0 && good;
}

static enum run_outcome run(const struct run_kit *kit, const struct run_plan *plan,
			    struct run_output *output)
{
	struct paths *paths = malloc(sizeof(*paths));
	enum run_outcome outcome = RUN_UNABLE;
	char lab[PATH_MAX];

	if (paths == NULL)
		snprintf(output->why, RUN_WHY, "%s", strerror(errno));
	else if (find_paths(kit, plan, paths, output->why) &&
		 lab_child_file(kit, lab, output->why)) {
		if (write_lab(lab, plan, paths))
			outcome = lab_child_run(kit, "suite", plan->limit_s * 1000, output);
		else
			snprintf(output->why, RUN_WHY, "%.300s: %s", lab, strerror(errno));
	}
	free(paths);
	return outcome;
}

static void versions(const struct run_kit *kit, char *text, size_t room)
{
	char qemu[128];

	(void)kit;
	file_version(QEMU_PROGRAM, qemu, sizeof(qemu));
	snprintf(text, room, "pvtime %s, %s", PVTIME_VERSION_STRING, qemu);
}

const struct run_target target_pvtime = {
	.name = "pvtime",
	.ready = ready,
	.run = run,
	.versions = versions,
};
