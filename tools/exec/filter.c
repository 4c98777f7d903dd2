/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "libpvtime-kvm/uapi.h"
#include "tools/exec/filter.h"
#include "tools/exec/process.h"
#include "tools/exec/regs.h"

/*
 * Load a word of what the filter sees. The arguments have 64 bits, and this loads their low word,
 * because kernel and host are little-endian.
 */
#define LOAD(x) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, x))

/* If the word is not `value`, skip `rest` instructions. */
#define UNLESS(value, rest) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (rest))

bool filter_is_free(void)
{
	pid_t me = getpid();

	return process_gains_nothing(me) ||
	       (process_can(me, CAP_SYS_ADMIN) && process_can(me, CAP_SYS_PTRACE));
}

int filter_install(void)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		UNLESS(EXEC_ARCH, 5),
		LOAD(nr),
		UNLESS(__NR_ioctl, 3),
		LOAD(args[1]),
		UNLESS((uint32_t)KVM_CREATE_VM, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | FILTER_DATA),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	if (!filter_is_free() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : -errno;
}
