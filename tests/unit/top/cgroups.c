/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pvtime top` keeps of cgroups from one interval to the next. The cgroups are fake ones. */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/files.h"
#include "tools/top/cgroups.h"

static unsigned paths_asked;

/* In place of those of names.c. */
bool top_cgroup_path(char *path, size_t room, uint64_t id)
{
	paths_asked++;
	snprintf(path, room, "/%llu", (unsigned long long)id);
	return id != 0;
}

bool top_cgroup_quota(char *quota, size_t room, int root, const char *path)
{
	char file[128];

	snprintf(file, sizeof(file), "sys%s/cpu.max", path);
	return probe_read(root, file, quota, room) > 0;
}

static struct top_cgroups cgroups;
static struct top_thief thieves[] = {
	{.cause = TOP_QUOTA, .victim = 11, .cgroup = 7, .ns = 300000000},
	{.cause = TOP_QUOTA, .victim = 12, .cgroup = 7, .ns = 30000001},
	{.cause = TOP_QUOTA, .victim = 12, .cgroup = 8, .ns = 500000000},
	{.cause = TOP_PROCESS, .victim = 12, .cgroup = 7, .ns = 700000000},
};
static const struct top_sample sample = {
	.thieves = thieves, .thief_count = 4, .interval_ns = 1000000000};

static bool is_path(uint64_t id)
{
	const char *path = top_cgroups_path(&cgroups, id);
	char want[24];

	snprintf(want, sizeof(want), "/%llu", (unsigned long long)id);
	return path != NULL && strcmp(path, want) == 0;
}

static bool is_least(uint64_t id, const char *now, const char *least)
{
	const struct top_quota *quota = top_cgroups_quota(&cgroups, id);

	return quota != NULL && strcmp(quota->now, now) == 0 && strcmp(quota->least, least) == 0;
}

static void test_known(void)
{
	fake_file("sys/7/cpu.max", "50000 100000");
	top_cgroups_begin(&cgroups, &sample);
	tap_ok(is_path(7) && top_cgroups_path(&cgroups, 0) == NULL &&
		       top_cgroups_quota(&cgroups, 0) == NULL,
	       "a cgroup has a path, if it can be found");
	tap_ok(is_least(7, "50000 100000", "83001 100000"),
	       "what all vCPUs waited for a quota is added up");
	tap_ok(is_least(8, "", ""), "a cgroup whose cpu.max is gone needs no other");
	fake_file("sys/7/cpu.max", "60000 100000");
	tap_ok(is_least(7, "50000 100000", "83001 100000"), "cpu.max is read once in an interval");
	top_cgroups_begin(&cgroups, &sample);
	tap_ok(is_least(7, "60000 100000", "93001 100000") && paths_asked == 3,
	       "in the next one it is read again, and the path is known");
}

static void test_many(void)
{
	bool good = true;

	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned id = 1; id <= 5000; id++)
			good = good && is_path(id);
	tap_ok(good, "more cgroups than are kept have their own paths");
	tap_ok(is_least(7, "60000 100000", "93001 100000"), "they have quotas");
	fake_file("sys/5000/cpu.max", "50000 100000");
	thieves[2].cgroup = 5000;
	unsigned before = paths_asked;
	top_cgroups_begin(&cgroups, &sample);
	tap_ok(is_path(4999) && is_path(4999) && paths_asked == before + 3 &&
		       is_least(5000, "50000 100000", "100000 100000"),
	       "in the next interval, those that were kept are dropped");
	for (unsigned id = 1; id <= 80000; id++)
		top_cgroups_path(&cgroups, id);
	tap_ok(top_cgroups_path(&cgroups, 80000) == NULL && is_path(60000),
	       "a cgroup that finds no room has no path, and the others have theirs");
}

int main(void)
{
	fake_begin();
	cgroups.root = fake_root;
	test_known();
	test_many();
	top_cgroups_free(&cgroups);
	fake_end();
	return tap_done();
}
