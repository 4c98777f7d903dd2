/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FIRMWARE_H
#define FIRMWARE_H

/* The board's own PSCI (DEN0022), by SMC. */
#include "types.h"

/*
 * Start the CPU `mpidr` at physical address `entry` with `context` in x0. Returns PSCI's answer; 0:
 * the CPU starts.
 */
int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
/* Power the board off; returns only if that fails. */
void firmware_off(void);

#endif
