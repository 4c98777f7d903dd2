/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs and their vCPUs' threads, read from fake files: those of QEMU, Firecracker and others, also
 * as another user sees them.
 */
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/facts.h"
#include "tools/probe/thread.h"

static struct probe_facts facts;

/*
 * A thread: its name, the flags and the guest time of its stat, its system call, and its account.
 */
static void thread(unsigned pid, unsigned tid, const char *name, unsigned flags, unsigned guest,
		   const char *call, const char *account)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "proc/%u/task/%u/stat", pid, tid);
	snprintf(text, sizeof(text),
		 "%u (%s) S 1 1 1 0 -1 %u 1 0 0 0 50 39 0 0 20 0 4 0 1000 627 319 1844 1 1 1 1 1 0 "
		 "0 0 "
		 "0 0 0 0 17 1 0 0 0 %u 0 1 1 1 1 1 1 1 0\n",
		 tid, name, flags, guest);
	fake_file(path, text);
	snprintf(path, sizeof(path), "proc/%u/task/%u/syscall", pid, tid);
	fake_file(path, call);
	snprintf(path, sizeof(path), "proc/%u/task/%u/schedstat", pid, tid);
	fake_file(path, account);
}

static void file(unsigned pid, unsigned fd, const char *target)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%u/fd/%u", pid, fd);
	fake_link(path, target);
}

static void name(unsigned pid, const char *comm)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "proc/%u/comm", pid);
	snprintf(text, sizeof(text), "%s\n", comm);
	fake_file(path, text);
}

/* At one process, or at all if it is 0. */
static bool look(unsigned pid)
{
	probe_facts_free(&facts);
	facts = (struct probe_facts){.tick_hz = 100};
	return probe_vms(&facts, fake_root, &(struct probe_pids){.pid = &pid, .count = pid != 0});
}

static const struct probe_vcpu *vcpu(size_t vm, size_t i)
{
	static const struct probe_vcpu none;

	return vm < facts.vms.count && i < facts.vms.vm[vm].count ? &facts.vms.vm[vm].vcpu[i]
								  : &none;
}

static bool is(const struct probe_vcpu *v, bool known, unsigned id, unsigned tid, enum probe_by by)
{
	return v->known == known && (!known || v->id == id) && v->tid == tid && v->by == by;
}

/*
 * QEMU with thread names that say nothing: vCPU 0 sleeps, vCPUs 1 and 2 are busy. The other threads
 * are not vCPUs, though one of them makes an ioctl on a vCPU, and one is KVM's own, with a copy of
 * the system call in which it was started.
 */
static void make_qemu(void)
{
	name(90, "qemu-system-aar");
	fake_bytes("proc/90/cmdline", "qemu\0-name\0web", sizeof("qemu\0-name\0web"));
	file(90, 0, "/dev/null");
	file(90, 8, "anon_inode:kvm-vm");
	file(90, 10, "anon_inode:kvm-vcpu:0");
	file(90, 11, "anon_inode:kvm-vcpu:1");
	file(90, 12, "anon_inode:kvm-vcpu:2");
	file(90, 13, "anon_inode:kvm-arm-vgic-v3");
	thread(90, 90, "qemu-system-aar", 0x400140, 0, "73 0xaaab 0x4 0x0 0x0 0x8 0x0 0xff 0xff\n",
	       "1 1 1\n");
	thread(90, 91, "worker", 0x400140, 0, "29 0xb 0xae81 0x0 0x0 0x0 0x0 0x1 0x2\n", "1 1 1\n");
	thread(90, 95, "qemu-system-aar", 0x8400140, 0, "29 0xa 0xae80 0x0 0x0 0x0 0x0 0x1 0x2\n",
	       "59181840 22882448 34\n");
	thread(90, 94, "kvm-nx-lpage-re", 0x804044, 0, "29 0xa 0xae80 0x0 0x0 0x0 0x0 0x0 0x0\n",
	       "1 1 1\n");
	thread(90, 97, "x) R (y", 0x8400140, 345, "running\n", "8617802192 730799296 337\n");
	thread(90, 96, "qemu-system-aar", 0x8400141, 0, "running\n", "0 0 0\n");
	fake_file("proc/90/maps",
		  "ffff0000-ffff1000 rw-s 00000000 00:01 7 /memfd:pvtime (deleted)\n");
}

static void test_qemu(void)
{
	tap_ok(look(0) && facts.vms.count == 1, "one process has vCPUs");
	const struct probe_vm *vm = facts.vms.vm;
	tap_ok(vm->pid == 90 && strcmp(vm->command, "qemu-system-aar") == 0 &&
		       strcmp(vm->name, "web") == 0 && vm->readable && vm->vms == 1 &&
		       vm->files == 3 && vm->libpvtime_kvm == PROBE_YES,
	       "the VM has its process, its command, its name and its number of vCPU files");
	tap_is_u64(vm->count, 3,
		   "three of the process's threads are vCPUs, and a thread of KVM's own is not");
	tap_ok(is(vcpu(0, 0), true, 0, 95, PROBE_BY_IOCTL),
	       "a thread that sleeps in KVM_RUN is vCPU 0, known by its ioctl");
	tap_ok(is(vcpu(0, 1), true, 1, 96, PROBE_BY_ORDER),
	       "a thread that is in guest code is vCPU 1, known by its order");
	tap_ok(is(vcpu(0, 2), true, 2, 97, PROBE_BY_ORDER),
	       "a thread that has been in guest code is vCPU 2, known by its order");
	tap_ok(vcpu(0, 0)->accounted && vcpu(0, 0)->ran_ns == 59181840 &&
		       vcpu(0, 0)->waited_ns == 22882448,
	       "a thread's account has how long it ran and waited");
	tap_ok(!vcpu(0, 1)->accounted, "an account that is all 0 is not taken as one");
	tap_is_u64(vcpu(0, 0)->age_ns, 12340000000 - 10000000000,
		   "a thread's age is the time since its start");
}

static void test_left_over(void)
{
	/*
	 * A fourth vCPU, whose thread has not run: which thread is which vCPU must not be guessed.
	 */
	file(90, 14, "anon_inode:kvm-vcpu:3");
	tap_ok(look(90) && facts.vms.vm[0].files == 4 && facts.vms.vm[0].count == 3,
	       "a vCPU without a thread is counted");
	tap_ok(is(vcpu(0, 1), false, 0, 96, PROBE_BY_TIME) &&
		       is(vcpu(0, 2), false, 0, 97, PROBE_BY_TIME),
	       "threads are not matched by order if a vCPU has no thread");
	fake_remove("proc/90/fd/14");
	/* The file of the same vCPU, open twice. */
	file(90, 15, "anon_inode:kvm-vcpu:2");
	tap_ok(look(90) && facts.vms.vm[0].files == 3 && vcpu(0, 2)->id == 2,
	       "a duplicate of a vCPU's file is not counted as a vCPU");
	fake_remove("proc/90/fd/15");
}

/*
 * Memory of libpvtime-kvm is known by its name; memory of others, such as that of `pvtime exec`, is
 * not.
 */
static void test_region(void)
{
	static const char region[] =
		"ffff0000-ffff1000 rw-s 00000000 00:01 7 /dev/zero (deleted)\n"
		"ffff2000-ffff3000 rw-s 00000000 00:01 8 /memfd:pvtimer (deleted)\n";

	fake_file("proc/90/maps", region);
	tap_ok(look(90) && facts.vms.vm[0].libpvtime_kvm == PROBE_NO,
	       "a VM without memory of libpvtime-kvm does not use it");
	fake_remove("proc/90/maps");
	tap_ok(look(90) && facts.vms.vm[0].libpvtime_kvm == PROBE_UNKNOWN,
	       "mappings that may not be read leave it unknown whether libpvtime-kvm is used");
}

/* The quota of a VM's cgroup, and of the cgroups above and below it. */
static void test_quota(void)
{
	const struct probe_quota *quota;

	fake_file("proc/90/task/95/cgroup", "0::/m/vm1\n");
	fake_file("proc/90/task/96/cgroup", "7:cpu:/elsewhere\n0::/m/vm1/vcpu1\n");
	fake_file("sys/fs/cgroup/cpu.stat", "usage_usec 5\n");
	fake_file("sys/fs/cgroup/m/cpu.stat", "usage_usec 5\nnr_throttled 0\nthrottled_usec 0\n");
	tap_ok(look(90) && facts.vms.vm[0].quota.throttled_ns == 0,
	       "a quota without throttling has no throttled time");
	fake_file("sys/fs/cgroup/m/vm1/cpu.stat",
		  "usage_usec 5\nnr_throttled 3\nthrottled_usec 3120000\n");
	fake_file("sys/fs/cgroup/m/vm1/cpu.max", "20000 100000\n");
	look(90);
	quota = &facts.vms.vm[0].quota;
	tap_ok(quota->throttled_ns == 3120000000 && strcmp(quota->cgroup, "/m/vm1") == 0 &&
		       strcmp(quota->max, "20000 100000") == 0,
	       "the quota of a VM's own cgroup is found");
	fake_file("sys/fs/cgroup/m/cpu.stat", "throttled_usec 3120001\n");
	look(90);
	quota = &facts.vms.vm[0].quota;
	tap_ok(quota->throttled_ns == 3120001000 && strcmp(quota->cgroup, "/m") == 0 &&
		       quota->max[0] == '\0',
	       "the quota of a cgroup above, which has throttled for longer, is found");
	fake_file("sys/fs/cgroup/m/vm1/vcpu1/cpu.stat", "throttled_usec 4000000\n");
	look(90);
	quota = &facts.vms.vm[0].quota;
	tap_ok(quota->throttled_ns == 4000000000 && strcmp(quota->cgroup, "/m/vm1/vcpu1") == 0,
	       "the quota of one vCPU's cgroup is found");
	fake_remove("proc/90/task/95/cgroup");
	fake_remove("proc/90/task/96/cgroup");
	tap_ok(look(90) && facts.vms.vm[0].quota.throttled_ns == 0,
	       "a VM on a kernel without cgroups has no throttled time");
}

static void test_others(void)
{
	name(100, "firecracker");
	file(100, 9, "anon_inode:kvm-vm");
	file(100, 20, "anon_inode:kvm-vcpu:0");
	file(100, 21, "anon_inode:kvm-vcpu:1");
	thread(100, 100, "firecracker", 0, 0, "20 0x3 0x1\n", "5 5 5\n");
	thread(100, 103, "fc_vcpu 1", 0, 0, "running\n", "5 5 5\n");
	thread(100, 102, "fc_vcpu 0", 0, 9, "running\n", "5 5 5\n");
	/* A process whose name says vcpu, and that has only opened /dev/kvm. */
	name(110, "vcpu1");
	thread(110, 110, "vcpu1", 0, 0, "running\n", "5 5 5\n");
	file(110, 1, "/dev/kvm");
	tap_ok(look(0) && facts.vms.count == 2 && facts.vms.vm[1].pid == 100,
	       "two processes are VMs, and the process without a vCPU is not");
	tap_ok(is(vcpu(1, 0), true, 0, 102, PROBE_BY_NAME) &&
		       is(vcpu(1, 1), true, 1, 103, PROBE_BY_NAME),
	       "threads that their VMM has named are known by name");
	tap_ok(facts.vms.vm[1].name[0] == '\0', "a VM without a name has none");
	tap_ok(look(100) && facts.vms.count == 1 && facts.vms.vm[0].pid == 100,
	       "a look at one process finds its VM alone");
	tap_ok(look(110) && facts.vms.count == 0, "a look at a process without a VM finds none");
	tap_ok(look(4000) && facts.vms.count == 0 && facts.vms.unreadable == 0,
	       "a look at a process that does not exist finds none");
	/* Two VMs in one process. */
	file(100, 30, "anon_inode:kvm-vm");
	file(100, 31, "anon_inode:kvm-vcpu:0");
	tap_ok(look(100) && facts.vms.vm[0].vms == 2 && facts.vms.vm[0].files == 3,
	       "two VMs in one process are counted");
}

/* Several processes, of which 110 has no VM. */
static void test_several(void)
{
	unsigned pids[] = {100, 90, 110, 100};
	struct probe_pids only = {.pid = pids, .count = 2};

	probe_facts_free(&facts);
	tap_ok(probe_vms(&facts, fake_root, &only) && facts.vms.count == 2 &&
		       facts.vms.vm[0].pid == 90 && facts.vms.vm[1].pid == 100,
	       "a look at two processes finds both VMs, in the order of their PIDs");
	only.count = 4;
	probe_facts_free(&facts);
	tap_ok(probe_vms(&facts, fake_root, &only) && facts.vms.count == 2,
	       "a look at several processes stops at the first without a VM");
}

/* vCPUs of two VMs have the same numbers: a thread that is left over is not known by its order. */
static void test_two_vms(void)
{
	file(120, 9, "anon_inode:kvm-vm");
	file(120, 10, "anon_inode:kvm-vm");
	file(120, 20, "anon_inode:kvm-vcpu:0");
	file(120, 21, "anon_inode:kvm-vcpu:0");
	thread(120, 121, "x", 1, 0, "running\n", "5 5 5\n");
	tap_ok(look(120) && facts.vms.vm[0].files == 2 && facts.vms.vm[0].count == 1 &&
		       is(vcpu(0, 0), false, 0, 121, PROBE_BY_TIME),
	       "a thread that may be of either of two VMs has no known vCPU");
	fake_remove("proc/120");
}

/* As a user who may not read the descriptors of two processes. */
static void test_unreadable(void)
{
	static const unsigned pids[] = {130, 140};
	char path[64];

	thread(130, 131, "vcpu1", 0, 0, "", "5 5 5\n");
	thread(130, 132, "CPU 4/KVM", 0, 9, "", "5 6 5\n");
	thread(140, 140, "vcpu1", 0, 0, "", "5 5 5\n");
	for (size_t i = 0; i < 2; i++) {
		file(pids[i], 9, "anon_inode:kvm-vm");
		snprintf(path, sizeof(path), "proc/%u/fd", pids[i]);
		fake_need(fchmodat(fake_root, path, 0, 0) == 0, path);
	}
	fake_need(chmod(fake_path, 0755) == 0, fake_path);
	bool root = geteuid() == 0;
	fake_need(!root || seteuid(65534) == 0, "seteuid");
	bool looked = look(0);
	fake_need(!root || seteuid(0) == 0, "seteuid");
	tap_ok(looked && facts.vms.count == 3 && facts.vms.vm[2].pid == 130 &&
		       !facts.vms.vm[2].readable && facts.vms.vm[2].count == 1 &&
		       is(vcpu(2, 0), true, 4, 132, PROBE_BY_NAME),
	       "a thread that ran guest code makes its unreadable process a VM");
	tap_is_u64(facts.vms.unreadable, 1, "one process is counted as unreadable");
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "proc/%u/fd", pids[i]);
		fake_need(fchmodat(fake_root, path, 0700, 0) == 0, path);
		snprintf(path, sizeof(path), "proc/%u", pids[i]);
		fake_remove(path);
	}
}

/* Files that are damaged, cut off, or gone meanwhile. */
static void test_damaged(void)
{
	static const char *const stats[] = {"",		"90", "90 (x", "90 (x)", "90 (x) S 1 1",
					    "90 )x( S", "\n"};

	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		struct probe_thread t;
		fake_file("proc/90/task/95/stat", stats[i]);
		tap_ok(!probe_thread(&t, fake_root, 90, 95), "stat '%.12s' is not that of a thread",
		       i == 6 ? "LF" : stats[i]);
	}
	fake_remove("proc/90/task/95");
	tap_ok(look(90) && facts.vms.vm[0].count == 2, "a thread that has ended is left out");
	fake_remove("proc/uptime");
	tap_ok(look(90) && vcpu(0, 0)->age_ns == 0, "a thread has no age without /proc/uptime");
}

static void test_names(void)
{
	static const struct {
		const char *name;
		int number; /* -1: none */
	} names[] = {
		{"CPU 3/KVM", 3},      {"CPU 0/KVM", 0},   {"CPU 0/TCG", -1},
		{"CPU 3/KVM2", -1},    {"fc_vcpu 12", 12}, {"vcpu7", 7},
		{"crosvm_vcpu4", 4},   {"kvm-vcpu-5", 5},  {"vcpu", -1},
		{"vcpu_manager", -1},  {"vcpu1x", -1},	   {"qemu-system-aar", -1},
		{"vcpu999999999", -1}, {"", -1},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsigned number = 0;
		bool found = probe_thread_number(names[i].name, &number);
		tap_ok(found == (names[i].number >= 0) &&
			       (!found || number == (unsigned)names[i].number),
		       "the thread name '%s' is that of vCPU %d (-1: of none)", names[i].name,
		       names[i].number);
	}
}

int main(void)
{
	fake_begin();
	fake_file("proc/uptime", "12.34 20.00\n");
	make_qemu();
	test_qemu();
	test_left_over();
	test_quota();
	test_region();
	test_others();
	test_several();
	test_two_vms();
	test_unreadable();
	test_damaged();
	test_names();
	probe_facts_free(&facts);
	fake_end();
	return tap_done();
}
