/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rates and quotas from a fake /proc and a fake cgroup tree, and how they are reported without
 * causes.
 */
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/top/known.h"
#include "tools/top/rates.h"
#include "tools/top/tell.h"

static struct top_rates rates;

/* A vCPU's thread in the cgroup, created at `made`. */
static void thread(unsigned process, unsigned tid, const char *cgroup, unsigned made)
{
	char path[128], text[256];

	snprintf(path, sizeof(path), "proc/%u/task/%u/stat", process, tid);
	snprintf(text, sizeof(text),
		 "%u (CPU 0/KVM) R 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %u "
		 "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %u 0 0 0 9 0\n",
		 tid, made, tid % 10);
	fake_file(path, text);
	snprintf(path, sizeof(path), "proc/%u/task/%u/cgroup", process, tid);
	snprintf(text, sizeof(text), "1:cpu:/v1\n0::%s\n", cgroup);
	fake_file(path, text);
}

static void named(unsigned process, unsigned tid, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "proc/%u/task/%u/comm", process, tid);
	fake_file(path, name);
}

static void counts(unsigned process, unsigned tid, unsigned ran, unsigned waited)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "proc/%u/task/%u/schedstat", process, tid);
	snprintf(text, sizeof(text), "%u %u 7\n", ran, waited);
	fake_file(path, text);
}

static void throttled(const char *cgroup, unsigned us)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "sys/fs/cgroup%s/cpu.stat", cgroup);
	snprintf(text, sizeof(text), "usage_usec 1\nthrottled_usec %u\n", us);
	fake_file(path, text);
}

/* The VMs a (10) with two vCPUs and b (20) with one, below a common cgroup. */
static void begin(void)
{
	fake_bytes("proc/10/cmdline", "qemu\0-name\0a", sizeof("qemu\0-name\0a"));
	fake_link("proc/10/fd/5", "anon_inode:kvm-vcpu:0");
	fake_link("proc/10/fd/6", "anon_inode:kvm-vcpu:1");
	fake_bytes("proc/20/cmdline", "qemu\0-name\0b", sizeof("qemu\0-name\0b"));
	fake_link("proc/20/fd/5", "anon_inode:kvm-vcpu:0");
	thread(10, 12, "/vms/a/vcpu", 5);
	thread(10, 11, "/vms/a/vcpu", 5);
	thread(20, 21, "/vms", 5);
	named(10, 12, "CPU 1/KVM\n");
	counts(10, 11, 1000, 100);
	counts(10, 12, 2000, 200);
	counts(20, 21, 3000, 300);
	throttled("/vms", 7);
	throttled("/vms/a", 50);
	fake_file("sys/fs/cgroup/cpu.stat", "usage_usec 1\n");
	fake_file("sys/fs/cgroup/vms/a/cpu.max", "20000 100000\n");
	rates = (struct top_rates){.root = fake_root, .why = "causes unknown: a test"};
}

static bool read_next(struct top_sample *sample, size_t count, const char *name)
{
	return tap_ok(top_rates_read(&rates, sample) && sample->count == count, "%s", name);
}

static void skip(size_t count, const char *name)
{
	struct top_sample sample;

	if (read_next(&sample, count, name))
		top_sample_free(&sample);
}

static void test_growth(void)
{
	struct top_known known = {.root = fake_root};
	struct top_cgroups cgroups = {.root = fake_root};
	struct top_sample sample;

	skip(0, "nothing is known before the search");
	skip(0, "the first counts are the beginning");
	counts(10, 11, 1600, 130);
	counts(20, 21, 3000, 900);
	throttled("/vms", 9);
	throttled("/vms/a", 80);
	if (!read_next(&sample, 3, "vCPUs of VMs are found"))
		return;
	tap_ok(sample.threads[0].thread == 11 && sample.threads[0].run_ns == 600 &&
		       sample.threads[0].stolen_ns == 30 && sample.threads[0].cpu == 1,
	       "a vCPU has what its counts have grown by, and its CPU");
	tap_ok(sample.threads[1].thread == 12 && sample.threads[1].run_ns == 0 &&
		       sample.threads[2].process == 20 && sample.threads[2].stolen_ns == 600,
	       "vCPUs are in the order of their processes and threads");
	tap_ok(sample.throttled_count == 5 && sample.throttled[0].process == 10 &&
		       strcmp(sample.throttled[0].cgroup, "/vms/a") == 0 &&
		       sample.throttled[0].ns == 30000,
	       "the cgroup that was throttled longest is first");
	tap_ok(sample.throttled[1].process == 10 && sample.throttled[1].ns == 2000 &&
		       sample.throttled[3].process == 20 && sample.throttled[3].ns == 2000,
	       "each VM has the quotas of the cgroups above it");
	tap_ok(strcmp(sample.throttled[2].cgroup, "/") == 0 && sample.throttled[2].ns == 0,
	       "the root has no quota, and says that there are cgroups v2");
	sample.interval_ns = 1000;
	tap_ok(top_known_follow(&known, &sample) && top_known_tell(&known, &sample),
	       "the vCPUs have names");
	top_cgroups_begin(&cgroups, &sample);
	top_print(&sample, &cgroups, stdout);
	top_json(&sample, NULL, &cgroups, stdout);
	top_cgroups_free(&cgroups);
	top_known_free(&known);
	top_sample_free(&sample);
}

/* A thread that has ended, another one with its number, and a VM that has begun. */
static void test_changes(void)
{
	struct top_sample sample;

	fake_remove("proc/10/task/12");
	thread(20, 21, "/vms", 6);
	fake_bytes("proc/30/cmdline", "qemu\0-name\0c", sizeof("qemu\0-name\0c"));
	fake_link("proc/30/fd/5", "anon_inode:kvm-vcpu:0");
	thread(30, 31, "/new", 7);
	counts(30, 31, 50, 60);
	throttled("/new", 1000);
	rates.searched_ns = 1;
	skip(1, "a thread that has ended has no counts, and neither has one that replaced it");
	skip(2, "a new VM has no counts yet");
	counts(30, 31, 51, 62);
	counts(20, 21, 2999, 900);
	throttled("/new", 1001);
	throttled("/vms", 8);
	if (!read_next(&sample, 2, "counts that have shrunk are not shown"))
		return;
	tap_ok(sample.threads[1].process == 30 && sample.threads[1].run_ns == 1 &&
		       sample.threads[1].stolen_ns == 2,
	       "a VM that has begun is found");
	tap_ok(sample.throttled_count == 7 && sample.throttled[5].process == 30 &&
		       sample.throttled[5].ns == 1000,
	       "what a cgroup lost before it was found does not count");
	top_sample_free(&sample);
}

/* Without cgroups v2, nothing is known of quotas. */
static void test_no_cgroups(void)
{
	struct top_sample sample;

	fake_remove("sys/fs");
	counts(30, 31, 61, 72);
	fake_file("proc/30/task/31/cgroup", "1:cpu:/v1\n");
	rates.searched_ns = 1;
	if (read_next(&sample, 3, "rates are known without cgroups v2"))
		tap_ok(sample.throttled_count == 0, "no quota is known without cgroups v2");
	top_sample_free(&sample);
	skip(3, "vCPUs whose cgroup is not known are kept");
}

int main(void)
{
	fake_begin();
	begin();
	test_growth();
	test_changes();
	test_no_cgroups();
	top_rates_free(&rates);
	fake_end();
	return tap_done();
}
