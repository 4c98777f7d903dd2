/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_FILTER_H
#define TOOLS_EXEC_FILTER_H

/*
 * A seccomp filter by which a process, and all that it executes and makes, stops where it is about
 * to make a VM, and nowhere else. It can never be removed. Where nobody watches who was to
 * (PTRACE_O_TRACESECCOMP), KVM_CREATE_VM fails with ENOSYS.
 */
#include <stdbool.h>

#define FILTER_DATA 0x7076u /* of PTRACE_EVENT_SECCOMP, where it is ours */

/*
 * What this process executes may be confined by a filter only if nothing it executes is given
 * rights (PR_SET_NO_NEW_PRIVS), or by whoever has CAP_SYS_ADMIN. With CAP_SYS_PTRACE as well,
 * nobody loses anything by being traced.
 */
bool filter_is_free(void);

/*
 * This process gets it; and, where that has a price, PR_SET_NO_NEW_PRIVS. 0, or a negative errno.
 */
int filter_install(void);

#endif
