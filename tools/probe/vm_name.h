/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_VM_NAME_H
#define TOOLS_PROBE_VM_NAME_H

/*
 * The name by which the administrator of a host knows a VM. pvtime-probe(1) lists the VMMs and
 * where the name of each comes from. A name may contain any byte but 0, and two VMs may have the
 * same.
 */
#include <stdbool.h>
#include <stddef.h>

#define PROBE_NAME 256u /* bytes: room for a name; longer ones are cut */

/*
 * Find the name of a process's VM: by its arguments, or else by its cgroup. `root` is a descriptor
 * of the directory that has proc/. false: neither has one. Then the name is the program's with the
 * PID, such as "qemu-system-aar 4711", or "" if the process has ended.
 */
bool probe_vm_name(char *name, size_t room, int root, unsigned process);

/*
 * The name in the path of a cgroup: that of libvirt's domain, or "pod UID" for a pod of Kubernetes.
 * false: it has none.
 */
bool probe_cgroup_name(char *name, size_t room, const char *path);

#endif
