/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of VMs, read from fake files: by the arguments of each VMM, by the cgroup, and else. */
#include "tests/tap.h"
#include "tests/unit/probe/fake.h"
#include "tools/probe/vm_name.h"

static char name[PROBE_NAME];

/* Process 7, with these arguments, each of which ends with a NUL, and this cgroup. */
static bool look(const char *arguments, size_t size, const char *cgroup)
{
	fake_remove("proc/7");
	fake_file("proc/7/comm", "a program\n");
	fake_bytes("proc/7/cmdline", arguments, size);
	if (cgroup != NULL)
		fake_file("proc/7/cgroup", cgroup);
	return probe_vm_name(name, sizeof(name), fake_root, 7);
}

/* Prints the name that was found instead. */
static bool is(bool found, const char *want)
{
	bool good = found && strcmp(name, want) == 0;

	if (!good)
		tap_print("# found '%s', expected '%s'\n", found ? name : "none", want);
	return good;
}

#define NAMED(arguments, want) is(look(arguments, sizeof(arguments), NULL), want)
#define UNNAMED(arguments) \
	(!look(arguments, sizeof(arguments), "0::/user\n") && strcmp(name, "a program 7") == 0)

static void test_qemu(void)
{
	static char many[20000];

	tap_ok(NAMED("qemu\0-name\0web", "web"), "QEMU's -name is the name");
	tap_ok(NAMED("qemu\0--name\0web", "web"), "QEMU's --name is the name");
	tap_ok(NAMED("/usr/bin/qemu-system-aarch64\0-m\0001G\0-name\0guest=web,debug-threads=on",
		     "web"),
	       "the guest= of QEMU's -name is the name");
	tap_ok(NAMED("qemu\0-name\0debug-threads=on,guest=web", "web"),
	       "guest= may follow other keys");
	tap_ok(NAMED("qemu\0-name\0a,,b,process=x", "a,b"), "QEMU's double comma is a comma");
	tap_ok(NAMED("qemu\0-name\0guest=a=b", "a=b"), "a name after guest= may contain =");
	tap_ok(NAMED("qemu\0-name\0one\0-name\0process=x\0-name\0guest=two", "two"),
	       "QEMU's last name counts");
	tap_ok(NAMED("qemu\0-name\0one\0-name\0debug-threads=on", "one"),
	       "a second -name without a name keeps the first");
	tap_ok(UNNAMED("qemu\0-name\0debug-threads=on,process=x"),
	       "QEMU's -name without guest= is no name");
	tap_ok(UNNAMED("qemu\0-name\0"), "an empty name is no name");
	tap_ok(UNNAMED("qemu\0-name"), "-name without a value is no name");
	tap_ok(UNNAMED("qemu\0-name=web"), "QEMU does not have -name=NAME");
	tap_ok(UNNAMED("-name\0web"), "the name of the program is not an option");
	memset(many, 'x', sizeof(many));
	memcpy(many, "qemu\0-append", sizeof("qemu\0-append"));
	memcpy(many + sizeof(many) - sizeof("\0-name\0web"), "\0-name\0web",
	       sizeof("\0-name\0web"));
	tap_ok(is(look(many, sizeof(many), NULL), "web"), "a name is found after long arguments");
	tap_ok(NAMED("qemu\0-name\0a\n\x1b\"b", "a\n\x1b\"b"), "a name may contain any character");
}

static void test_others(void)
{
	tap_ok(NAMED("/firecracker\0--id\0vm-1\0--api-sock\0/x", "vm-1"),
	       "Firecracker's --id is the name");
	tap_ok(NAMED("firecracker-v1.7.0-aarch64\0--id=vm-1,a", "vm-1,a"),
	       "Firecracker's --id=NAME is the name");
	tap_ok(UNNAMED("firecracker\0--api-sock\0/x\0--idle\0y"),
	       "a Firecracker without --id has no name");
	tap_ok(UNNAMED("qemu\0--id\0vm-1"), "--id is only Firecracker's");
	tap_ok(NAMED("/usr/bin/crosvm\0run\0--name\0web\0bzImage", "web"),
	       "crosvm's --name is the name");
	tap_ok(NAMED("crosvm\0run\0--name=a,b", "a,b"), "crosvm's --name=NAME is the name");
	tap_ok(NAMED("lkvm\0run\0-n\0user\0--name\0web", "web"),
	       "kvmtool's --name is the name, and its -n is not");
	tap_ok(NAMED("./lkvm-static\0run\0--name=web", "web"), "kvmtool's --name=NAME is the name");
	tap_ok(NAMED("cloud-hypervisor\0--api-socket\0/run/ch/web.sock", "/run/ch/web.sock"),
	       "the path of Cloud Hypervisor's socket is the name");
	tap_ok(NAMED("cloud-hypervisor\0--api-socket\0path=/run/web", "/run/web"),
	       "the path= of Cloud Hypervisor's socket is the name");
	tap_ok(NAMED("cloud-hypervisor\0--api-socket=/run/web", "/run/web"),
	       "the path after --api-socket= is the name");
	tap_ok(UNNAMED("cloud-hypervisor\0--api-socket\0fd=5"), "a descriptor is no name");
}

#define CGROUP(lines, want) is(look("vmm", sizeof("vmm"), lines), want)
#define NO_CGROUP(lines)    (!look("vmm", sizeof("vmm"), lines))
#define SCOPE		    "0::/machine.slice/machine-"
#define POD_UID		    "0b7632a2-a56e-4278-987a-22de18008dbe"

static void test_libvirt(void)
{
	tap_ok(CGROUP(SCOPE "qemu\\x2d1\\x2dweb.scope/libvirt/emulator\n", "web"),
	       "libvirt's scope has the name of the domain");
	tap_ok(CGROUP("3:cpu:/x\n1:name=systemd:/machine.slice/machine-qemu\\x2d159\\x2dweb\\x2d01.scope\n",
		      "web-01"),
	       "escapes of systemd's are undone, also with cgroups v1");
	tap_ok(CGROUP(SCOPE "qemu\\x2djoe\\x2d2\\x2da.3.scope\n", "a.3"),
	       "the name of a user's domain follows the user and the number");
	tap_ok(CGROUP(SCOPE "qemu\\x2d1\\x2d2\\x2d3.scope\n", "2-3"), "a name may be of numbers");
	tap_ok(CGROUP(SCOPE "qemu\\x2dlegacy.scope\n", "legacy"),
	       "a scope without a number has a name, too");
	tap_ok(CGROUP(SCOPE "ch\\x2d4\\x2dweb.scope\n", "web"),
	       "libvirt's scope of a Cloud Hypervisor has the name of the domain");
	tap_ok(CGROUP("0::/machine/qemu-2-old_guest.libvirt-qemu/emulator\n", "old_guest"),
	       "libvirt's cgroup without systemd has the name of the domain");
	tap_ok(CGROUP(SCOPE "qemu\\x2d1\\x2da\\xg1\\x2.scope\n", "a\\xg1\\x2"),
	       "what is no escape of systemd's is kept");
	tap_ok(CGROUP(SCOPE "qemu\\x2d1\\x2da\\x0ab\\x22.scope\n", "a\nb\""),
	       "an escape may be of any character");
	tap_ok(is(look("qemu\0-name\0one", sizeof("qemu\0-name\0one"),
		       SCOPE "qemu\\x2d1\\x2dtwo.scope\n"),
		  "one"),
	       "a name in the arguments precedes that of the cgroup");
	tap_ok(NO_CGROUP(SCOPE "box.scope\n"), "a scope of others has no name");
	tap_ok(NO_CGROUP(SCOPE "qemu\\x2d.scope\n") && NO_CGROUP(SCOPE "qemu\\x2d3\\x2d.scope\n"),
	       "a scope without a name has none");
	tap_ok(NO_CGROUP(SCOPE "qemu\\x2d1\\x2dweb\n") && NO_CGROUP("0::/.libvirt-qemu\n"),
	       "a cgroup with a part of such a name has none");
}

static void test_pods(void)
{
	tap_ok(CGROUP("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0b7632a2_a56e_4278_987a_22de18008dbe.slice/cri-containerd-0123.scope\n",
		      "pod " POD_UID),
	       "a pod in a slice of systemd's is named by its UID");
	tap_ok(CGROUP("0::/kubepods/besteffort/pod" POD_UID "/0123\n", "pod " POD_UID),
	       "a pod in a plain cgroup is named by its UID");
	tap_ok(CGROUP("0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod0123456789abcdef0123456789abcdef.slice\n",
		      "pod 0123456789abcdef0123456789abcdef"),
	       "a static pod is named by its UID");
	tap_ok(NO_CGROUP("0::/other/pod" POD_UID "\n"), "a pod of others has no name");
	tap_ok(NO_CGROUP("0::/kubepods/pod0b76\n") && NO_CGROUP("0::/kubepods/podx" POD_UID "\n") &&
		       NO_CGROUP("0::/kubepods/xpod" POD_UID "\n"),
	       "what only looks like a pod has no name");
	tap_ok(CGROUP("0::/kubepods/pod" POD_UID "/machine-qemu\\x2d1\\x2dweb.scope\n", "web"),
	       "the domain of a libvirt in a pod precedes the pod");
}

static void test_else(void)
{
	char small[8];

	fake_file("proc/8/comm", "a\nb\n");
	tap_ok(!probe_vm_name(name, sizeof(name), fake_root, 8) && strcmp(name, "a\nb 8") == 0,
	       "a VM without a name has that of its program and its PID");
	fake_file("proc/8/cmdline", "");
	tap_ok(!probe_vm_name(name, sizeof(name), fake_root, 8) && strcmp(name, "a\nb 8") == 0,
	       "a process without arguments has no name");
	fake_bytes("proc/8/cmdline", "qemu\0-name\0abcdefghijk",
		   sizeof("qemu\0-name\0abcdefghijk"));
	tap_ok(probe_vm_name(small, sizeof(small), fake_root, 8) && strcmp(small, "abcdefg") == 0,
	       "a long name is cut");
	tap_ok(!probe_vm_name(name, sizeof(name), fake_root, 9) && name[0] == '\0',
	       "a process that has ended has an empty name");
}

int main(void)
{
	fake_begin();
	test_qemu();
	test_others();
	test_libvirt();
	test_pods();
	test_else();
	fake_end();
	return tap_done();
}
