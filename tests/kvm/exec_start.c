/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/exec_vmm.h"

#define NOBODY	65534
#define FAR	200 /* above all file numbers that the next program uses */
#define LENGTH	(sizeof(filter) / sizeof(filter[0]))
#define LOAD(x) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, x))

/* Skip `further` instructions unless the loaded value is `value`. */
#define UNLESS(value, further) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (further))

#define ALLOW(value) UNLESS(value, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void install(struct sock_filter *filter, size_t length)
{
	struct sock_fprog program = {(unsigned short)length, filter};

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "PR_SET_SECCOMP");
}

void confine(void)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		ALLOW(__NR_write),
		ALLOW(__NR_exit_group),
		ALLOW(__NR_rt_sigreturn),
		ALLOW(__NR_rt_sigpending),
		UNLESS(__NR_ioctl, 3),
		LOAD(args[1]),
		ALLOW(KVM_RUN),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};

	install(filter, LENGTH);
}

/*
 * KVM_CAP_STEAL_TIME is reported as 0, as KVM does if the kernel does not account waiting threads.
 */
static void offer_nothing(void)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		UNLESS(__NR_ioctl, 5),
		LOAD(args[1]),
		UNLESS(KVM_CHECK_EXTENSION, 3),
		LOAD(args[2]),
		UNLESS(KVM_CAP_STEAL_TIME, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	install(filter, LENGTH);
}

static void execute(char **command)
{
	execvp(command[0], command);
	err(3, "%s", command[0]);
}

static void *execute_thread(void *command)
{
	execute(command);
	return NULL;
}

/*
 * The second thread executes the command. Before that, this process makes a VM with two vCPUs,
 * whose file numbers differ from those of the command's VM.
 */
static void execute_in_thread(char **command)
{
	pthread_t thread;
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = must(fcntl(MUST(kvm, KVM_CREATE_VM, NULL), F_DUPFD_CLOEXEC, FAR), "dup");

	for (uintptr_t i = 0; i < 2; i++)
		must(fcntl(MUST(vm, KVM_CREATE_VCPU, (void *)i), F_DUPFD_CLOEXEC, FAR), "dup");
	must(-pthread_create(&thread, NULL, execute_thread, command), "a thread");
	pthread_join(thread, NULL);
}

static void make_capable(const char *file)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = {{.permitted = 1u << CAP_NET_ADMIN}},
	};

	must(setxattr(file, "security.capability", &data, XATTR_CAPS_SZ_2, 0), file);
	_exit(0);
}

void start_otherwise(const char *how, char **command)
{
	if (strcmp(how, "ignore") == 0)
		signal(SIGCHLD, SIG_IGN);
	else if (strcmp(how, "drop") == 0)
		/* A program that root executes gets only capabilities in the bounding set. */
		must(prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0), "PR_CAPBSET_DROP");
	else if (strcmp(how, "nobody") == 0)
		must(setgid(NOBODY) == 0 ? setuid(NOBODY) : -1, "setuid");
	else if (strcmp(how, "unoffered") == 0)
		offer_nothing();
	else if (strcmp(how, "capable") == 0)
		make_capable(command[0]);
	else if (strcmp(how, "thread") == 0)
		execute_in_thread(command);
	else
		return;
	execute(command);
}
