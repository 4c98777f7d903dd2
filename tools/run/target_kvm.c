/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux KVM: Debian's kernel as a host at EL2 in QEMU. */
#include <limits.h>
#include <stdio.h>
#include "tools/run/debian.h"
#include "tools/run/kvm_host.h"

static bool find_kernel(const struct run_kit *kit, char path[PATH_MAX], char *why)
{
	return debian_need(kit, "Image", "Debian's kernel", "debian", path, why);
}

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	char kernel[PATH_MAX];

	return find_kernel(kit, kernel, why) && kvm_host_ready(kit, plan, why);
}

static enum run_outcome run(const struct run_kit *kit, const struct run_plan *plan,
			    struct run_output *output)
{
	char kernel[PATH_MAX];

	*output = (struct run_output){.text = NULL};
	return find_kernel(kit, kernel, output->why) ? kvm_host_run(kernel, kit, plan, output)
						     : RUN_UNABLE;
}

static void kernel_release(const struct run_kit *kit, char *text, size_t room)
{
	char kernel[PATH_MAX], why[RUN_WHY];

	text[0] = '\0';
	if (find_kernel(kit, kernel, why))
		kvm_host_release(kernel, text, room);
}

static void versions(const struct run_kit *kit, char *text, size_t room)
{
	char kernel[96], qemu[96];

	debian_version(kernel, sizeof(kernel), kit, "versions", "linux-");
	debian_own_version(qemu, sizeof(qemu), kit, "versions-hosts", "qemu-system-arm ");
	snprintf(text, room, "Linux %s, QEMU %s", kernel, qemu);
}

const struct run_target target_kvm = {
	.name = "kvm",
	.ready = ready,
	.run = run,
	.release = kernel_release,
	.versions = versions,
};
