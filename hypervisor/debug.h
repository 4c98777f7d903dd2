/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DEBUG_H
#define DEBUG_H

/*
 * Self-hosted debug of a guest (DDI 0487, D2): breakpoints, watchpoints, single step, the OS lock.
 * Every access to a debug register traps, and the registers live in memory; the hardware has them
 * too while the guest has turned breakpoints on (MDSCR_EL1.MDE or KDE). So nothing that a guest has
 * written is seen by another one.
 */
#include "types.h"
#include "vcpu.h"

void debug_reset(struct debug_regs *d);
/*
 * This CPU goes on as the vCPU wants it. Nothing is to be saved: the hardware changes none of them.
 */
void debug_load(const struct debug_regs *d);
/*
 * A trapped access to the debug register with this ISS encoding. False: there is no such register.
 */
bool debug_access(struct debug_regs *d, uint32_t reg, bool write, uint64_t *value);

#endif
