/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_PROCESS_H
#define TOOLS_EXEC_PROCESS_H

/*
 * What can be seen of another process that we trace, and reached in it, without stopping it. `tid`
 * is any thread of it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "tools/exec/maps.h"

/* The process that the thread belongs to, or -1: there is no such thread. */
pid_t process_of(pid_t tid);

/* Whether it has ended, and somebody may be told of that later, or is gone. */
bool process_is_dead(pid_t tid);

/*
 * Whether the thread has this capability (CAP_*, linux/capability.h) in effect. One that cannot be
 * asked has none.
 */
bool process_can(pid_t tid, int capability);

/* Whether no program that it executes is given rights (PR_SET_NO_NEW_PRIVS). */
bool process_gains_nothing(pid_t tid);

/*
 * Whether more than so many seccomp filters confine the thread. One that cannot be asked counts as
 * confined.
 */
bool process_is_confined(pid_t tid, unsigned filters);

/*
 * How long it has waited for a CPU, in ns (schedstat's run_delay, which KVM counts). false:
 * unknown.
 */
bool process_waited(pid_t tid, uint64_t *ns);

/*
 * Whether its file `fd` is what begins with this name in /proc/PID/fd, such as "anon_inode:kvm-vm".
 */
bool process_file_is(pid_t tid, int fd, const char *name);

/* The map of the VMM that it is, by the files that it has mapped; or NULL. */
const struct exec_map *process_map(pid_t tid);

/* All of it, or false. */
bool process_read(pid_t tid, uint64_t address, void *to, size_t size);
bool process_write(pid_t tid, uint64_t address, const void *from, size_t size);

#endif
