/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pvtime top` says to raise where a quota held vCPUs. The cgroups are fake ones. */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/files.h"
#include "tools/top/quota.h"

/* In place of that of names.c. */
bool top_cgroup_quota(char *quota, size_t room, int root, const char *path)
{
	char file[64];

	snprintf(file, sizeof(file), "sys%s/cpu.max", path);
	ssize_t n = probe_read(root, file, quota, room);
	if (n > 0)
		quota[n] = '\0';
	return n > 0;
}

#define SECOND UINT64_C(1000000000)

static struct top_quota quota = {.path = "/a"};

/* Whether this cpu.max would have to be `least`, if all vCPUs have waited so long for it. */
static void is_least(const char *now, uint64_t waited_ns, uint64_t interval_ns, const char *least,
		     const char *name)
{
	fake_file("sys/a/cpu.max", now);
	top_quota_compute(&quota, waited_ns, interval_ns, fake_root);
	if (!tap_ok(strcmp(quota.least, least) == 0 && strcmp(quota.now, now) == 0, "%s", name))
		tap_print("# got '%s', want '%s'\n", quota.least, least);
}

int main(void)
{
	struct top_quota gone = {.path = "/b"};

	fake_begin();
	is_least("50000 100000", 330000001, SECOND, "83001 100000",
		 "the quota lacks what all vCPUs waited for it in a period, rounded up");
	is_least("5000 10000", 330000001, SECOND, "8301 10000", "the period is that of cpu.max");
	is_least("max 100000", 330000001, SECOND, "", "a group without a quota needs no other");
	is_least("50000", 330000001, SECOND, "", "a text that is no cpu.max is not understood");
	is_least("2500 100000", 330000001, SECOND, "35501 100000", "a small quota needs more");
	tap_ok(quota.quota_ms > 2.49 && quota.quota_ms < 2.51 && quota.period_ms > 99.9 &&
		       quota.period_ms < 100.1,
	       "quota and period are in ms as well");
	top_quota_compute(&gone, 500000000, SECOND, fake_root);
	tap_ok(strcmp(gone.path, "/b") == 0 && gone.now[0] == '\0' && gone.least[0] == '\0',
	       "a group without cpu.max has its path");
	is_least("50000 100000", 4000000 * SECOND, 1000000 * SECOND, "450000 100000",
		 "an interval of eleven days does not overflow");
	tap_ok(strcmp(top_class_of(TOP_REALTIME)->name, "real-time") == 0 &&
		       strcmp(top_class_of(TOP_DEADLINE)->name, "deadline") == 0 &&
		       top_class_of(7) == NULL,
	       "a limit of a class has no cgroup");
	fake_end();
	return tap_done();
}
