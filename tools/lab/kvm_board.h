/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_KVM_BOARD_H
#define TOOLS_LAB_KVM_BOARD_H

/* A lab on the host's KVM: the VMM of tools/vmm/ as a process. */
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
 * Make everything ready, with the files of --snapshot and --restore, NULL for none: `lab`, from
 * lab_load_kvm(), stays as long as the board. false: this host cannot do it, which one line on
 * standard error says.
 */
bool kvm_board_prepare(struct kvm_board *board, const struct lab *lab, const struct lab_run *run,
		       const char *snapshot, const char *restore);

/* Start it. Returns 0 or an errno, as process_call() does. */
int kvm_board_start(struct process *process, struct kvm_board *board);

/* The process has ended: nothing of the board is left on this host. */
void kvm_board_end(struct kvm_board *board);

#endif
