/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_NAMES_H
#define TOOLS_TOP_NAMES_H

/* Names of VMs, vCPUs and cgroups. `root` is a descriptor of the directory that has proc/. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOP_TEXT 256u /* bytes: room for such a name; longer ones are cut */

/*
 * The name of a process's VM, by its command line (QEMU's -name), or else the process's own name.
 * "" if the process has ended.
 */
void top_vm_name(char *name, size_t room, int root, uint32_t process);

/* The name in the arguments of a command line, each of which ends with a NUL. false: none. */
bool top_name_of_arguments(char *name, size_t room, const char *arguments, size_t size);

/* The vCPU's number by its thread's name. false: that has none. */
bool top_vcpu_number(unsigned *number, int root, uint32_t process, uint32_t thread);

/*
 * The path of a cgroup below /sys/fs/cgroup, which begins with a slash. Takes
 * CAP_DAC_READ_SEARCH. false: it cannot be found, or is gone.
 */
bool top_cgroup_path(char *path, size_t room, uint64_t id);

#endif
