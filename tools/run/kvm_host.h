/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_KVM_HOST_H
#define TOOLS_RUN_KVM_HOST_H

/*
 * A Linux host for VMs in QEMU, which runs the suite: what the targets share that differ in the
 * kernel.
 */
#include "tools/run/target.h"

/* As in struct run_target, for all but the kernel. */
bool kvm_host_ready(const struct run_kit *kit, const struct run_plan *plan, char *why);
enum run_outcome kvm_host_run(const char *kernel, const struct run_kit *kit,
			      const struct run_plan *plan, struct run_output *output);

/* The version in the kernel's banner, such as "6.12"; "" if it has none. */
void kvm_host_release(const char *kernel, char *text, size_t room);

#endif
