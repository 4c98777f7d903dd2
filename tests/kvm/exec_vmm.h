/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_EXEC_VMM_H
#define TESTS_KVM_EXEC_VMM_H

/* What the VMM of tests/kvm/exec*.t does that has nothing to do with VMs: exec_start.c, exec_process.c. */
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

/* To standard output, by write() alone, which that filter lets pass. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* This process ends, and a child of it goes on, when its parent is gone. */
void be_daemon(void);

/* "traced" or "untraced". */
void tell_tracer(void);

/* "children N": those of this process that can be waited for. */
void count_children(void);

/* "ready PID"; when SIGUSR1 has come, "got SIGUSR1". */
void wait_for_signal(void);

/* The mappings of this process. */
unsigned count_maps(void);

#endif
