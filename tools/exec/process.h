/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_PROCESS_H
#define TOOLS_EXEC_PROCESS_H

/*
 * What can be read of a traced process, and read and written in its memory, without stopping it.
 * `tid` is any thread of the process.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "tools/exec/maps.h"

/* The process of the thread, or -1: the thread does not exist. */
pid_t process_of(pid_t tid);

/* Whether the thread has ended: it is gone, or is a zombie whose end may be reported later. */
bool process_is_dead(pid_t tid);

/*
 * Whether the thread has this capability (CAP_*, linux/capability.h) in effect. false if it cannot
 * be read.
 */
bool process_can(pid_t tid, int capability);

/* Whether programs that it executes gain no rights (PR_SET_NO_NEW_PRIVS). */
bool process_gains_nothing(pid_t tid);

/* Whether more than `filters` seccomp filters confine the thread. true if it cannot be read. */
bool process_is_confined(pid_t tid, unsigned filters);

/*
 * How long the thread has waited for a CPU, in ns (run_delay of schedstat, which KVM adds to stolen
 * time). false: it cannot be read.
 */
bool process_waited(pid_t tid, uint64_t *ns);

/* Whether the link /proc/PID/fd/`fd` begins with this name, such as "anon_inode:kvm-vm". */
bool process_file_is(pid_t tid, int fd, const char *name);

/* The map of the VMM, known by the files that the process has mapped; NULL: unknown VMM. */
const struct exec_map *process_map(pid_t tid);

/* false: not all of it could be copied; see errno. */
bool process_read(pid_t tid, uint64_t address, void *to, size_t size);
bool process_write(pid_t tid, uint64_t address, const void *from, size_t size);

#endif
