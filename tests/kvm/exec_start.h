/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_EXEC_START_H
#define TESTS_KVM_EXEC_START_H

/* How the VMM of tests/kvm/exec*.t starts others, and confines itself. */
#include <err.h>
#include <sys/ioctl.h>

static inline int must(int result, const char *what)
{
	if (result < 0)
		err(3, "%s", what);
	return result;
}

#define MUST(fd, request, argument) must(ioctl(fd, request, argument), #request)

/*
 * Execute the command in one of these ways; if `how` is none of them, return.
 *
 *   drop       without CAP_SYS_ADMIN
 *   nobody     as a user without any capability
 *   ignore     with SIGCHLD ignored
 *   unoffered  on a host whose KVM offers no stolen time: KVM_CHECK_EXTENSION says so
 *   thread     by the second thread of this process, which has a VM that is never run
 */
void start_otherwise(const char *how, char **command);

/* A seccomp filter that kills, but for write, the ways to end, and ioctl for KVM_RUN alone. */
void confine(void);

#endif
