/* SPDX-License-Identifier: BSD-2-Clause */
/* The target `xen`: Debian's Xen, which has no stolen time. */
#include <limits.h>
#include <stdio.h>
#include "tools/run/debian.h"
#include "tools/run/xen.h"

static bool find_image(const struct run_kit *kit, char path[PATH_MAX], char *why)
{
	return debian_need(kit, "xen", "Xen", "debian-hosts", path, why);
}

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	char image[PATH_MAX];

	return xen_ready(kit, plan, why) && find_image(kit, image, why);
}

static enum run_outcome run(const struct run_kit *kit, const struct run_plan *plan,
			    struct run_output *output)
{
	char image[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	if (!find_image(kit, image, output->why))
		return RUN_UNABLE;
	return xen_run(image, "", kit, plan, output);
}

static void release(const struct run_kit *kit, char *text, size_t room)
{
	char version[96];

	debian_version(version, sizeof(version), kit, "versions-hosts", "xen-hypervisor-");
	debian_release(version, text, room);
}

static void versions(const struct run_kit *kit, char *text, size_t room)
{
	char version[96];

	debian_version(version, sizeof(version), kit, "versions-hosts", "xen-hypervisor-");
	snprintf(text, room, "Xen %s", version);
}

const struct run_target target_xen = {
	.name = "xen",
	.ready = ready,
	.run = run,
	.release = release,
	.versions = versions,
};
