/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FILTER_H
#define TOOLS_EXEC_FILTER_H

/*
 * A seccomp filter that stops a process, and all that it executes and forks, when it is about to
 * make a VM, and at no other call. It cannot be removed. If no tracer with PTRACE_O_TRACESECCOMP is
 * there, KVM_CREATE_VM fails with ENOSYS.
 */
#include <stdbool.h>

#define FILTER_DATA 0x7076u /* of PTRACE_EVENT_SECCOMP, if pvtime's filter caused it */

/*
 * Whether the filter costs the VMM no rights. Linux accepts a filter from a process with
 * no_new_privs (PR_SET_NO_NEW_PRIVS), under which executed files grant no rights, or with
 * CAP_SYS_ADMIN. With CAP_SYS_PTRACE as well, tracing costs no rights either.
 */
bool filter_is_free(void);

/*
 * Install the filter in this process, with PR_SET_NO_NEW_PRIVS unless filter_is_free(). Returns 0
 * or a negative errno.
 */
int filter_install(void);

#endif
