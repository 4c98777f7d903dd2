/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/probe/files.h"
#include "tools/probe/thread.h"
#include "tools/top/names.h"

#define CGROUPS	    "sys/fs/cgroup"
#define CGROUP_ROOT "/" CGROUPS

bool top_vcpu_number(unsigned *number, int root, uint32_t process, uint32_t thread)
{
	char path[PROBE_PATH], name[32];

	snprintf(path, sizeof(path), "proc/%u/task/%u/comm", process, thread);
	if (probe_read(root, path, name, sizeof(name)) <= 0)
		return false;
	name[strcspn(name, "\n")] = '\0';
	return probe_thread_number(name, number);
}

/* A cgroup's ID is its file handle. The link of the opened file is its path. */
bool top_cgroup_path(char *path, size_t room, uint64_t id)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(id)];
	} cgroup = {.handle = {.handle_bytes = sizeof(id), .handle_type = 0xfe}};
	char link[64], target[TOP_CGROUP + sizeof(CGROUP_ROOT)];
	int mount = open(CGROUP_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n = -1;

	memcpy(cgroup.bytes + sizeof(struct file_handle), &id, sizeof(id));
	int fd = mount < 0 ? -1 : open_by_handle_at(mount, &cgroup.handle, O_PATH | O_CLOEXEC);
	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, target, sizeof(target) - 1);
		close(fd);
	}
	if (mount >= 0)
		close(mount);
	if (n < (ssize_t)strlen(CGROUP_ROOT) || n == (ssize_t)sizeof(target) - 1)
		return false;
	target[n] = '\0';
	if (strncmp(target, CGROUP_ROOT, strlen(CGROUP_ROOT)) != 0)
		return false;
	snprintf(path, room, "%s",
		 target[strlen(CGROUP_ROOT)] == '\0' ? "/" : target + strlen(CGROUP_ROOT));
	return true;
}

bool top_cgroup_quota(char *quota, size_t room, int root, const char *path)
{
	char file[sizeof(CGROUPS) + TOP_CGROUP + sizeof("/cpu.max")];

	snprintf(file, sizeof(file), CGROUPS "%s/cpu.max", path);
	if (probe_read(root, file, quota, room) <= 0)
		return false;
	quota[strcspn(quota, "\n")] = '\0';
	return true;
}
