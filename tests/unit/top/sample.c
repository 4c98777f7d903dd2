/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sample from maps as the BPF program leaves them: causes, sums and names; and how it is
 * reported. The processes are fake ones.
 */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/top/known.h"
#include "tools/top/sample.h"
#include "tools/top/tell.h"

/* VM a is process 10 with the vCPUs 11 and 12, VM b is process 20 with the vCPU 21. */
static uint32_t threads[] = {21, 12, 11};
static struct top_vcpu vcpus[] = {{.tgid = 20, .cpu = 1, .run = {0, 7}},
				  {.tgid = 10, .cpu = 3},
				  {.tgid = 10, .cpu = 2, .run = {5, 1000}}};
static struct top_victim victims[] = {{11, 1}, {11, 0}, {21, 1}};
static struct top_counts counts[] = {{.stolen = 255, .overrun = 32, .unfollowed = 2, .unknown = 30},
				     {.stolen = 5, .overrun = 5, .others = {5}},
				     {.stolen = 15, .others = {[TOP_VM] = 2, [TOP_IDLE] = 5}}};
static struct top_pair pairs[] = {{11, 21, 20, 1}, {11, 12, 10, 1}, {11, 30, 30, 1},
				  {11, 2, 0, 1},   {11, 0, 0, 1},   {11, 21, 20, 0},
				  {21, 99, 99, 1}, {77, 21, 20, 1}, {11, 5, TOP_QUOTA_TGID, 1}};
static struct top_cell cells[] = {{.ns = 33, .name = "CPU 0/KVM"}, {.ns = 2, .name = "CPU 1/KVM"},
				  {.ns = 4, .name = "hog"},	   {.ns = 8, .name = "kthreadd"},
				  {.ns = 16, .name = "swapper/2"}, {.ns = 64},
				  {.ns = 9, .name = "a\nb\"\xff"}, {.ns = 1},
				  {.ns = 128, .cgroup = 5}};

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define ELEMENTS(k, v) .keys = (char *)(k), .values = (char *)(v), .count = COUNT(k)

static void test_sample(const struct top_sample *sample)
{
	const struct top_thread *a = &sample->threads[0], *b = &sample->threads[2];

	tap_ok(sample->count == 3 && a->thread == 11 && a[1].thread == 12 && b->thread == 21,
	       "the threads are in the order of their processes");
	tap_ok(a->run_ns == 1000 && a->stolen_ns == 255 && a->unattributed == 64,
	       "counts are those of the epoch, and the unattributed ones add up");
	tap_ok(a->by_cause[TOP_VM] == 33 && a->by_cause[TOP_SELF] == 2 &&
		       a->by_cause[TOP_PROCESS] == 4 && a->by_cause[TOP_KERNEL] == 8 &&
		       a->by_cause[TOP_IDLE] == 16 && a->by_cause[TOP_QUOTA] == 128,
	       "each thief has its cause");
	tap_ok(a->thief_count == 6 && a->thieves[0].ns == 128 && a->thieves[5].ns == 2,
	       "the worst thief is first");
	tap_ok(a->thieves[0].cause == TOP_QUOTA && a->thieves[0].cgroup == 5 &&
		       a->thieves[0].thread == 0 && a->thieves[0].process == 0,
	       "a quota has a cgroup, and neither a thread nor a process");
	tap_ok(top_excess(a) == 0 && top_excess(b) == 1 && top_excess(&a[1]) == 0,
	       "causes that exceed the stolen time are noticed");
	tap_ok(b->thief_count == 3 && b->by_cause[TOP_VM] == 2 && b->thieves[2].cause == TOP_VM &&
		       b->thieves[1].ns == 5 && strcmp(b->thieves[1].name, TOP_OTHERS) == 0 &&
		       b->thieves[1].thread == 0 && b->thieves[1].process == 0,
	       "thieves that found no room are one for each cause");
	tap_ok(a[1].run_ns == 0 && a[1].thief_count == 0, "a vCPU without counts has none");
}

/* Threads of the kernel that work for VM a, for VM b, and for none. */
static void test_workers(void)
{
	static struct top_pair workers[] = {
		{12, 40, 0, 1}, {12, 41, 0, 1}, {12, 42, 0, 1}, {12, 43, 0, 1}};
	static struct top_cell cell[] = {{.ns = 1, .name = "vhost-10"},
					 {.ns = 2, .name = "kvm-pit/10"},
					 {.ns = 4, .name = "vhost-20"},
					 {.ns = 8, .name = "vhost-100"}};
	struct top_tables tables = {.vcpus = {ELEMENTS(threads, vcpus)},
				    .cells = {ELEMENTS(workers, cell)}};
	struct top_sample sample;

	if (!tap_ok(top_sample_make(&sample, &tables, 1), "a sample with workers is made"))
		return;
	tap_ok(sample.threads[1].by_cause[TOP_SELF] == 3 &&
		       sample.threads[1].by_cause[TOP_KERNEL] == 12,
	       "a kernel thread that is named after the VM's process is the VM's own");
	top_sample_free(&sample);
}

static void test_quota(void)
{
	char quota[64];

	fake_file("sys/fs/cgroup/a/cpu.max", "20000 100000\n");
	tap_ok(top_cgroup_quota(quota, sizeof(quota), fake_root, "/a") &&
		       strcmp(quota, "20000 100000") == 0,
	       "a cgroup's cpu.max is read");
	tap_ok(!top_cgroup_quota(quota, sizeof(quota), fake_root, "/b"),
	       "a cgroup that is gone has no cpu.max");
}

int main(void)
{
	struct top_tables tables = {
		.vcpus = {ELEMENTS(threads, vcpus)},
		.totals = {ELEMENTS(victims, counts)},
		.cells = {ELEMENTS(pairs, cells)},
	};
	struct top_sample sample;
	struct top_known known = {.root = -1};
	struct top_cgroups cgroups = {.root = -1};

	fake_begin();
	fake_file("proc/10/comm", "vmm-a\n");
	fake_bytes("proc/10/cmdline", "qemu\0-name\0a\"\x1b\xff",
		   sizeof("qemu\0-name\0a\"\x1b\xff"));
	fake_file("proc/10/task/11/comm", "CPU 0/KVM\n");
	fake_file("proc/20/comm", "vmm-b\n");
	if (!tap_ok(top_sample_make(&sample, &tables, 1), "a sample is made"))
		return tap_done();
	sample.interval_ns = 2000;
	test_sample(&sample);
	known.root = cgroups.root = fake_root;
	tap_ok(top_known_follow(&known, &sample) && top_known_tell(&known, &sample),
	       "the sample has its names");
	sample.threads[0].guest = TOP_GUEST_ON;
	test_workers();
	test_quota();
	top_cgroups_begin(&cgroups, &sample);
	top_print(&sample, &cgroups, stdout);
	top_json(&sample, &cgroups, stdout);
	top_cgroups_free(&cgroups);
	top_sample_free(&sample);
	top_known_free(&known);
	fake_end();
	return tap_done();
}
