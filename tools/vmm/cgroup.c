/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/vmm/cgroup.h"

#define PERIOD_US 100000u
#define PATH_ROOM 4352u

#define EXPECTED \
	"expected a cgroup (v2) delegated to this process, with the cpu controller, such as that of 'systemd-run -t -p Delegate=yes'"

/* Find where the cgroup2 hierarchy is mounted. */
static bool find_mount(char *path, size_t room)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;
	bool found = false;

	while (mounts != NULL && !found && (m = getmntent(mounts)) != NULL)
		found = strcmp(m->mnt_type, "cgroup2") == 0 &&
			snprintf(path, room, "%s", m->mnt_dir) < (int)room;
	if (mounts != NULL)
		endmntent(mounts);
	return found;
}

/* Append PATH of the line "0::PATH" in /proc/self/cgroup; nothing for the root, "/". */
static bool append_own(char *path, size_t room)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[4096];
	size_t used = strlen(path);
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "0::/") == 0)
			line[3] = '\0';
		found = strncmp(line, "0::", 3) == 0 &&
			snprintf(path + used, room - used, "%s", line + 3) < (int)(room - used);
	}
	if (f != NULL)
		fclose(f);
	return found;
}

bool cgroups_open(struct cgroups *g, char *why, size_t room)
{
	memset(g, 0, sizeof(*g));
	g->owner = getpid();
	if (find_mount(g->base, sizeof(g->base)) && append_own(g->base, sizeof(g->base)))
		return true;
	snprintf(why, room, "weights and caps: no cgroup2 is mounted; " EXPECTED);
	return false;
}

/* The path base/pvtime-OWNER.VM.VCPU/FILE, or base/FILE if vm is negative. FILE may be empty. */
static void path_of(const struct cgroups *g, int64_t vm, uint32_t vcpu, const char *file,
		    char path[PATH_ROOM])
{
	if (vm < 0)
		snprintf(path, PATH_ROOM, "%s/%s", g->base, file);
	else
		snprintf(path, PATH_ROOM, "%s/pvtime-%d.%" PRId64 ".%" PRIu32 "/%s", g->base,
			 (int)g->owner, vm, vcpu, file);
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* Write one setting. false: `why` says what failed. */
static bool set(const struct cgroups *g, int64_t vm, uint32_t vcpu, const char *file,
		const char *text, char *why, size_t room)
{
	char path[PATH_ROOM];

	path_of(g, vm, vcpu, file, path);
	int error = write_text(path, text);
	if (error != 0)
		snprintf(why, room, "weights and caps: writing '%s' to %s: %s; " EXPECTED, text,
			 path, strerror(-error));
	return error == 0;
}

/*
 * Make a vCPU's cgroup. The parent can enable the cpu controller for its children only when it has
 * a threaded child, so enable it after that.
 */
static bool make(struct cgroups *g, uint32_t weight, uint32_t cap, char *why, size_t room)
{
	uint32_t vm = g->vm_count, vcpu = g->vcpus[vm];
	char path[PATH_ROOM], text[32];

	path_of(g, vm, vcpu, "", path);
	if (mkdir(path, 0755) != 0) {
		snprintf(why, room, "weights and caps: making %s: %s; " EXPECTED, path,
			 strerror(errno));
		return false;
	}
	g->vcpus[vm]++;
	if (!set(g, vm, vcpu, "cgroup.type", "threaded", why, room) ||
	    !set(g, -1, 0, "cgroup.subtree_control", "+cpu", why, room))
		return false;
	snprintf(text, sizeof(text), "%" PRIu32, weight);
	if (!set(g, vm, vcpu, "cpu.weight", text, why, room))
		return false;
	snprintf(text, sizeof(text), "%u %u", cap * (PERIOD_US / 100), PERIOD_US);
	return cap == 0 || set(g, vm, vcpu, "cpu.max", text, why, room);
}

bool cgroups_add(struct cgroups *g, uint32_t vcpus, uint32_t weight, uint32_t cap, char *why,
		 size_t room)
{
	bool good = true;

	for (uint32_t i = 0; i < vcpus && good; i++)
		good = make(g, weight, cap, why, room);
	g->vm_count++;
	return good;
}

int cgroup_enter(const struct cgroups *g, uint32_t vm, uint32_t vcpu)
{
	char path[PATH_ROOM];

	path_of(g, vm, vcpu, "cgroup.threads", path);
	/* 0 stands for the writing thread. */
	return write_text(path, "0");
}

void cgroups_remove(struct cgroups *g)
{
	char path[PATH_ROOM];

	for (uint32_t vm = 0; vm < g->vm_count; vm++) {
		for (uint32_t i = 0; i < g->vcpus[vm]; i++) {
			path_of(g, vm, i, "", path);
			rmdir(path);
		}
	}
	g->vm_count = 0;
}
