/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen as `make xen` builds it from the source of a Debian release: the target `xen+pvtime` has
 * stolen time (ports/xen), the target `xen-before` is the same source unchanged.
 */
#include <limits.h>
#include <stdio.h>
#include "tools/run/debian.h"
#include "tools/run/xen.h"

#define DENIED	    "pvtime=no" /* ports/xen: dom0 gets no stolen time */
#define VERSION_MAX 96u

static bool find_image(const struct run_kit *kit, const char *name, char path[PATH_MAX], char *why)
{
	return debian_need_built(kit, kit->xen, name,
				 "expected Xen for arm64, which 'make xen' builds", path, why);
}

static bool ready_as(const char *name, const struct run_kit *kit, const struct run_plan *plan,
		     char *why)
{
	char image[PATH_MAX];

	return xen_ready(kit, plan, why) && find_image(kit, name, image, why);
}

static enum run_outcome run_as(const char *name, const char *denied, const struct run_kit *kit,
			       const struct run_plan *plan, struct run_output *output)
{
	char image[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	if (!find_image(kit, name, image, output->why))
		return RUN_UNABLE;
	return xen_run(image, denied, kit, plan, output);
}

static void source_version(const struct run_kit *kit, char version[VERSION_MAX])
{
	debian_source_version(version, VERSION_MAX, kit, "xen");
}

static void release(const struct run_kit *kit, char *text, size_t room)
{
	char version[VERSION_MAX];

	source_version(kit, version);
	debian_release(version, text, room);
}

static bool pvtime_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	return ready_as("xen", kit, plan, why);
}

static enum run_outcome pvtime_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	return run_as("xen", DENIED, kit, plan, output);
}

static void pvtime_versions(const struct run_kit *kit, char *text, size_t room)
{
	char version[VERSION_MAX];

	source_version(kit, version);
	snprintf(text, room, "Xen %s with ports/xen", version);
}

static bool before_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	return ready_as("before", kit, plan, why);
}

static enum run_outcome before_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	return run_as("before", "", kit, plan, output);
}

static void before_versions(const struct run_kit *kit, char *text, size_t room)
{
	char version[VERSION_MAX];

	source_version(kit, version);
	snprintf(text, room, "Xen %s", version);
}

const struct run_target target_xen_pvtime = {
	.name = "xen+pvtime",
	.ready = pvtime_ready,
	.run = pvtime_run,
	.release = release,
	.versions = pvtime_versions,
};

const struct run_target target_xen_before = {
	.name = "xen-before",
	.ready = before_ready,
	.run = before_run,
	.release = release,
	.versions = before_versions,
};
