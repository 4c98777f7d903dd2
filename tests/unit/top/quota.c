/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pvtime top` says to raise where a quota held vCPUs. The cgroups are fake ones. */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/files.h"
#include "tools/top/quota.h"

/* In place of that of names.c: the cgroups /a and, without a file, /b. */
bool top_cgroup_path(char *path, size_t room, uint64_t id)
{
	snprintf(path, room, id == 1 ? "/a" : "/b");
	return id <= 2;
}

bool top_cgroup_quota(char *quota, size_t room, int root, const char *path)
{
	char file[64];

	snprintf(file, sizeof(file), "sys%s/cpu.max", path);
	ssize_t n = probe_read(root, file, quota, room);
	if (n > 0)
		quota[n] = '\0';
	return n > 0;
}

static struct top_thief thieves[] = {
	{.cause = TOP_QUOTA, .victim = 11, .cgroup = 1, .ns = 300000000},
	{.cause = TOP_QUOTA, .victim = 12, .cgroup = 1, .ns = 30000001},
	{.cause = TOP_QUOTA, .victim = 12, .cgroup = 2, .ns = 500000000},
	{.cause = TOP_PROCESS, .victim = 12, .cgroup = 1, .ns = 700000000},
};
static struct top_sample sample = {.thieves = thieves, .thief_count = 4, .interval_ns = 1000000000};

/* Whether this cpu.max would have to be `least`. */
static void is_least(const char *now, const char *least, const char *name)
{
	struct top_quota quota;

	fake_file("sys/a/cpu.max", now);
	if (!top_quota_find(&quota, &sample, 1, fake_root) || strcmp(quota.least, least) != 0)
		tap_ok(false, "%s: got '%s', want '%s'", name, quota.least, least);
	else
		tap_ok(strcmp(quota.path, "/a") == 0 && strcmp(quota.now, now) == 0, "%s", name);
}

int main(void)
{
	struct top_quota quota;

	fake_begin();
	is_least("50000 100000", "83001 100000",
		 "the quota lacks what all vCPUs waited for it in a period, rounded up");
	is_least("5000 10000", "8301 10000", "the period is that of cpu.max");
	is_least("max 100000", "", "a group without a quota needs no other");
	is_least("50000", "", "a text that is no cpu.max is not understood");
	fake_file("sys/a/cpu.max", "2500 100000");
	tap_ok(top_quota_find(&quota, &sample, 1, fake_root) && quota.quota_ms > 2.49 &&
		       quota.quota_ms < 2.51 && quota.period_ms > 99.9 && quota.period_ms < 100.1,
	       "quota and period are in ms as well");
	tap_ok(top_quota_find(&quota, &sample, 2, fake_root) && strcmp(quota.path, "/b") == 0 &&
		       quota.now[0] == '\0' && quota.least[0] == '\0',
	       "a group without cpu.max has its path");
	tap_ok(!top_quota_find(&quota, &sample, 3, fake_root), "a group that is gone has none");
	thieves[0].ns = UINT64_C(4000000000000000);
	sample.interval_ns = UINT64_C(1000000000000000);
	is_least("50000 100000", "450001 100000", "an interval of eleven days does not overflow");
	fake_end();
	return tap_done();
}
