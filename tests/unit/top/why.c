/* SPDX-License-Identifier: BSD-2-Clause */
/* The line that says why the causes are not known. The kernel's files are fake ones. */
#include <errno.h>
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/top/why.h"

#define ALL  "Name:\tpvtime\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n"
#define SAME "         0          0 4294967295\n"

/* The files of a host on which nothing is missing. */
static void host(void)
{
	fake_file("proc/self/status", ALL);
	fake_file("proc/self/uid_map", SAME);
	fake_file("sys/kernel/btf/vmlinux", "");
	fake_file("sys/kernel/security/lockdown", "none integrity [none] confidentiality\n");
}

static void expect(int error, const char *want, const char *name)
{
	char why[TOP_WHY];

	top_why(why, "it cannot be loaded", error, "libbpf: no", fake_root);
	if (!tap_ok(strcmp(why, want) == 0, "%s", name))
		tap_print("# got '%s', want '%s'\n", why, want);
	host();
}

static void test_forbidden(void)
{
	fake_file("proc/self/status", "CapEff:\t0\nName:\tCapEff:\t1\nCapEff:\t0000004000000000\n");
	expect(EPERM, "causes unknown: CAP_BPF and CAP_PERFMON are missing; run pvtime as root",
	       "a process with one of the two capabilities lacks them");
	fake_file("proc/self/status", "\nCapEff:\t000000c000000000\nSeccomp:\t2\n");
	expect(EPERM,
	       "causes unknown: seccomp forbids BPF; allow bpf(2) and perf_event_open(2) in its profile",
	       "a seccomp filter is named");
	fake_file("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	expect(EINVAL,
	       "causes unknown: the kernel's lockdown forbids BPF; boot with lockdown=integrity at most",
	       "lockdown is named");
	fake_file("proc/self/uid_map", "0 1000 1\n");
	expect(EPERM, "causes unknown: this is a user namespace; run pvtime outside it",
	       "a user namespace is named");
	fake_file("proc/self/uid_map", "");
	expect(EPERM, "causes unknown: this is a user namespace; run pvtime outside it",
	       "a user namespace without users is named");
	expect(EPERM, "causes unknown: it cannot be loaded: Operation not permitted (libbpf: no)",
	       "else the error is reported with libbpf's words");
}

static void test_absent(void)
{
	fake_remove("sys/kernel/btf/vmlinux");
	expect(EINVAL,
	       "causes unknown: no /sys/kernel/btf/vmlinux; it takes a kernel with CONFIG_DEBUG_INFO_BTF",
	       "a kernel without BTF is named");
	expect(ENOSYS,
	       "causes unknown: this kernel has no BPF; it takes one with CONFIG_BPF_SYSCALL",
	       "a kernel without BPF is named");
	fake_remove("proc/self/status");
	expect(EPERM, "causes unknown: CAP_BPF and CAP_PERFMON are missing; run pvtime as root",
	       "without /proc, no capability is known");
}

static void test_namespace(void)
{
	char why[TOP_WHY];

	fake_link("proc/self/ns/pid", "pid:[4026531836]");
	tap_ok(!top_why_namespace(why, fake_root), "the host's PID namespace is accepted");
	fake_remove("proc/self/ns/pid");
	fake_link("proc/self/ns/pid", "pid:[4026532000]");
	tap_ok(top_why_namespace(why, fake_root) && strstr(why, "PID namespace") != NULL,
	       "another PID namespace is refused");
}

int main(void)
{
	fake_begin();
	host();
	test_forbidden();
	test_absent();
	test_namespace();
	fake_end();
	return tap_done();
}
