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
static uint32_t threads[] = {11, 12, 21, 31};
static struct top_vcpu vcpus[] = {
	{.tgid = 10, .cpu = 2, .run = {300000000}, .interrupts = {13000000}},
	{.tgid = 10, .cpu = 3, .run = {990000000}, .interrupts = {4000000}},
	{.tgid = 20, .cpu = 2, .run = {512345000}},
	{.tgid = 30, .cpu = 127, .run = {10000}}};
static struct top_victim victims[] = {{11, 0}, {12, 0}, {21, 0}, {31, 0}};
static struct top_counts counts[] = {
	{.stolen = 650000000, .overrun = 1000000},
	{.stolen = 24000000},
	{.stolen = 250000000},
	{.stolen = 0},
};
static struct top_pair pairs[] = {{11, 21, 20, 0},
				  {11, 12, 10, 0},
				  {11, 50, 50, 0},
				  {11, 51, 50, 0},
				  {11, 60, 0, 0},
				  {11, 0, 0, 0},
				  {12, 50, 50, 0},
				  {21, 11, 10, 0},
				  {21, 12, 10, 0},
				  {12, 8, TOP_QUOTA_TGID, 0},
				  {11, 8, TOP_QUOTA_TGID, 0}};
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

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ELEMENTS(k, v) .keys = (char *)(k), .values = (char *)(v), .count = COUNT(k)

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
		.vcpus = {ELEMENTS(threads, vcpus)},
		.totals = {ELEMENTS(victims, counts)},
		.cells = {ELEMENTS(pairs, cells)},
	};

	fake_begin();
	fake_bytes("proc/10/cmdline", "qemu\0-name\0web", sizeof("qemu\0-name\0web"));
	fake_bytes("proc/20/cmdline", "qemu\0-name\0db", sizeof("qemu\0-name\0db"));
	fake_bytes("proc/30/cmdline", "qemu\0-name\0\x1b[2Jan\xc3\xa9",
		   sizeof("qemu\0-name\0\x1b[2Jan\xc3\xa9"));
	if (!tap_ok(top_sample_make(&sample, &tables, 0), "a sample is made"))
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
