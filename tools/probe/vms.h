/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_VMS_H
#define TOOLS_PROBE_VMS_H

#include "tools/probe/facts.h"
#include "tools/probe/thread.h"

/*
 * Which vCPU each of these threads is, where KVM tells it: in debugfs, to root, by kernels since 6.2. No thread is
 * added by it.
 */
void probe_debugfs(struct probe_vm *vm, int root);

#endif
