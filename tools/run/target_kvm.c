/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux KVM: the target `kvm` is Debian's kernel, and `kvm-mended` the one that `make linux` builds
 * from Debian's source and ports/linux.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/run/debian.h"
#include "tools/run/file.h"
#include "tools/run/kit.h"
#include "tools/run/kvm_host.h"

#define RELEASE "bookworm" /* if the kit names none; as LINUX_RELEASE in mk/linux.mk */

static bool find_debian(const struct run_kit *kit, char path[PATH_MAX], char *why)
{
	return debian_need(kit, "Image", "Debian's kernel", "debian", path, why);
}

static bool find_mended(const struct run_kit *kit, char path[PATH_MAX], char *why)
{
	static const char hint[] = "expected a kernel for arm64, which 'make linux' builds";
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%.200s/Image", kit->release != NULL ? kit->release : RELEASE);
	return need_part(kit->mended, part, hint, path, why) && need_image(path, hint, NULL, why);
}

static bool debian_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	char kernel[PATH_MAX];

	return find_debian(kit, kernel, why) && kvm_host_ready(kit, plan, why);
}

static bool mended_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	char kernel[PATH_MAX];

	return find_mended(kit, kernel, why) && kvm_host_ready(kit, plan, why);
}

static enum run_outcome debian_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	char kernel[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	return find_debian(kit, kernel, output->why) ? kvm_host_run(kernel, kit, plan, output)
						     : RUN_UNABLE;
}

static enum run_outcome mended_run(const struct run_kit *kit, const struct run_plan *plan,
				   struct run_output *output)
{
	char kernel[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	return find_mended(kit, kernel, output->why) ? kvm_host_run(kernel, kit, plan, output)
						     : RUN_UNABLE;
}

static void debian_kernel_release(const struct run_kit *kit, char *text, size_t room)
{
	char kernel[PATH_MAX], why[RUN_WHY];

	text[0] = '\0';
	if (find_debian(kit, kernel, why))
		kvm_host_release(kernel, text, room);
}

static void mended_kernel_release(const struct run_kit *kit, char *text, size_t room)
{
	char kernel[PATH_MAX], why[RUN_WHY];

	text[0] = '\0';
	if (find_mended(kit, kernel, why))
		kvm_host_release(kernel, text, room);
}

static void debian_versions(const struct run_kit *kit, char *text, size_t room)
{
	char kernel[96], qemu[96];

	debian_version(kernel, sizeof(kernel), kit, "versions", "linux-");
	debian_own_version(qemu, sizeof(qemu), kit, "versions-hosts", "qemu-system-arm ");
	snprintf(text, room, "Linux %s, QEMU %s", kernel, qemu);
}

/* The version of the source is the one that scripts/debian-source has written. */
static void mended_versions(const struct run_kit *kit, char *text, size_t room)
{
	const char *release = kit->release != NULL ? kit->release : RELEASE;
	char path[PATH_MAX], qemu[96], *version = NULL;

	if (snprintf(path, sizeof(path), "%s/linux-source/%s/version", kit->debian, release) <
	    PATH_MAX)
		version = file_read(path, 95, NULL);
	if (version != NULL)
		version[strcspn(version, "\n")] = '\0';
	debian_own_version(qemu, sizeof(qemu), kit, "versions-hosts", "qemu-system-arm ");
	snprintf(text, room, "Linux %s with ports/linux, QEMU %s", version != NULL ? version : "?",
		 qemu);
	free(version);
}

const struct run_target target_kvm = {
	.name = "kvm",
	.ready = debian_ready,
	.run = debian_run,
	.release = debian_kernel_release,
	.versions = debian_versions,
};

const struct run_target target_kvm_mended = {
	.name = "kvm-mended",
	.ready = mended_ready,
	.run = mended_run,
	.release = mended_kernel_release,
	.versions = mended_versions,
};
