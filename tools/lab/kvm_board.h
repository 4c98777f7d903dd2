/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_KVM_BOARD_H
#define TOOLS_LAB_KVM_BOARD_H

/* Runs a lab on the host's KVM, with the VMM of tools/vmm/ as a child process. */
#include <stdbool.h>
#include "machine/map.h"
#include "tools/vmm/vmm.h"
#include "tools/lab/bundle.h"
#include "tools/lab/file.h"
#include "tools/run/process.h"

struct kvm_board {
	struct vmm_lab lab;
	struct vmm_vm vms[MAP_MAX_VMS];
	struct cgroups cgroups;
};

/*
 * Prepare the run. `snapshot` and `restore` are the values of these options, or NULL. `lab` comes
 * from lab_load_kvm() and must live as long as the board. false: this host cannot run the lab; one
 * line on standard error says why.
 */
bool kvm_board_prepare(struct kvm_board *board, const struct lab *lab, const struct lab_run *run,
		       const char *snapshot, const char *restore);

/* Start the VMM. Returns 0 or an errno, as process_call() does. */
int kvm_board_start(struct process *process, struct kvm_board *board);

/*
 * Remove everything that the board has created on this host. Call it after the process has ended.
 */
void kvm_board_end(struct kvm_board *board);

#endif
