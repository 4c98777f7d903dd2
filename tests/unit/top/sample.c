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
static struct top_vcpu vcpus[] = {
	{.pid = 21,
	 .tgid = 20,
	 .cpu = 1,
	 .counts = {{.run = 0},
		    {.run = 7, .stolen = 15, .others = {[TOP_VM] = 2, [TOP_IDLE] = 5}}}},
	{.pid = 12, .tgid = 10, .cpu = 3},
	{.pid = 11 | TOP_EXITED,
	 .tgid = 10,
	 .cpu = 2,
	 .counts = {{.run = 5, .stolen = 5, .overrun = 5, .others = {5}},
		    {.run = 1000, .stolen = 255, .overrun = 32, .unfollowed = 2, .unknown = 30}}},
};
static struct top_pair pairs[] = {{11, 21, 20, 2}, {11, 12, 10, 2}, {11, 30, 30, 2},
				  {11, 2, 0, 2},   {11, 0, 0, 2},   {11, 21, 20, 1},
				  {21, 99, 99, 1}, {77, 21, 20, 1}, {11, 5, TOP_QUOTA_TGID, 2}};
static struct top_cell cells[] = {{.ns = 32, .name = "CPU 0/KVM"}, {.ns = 2, .name = "CPU 1/KVM"},
				  {.ns = 4, .name = "hog"},	   {.ns = 8, .name = "kthreadd"},
				  {.ns = 16, .name = "swapper/2"}, {.ns = 1, .name = "CPU 0/KVM"},
				  {.ns = 9, .name = "a\nb\"\xff"}, {.ns = 1},
				  {.ns = 128, .cgroup = 5}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The second epoch. */
static const struct top_tables tables = {
	.epoch = 1,
	.vcpus = vcpus,
	.vcpu_count = COUNT(vcpus),
	.pairs = pairs,
	.cells = cells,
	.cell_count = COUNT(pairs),
};

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
	tap_ok(a->thief_count == 7 && a->thieves[0].ns == 128 && a->thieves[6].ns == 1,
	       "the worst thief is first");
	tap_ok(a->thieves[1].thread == 21 && a->thieves[1].ns == 32 && a->thieves[1].cpu == 2 &&
		       a->thieves[6].thread == 21 && a->thieves[6].cpu == 1,
	       "a thief on two CPUs has taken time on each");
	tap_ok(a->exited && !b->exited, "a thread that has exited is counted");
	tap_ok(a->thieves[0].cause == TOP_QUOTA && a->thieves[0].cgroup == 5 &&
		       a->thieves[0].thread == 0 && a->thieves[0].process == 0,
	       "a quota has a cgroup, and neither a thread nor a process");
	tap_ok(top_excess(a) == 0 && top_excess(b) == 1 && top_excess(&a[1]) == 0,
	       "causes that exceed the stolen time are noticed");
	tap_ok(b->thief_count == 3 && b->by_cause[TOP_VM] == 2 && b->thieves[2].cause == TOP_VM &&
		       b->thieves[1].ns == 5 && strcmp(b->thieves[1].name, TOP_OTHERS) == 0 &&
		       b->thieves[1].thread == 0 && b->thieves[1].process == 0 &&
		       b->thieves[1].cpu == TOP_NO_CPU,
	       "thieves that found no room are one for each cause");
	tap_ok(a[1].run_ns == 0 && a[1].thief_count == 0, "a vCPU without counts has none");
}

/* Threads of the kernel that work for VM a, for VM b, and for none. */
static void test_workers(void)
{
	static struct top_pair workers[] = {
		{12, 40, 0, 3}, {12, 41, 0, 3}, {12, 42, 0, 3}, {12, 43, 0, 3}};
	static struct top_cell cell[] = {{.ns = 1, .name = "vhost-10"},
					 {.ns = 2, .name = "kvm-pit/10"},
					 {.ns = 4, .name = "vhost-20"},
					 {.ns = 8, .name = "vhost-100"}};
	struct top_tables with = tables;
	struct top_sample sample;

	with.pairs = workers;
	with.cells = cell;
	with.cell_count = COUNT(workers);
	if (!tap_ok(top_sample_make(&sample, &with), "a sample with workers is made"))
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
	struct top_sample sample;
	struct top_known known = {.root = -1};
	struct top_cgroups cgroups = {.root = -1};

	fake_begin();
	fake_file("proc/10/comm", "vmm-a\n");
	fake_bytes("proc/10/cmdline", "qemu\0-name\0a\"\x1b\xff",
		   sizeof("qemu\0-name\0a\"\x1b\xff"));
	fake_file("proc/10/task/11/comm", "CPU 0/KVM\n");
	fake_file("proc/20/comm", "vmm-b\n");
	if (!tap_ok(top_sample_make(&sample, &tables), "a sample is made"))
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
	top_json(&sample, NULL, &cgroups, stdout);
	top_cgroups_free(&cgroups);
	top_sample_free(&sample);
	top_known_free(&known);
	fake_end();
	return tap_done();
}
