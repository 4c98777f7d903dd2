/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tools/probe/files.h"
#include "tools/probe/quota.h"

#define CGROUPS	  "sys/fs/cgroup"
#define THROTTLED "throttled_usec "
#define NS_PER_US 1000u

/* Read the file `name` of the cgroup. false: there is none, as at the root or with cgroups v1. */
static bool read_of(int root, const char *cgroup, const char *name, char *text, size_t room)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), CGROUPS "%s/%s", cgroup, name);

	return n > 0 && (size_t)n < sizeof(path) && probe_read(root, path, text, room) > 0;
}

bool probe_throttled(uint64_t *ns, int root, const char *cgroup)
{
	char text[1024];
	unsigned long long us;

	if (!read_of(root, cgroup, "cpu.stat", text, sizeof(text)))
		return false;
	const char *at = strstr(text, THROTTLED);
	if (at == NULL || sscanf(at + strlen(THROTTLED), "%llu", &us) != 1)
		us = 0;
	*ns = us * NS_PER_US;
	return true;
}

static void look_at(struct probe_quota *quota, int root, const char *cgroup)
{
	char max[sizeof(quota->max)];
	uint64_t ns;

	if (!probe_throttled(&ns, root, cgroup) || ns <= quota->throttled_ns)
		return;
	quota->throttled_ns = ns;
	snprintf(quota->cgroup, sizeof(quota->cgroup), "%.*s", (int)sizeof(quota->cgroup) - 1,
		 cgroup);
	if (!read_of(root, cgroup, "cpu.max", max, sizeof(max)))
		max[0] = '\0';
	max[strcspn(max, "\n")] = '\0';
	memcpy(quota->max, max, sizeof(max));
}

bool probe_cgroup(char path[PATH_MAX], int root, unsigned pid, unsigned tid)
{
	char file[PROBE_PATH], text[PATH_MAX];

	snprintf(file, sizeof(file), "proc/%u/task/%u/cgroup", pid, tid);
	if (probe_read(root, file, text, sizeof(text)) <= 0)
		return false;
	/* The line of cgroups v2 is "0::/PATH". */
	char *cgroup = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (cgroup == NULL)
		return false;
	cgroup = strchr(cgroup, '/');
	cgroup[strcspn(cgroup, "\n")] = '\0';
	memcpy(path, cgroup, strlen(cgroup) + 1);
	return true;
}

bool probe_cgroup_up(char *path)
{
	char *end = strrchr(path, '/');

	if (end == NULL || end[1] == '\0')
		return false;
	end[end == path] = '\0';
	return true;
}

void probe_quota(struct probe_quota *quota, int root, unsigned pid, unsigned tid)
{
	char cgroup[PATH_MAX];

	if (!probe_cgroup(cgroup, root, pid, tid))
		return;
	do
		look_at(quota, root, cgroup);
	while (probe_cgroup_up(cgroup));
}
