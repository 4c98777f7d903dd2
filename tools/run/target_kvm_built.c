/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux as `make linux` builds it from the source of a Debian release: the target `kvm-mended` has
 * ports/linux, the target `kvm-before` is the same source unchanged.
 */
#include <limits.h>
#include <stdio.h>
#include "tools/run/debian.h"
#include "tools/run/kvm_host.h"

static bool find_image(const struct run_kit *kit, const char *name, char path[PATH_MAX], char *why)
{
	return debian_need_built(kit, kit->kernels, name,
				 "expected a kernel for arm64, which 'make linux' builds", path,
				 why);
}

static bool ready_as(const char *name, const struct run_kit *kit, const struct run_plan *plan,
		     char *why)
{
	char image[PATH_MAX];

	return find_image(kit, name, image, why) && kvm_host_ready(kit, plan, why);
}

static enum run_outcome run_as(const char *name, const struct run_kit *kit,
			       const struct run_plan *plan, struct run_output *output)
{
	char image[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	return find_image(kit, name, image, output->why) ? kvm_host_run(image, kit, plan, output)
							 : RUN_UNABLE;
}

static void versions_as(const char *with, const struct run_kit *kit, char *text, size_t room)
{
	char kernel[96], qemu[96];

	debian_source_version(kernel, sizeof(kernel), kit, "linux");
	debian_own_version(qemu, sizeof(qemu), kit, "versions-hosts", "qemu-system-arm ");
	snprintf(text, room, "Linux %s%s, QEMU %s", kernel, with, qemu);
}

static bool mended_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	return ready_as("Image", kit, plan, why);
}

static enum run_outcome mended_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	return run_as("Image", kit, plan, output);
}

static void mended_release(const struct run_kit *kit, char *text, size_t room)
{
	char image[PATH_MAX], why[RUN_WHY];

	text[0] = '\0';
	if (find_image(kit, "Image", image, why))
		kvm_host_release(image, text, room);
}

static void mended_versions(const struct run_kit *kit, char *text, size_t room)
{
	versions_as(" with ports/linux", kit, text, room);
}

static bool before_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	return ready_as("before", kit, plan, why);
}

static enum run_outcome before_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	return run_as("before", kit, plan, output);
}

static void before_versions(const struct run_kit *kit, char *text, size_t room)
{
	versions_as("", kit, text, room);
}

const struct run_target target_kvm_mended = {
	.name = "kvm-mended",
	.ready = mended_ready,
	.run = mended_run,
	.release = mended_release,
	.versions = mended_versions,
};

/* Only the benchmark has it, and its versions say which release it is. */
const struct run_target target_kvm_before = {
	.name = "kvm-before",
	.ready = before_ready,
	.run = before_run,
	.versions = before_versions,
};
