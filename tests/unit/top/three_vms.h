/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_TOP_THREE_VMS_H
#define TESTS_UNIT_TOP_THREE_VMS_H

/* A sample of three VMs with four vCPUs, and its rows, for the tests of the screen. */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/top/known.h"
#include "tools/top/rows.h"
#include "tools/top/view.h"

/* The VMs web (10), db (20) and a third one (30), whose name has an escape sequence. */
static struct top_vcpu vcpus[] = {
	{.pid = 11,
	 .tgid = 10,
	 .cpu = 2,
	 .counts = {{.run = 300000000,
		     .interrupts = 13000000,
		     .stolen = 650000000,
		     .overrun = 1000000}}},
	{.pid = 12,
	 .tgid = 10,
	 .cpu = 3,
	 .counts = {{.run = 990000000, .interrupts = 4000000, .stolen = 24000000}}},
	{.pid = 21, .tgid = 20, .cpu = 2, .counts = {{.run = 512345000, .stolen = 250000000}}},
	{.pid = 31, .tgid = 30, .cpu = 127, .counts = {{.run = 10000}}},
};
static struct top_pair pairs[] = {{11, 21, 20, 2},
				  {11, 12, 10, 2},
				  {11, 50, 50, 2},
				  {11, 51, 50, 2},
				  {11, 60, 0, 2},
				  {11, 0, 0, 2},
				  {12, 50, 50, 3},
				  {21, 11, 10, 2},
				  {21, 12, 10, 2},
				  {12, 8, TOP_QUOTA_TGID, 3},
				  {11, 8, TOP_QUOTA_TGID, 2}};
static struct top_cell cells[] = {{.ns = 400000000, .name = "CPU 0/KVM"},
				  {.ns = 9000000, .name = "CPU 1/KVM"},
				  {.ns = 50000000, .name = "make"},
				  {.ns = 70000000, .name = "cc1", .cgroup = 7},
				  {.ns = 40000000, .name = "kworker/2:1"},
				  {.ns = 30000000, .name = "swapper/2"},
				  {.ns = 4000000, .name = "make"},
				  {.ns = 150000000, .name = "CPU 0/KVM"},
				  {.ns = 100000000, .name = "CPU 1/KVM"},
				  {.ns = 20000000, .cgroup = 8},
				  {.ns = 50000000, .cgroup = 8}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct top_sample sample;
static struct top_rows rows;
static struct top_choice all;
static struct top_known known;
static struct top_cgroups cgroups;

/* In place of those of names.c. */
bool top_vcpu_number(unsigned *number, int root, uint32_t process, uint32_t thread)
{
	(void)root;
	*number = thread - process - 1;
	return process != 30;
}

bool top_cgroup_path(char *path, size_t room, uint64_t id)
{
	snprintf(path, room, id == 7 ? "/build.slice" : "/web.slice");
	return id == 7 || id == 8;
}

bool top_cgroup_quota(char *quota, size_t room, int root, const char *path)
{
	(void)root;
	snprintf(quota, room, "67000 100000");
	return strcmp(path, "/web.slice") == 0;
}

static inline void press(struct top_view *view, const char *keys)
{
	for (; *keys != '\0'; keys++)
		top_view_key(view, *keys, &rows);
}

/* Makes the sample and its rows. false: a test has failed. */
static inline bool three_begin(void)
{
	const struct top_tables tables = {
		.vcpus = vcpus,
		.vcpu_count = COUNT(vcpus),
		.pairs = pairs,
		.cells = cells,
		.cell_count = COUNT(pairs),
	};

	fake_begin();
	fake_bytes("proc/10/cmdline", "qemu\0-name\0web", sizeof("qemu\0-name\0web"));
	fake_bytes("proc/20/cmdline", "qemu\0-name\0db", sizeof("qemu\0-name\0db"));
	fake_bytes("proc/30/cmdline", "qemu\0-name\0\x1b[2Jan\xc3\xa9",
		   sizeof("qemu\0-name\0\x1b[2Jan\xc3\xa9"));
	if (!tap_ok(top_sample_make(&sample, &tables), "a sample is made"))
		return false;
	sample.interval_ns = 1000000000;
	known.root = cgroups.root = fake_root;
	if (!tap_ok(top_known_follow(&known, &sample) && top_known_tell(&known, &sample),
		    "it has its names"))
		return false;
	sample.threads[0].guest = TOP_GUEST_ON;
	sample.threads[1].guest = TOP_GUEST_OFF;
	sample.threads[2].guest = TOP_GUEST_NOT_OFFERED;
	return tap_ok(top_rows_make(&rows, &sample, &all, &cgroups), "rows are made of it");
}

static inline void three_end(void)
{
	top_rows_free(&rows);
	top_sample_free(&sample);
	top_known_free(&known);
	top_cgroups_free(&cgroups);
	fake_end();
}

#endif
