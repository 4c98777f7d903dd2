/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DEBUG_H
#define DEBUG_H

/*
 * Self-hosted debug of a guest (DDI 0487, D2): breakpoints, watchpoints, single step, the OS lock. The
 * registers live in memory and accesses trap, until the guest turns breakpoints on (MDSCR_EL1.MDE or KDE):
 * then they are in the hardware, until it is switched out with both off.
 */
#include "types.h"
#include "vcpu.h"

void debug_reset(struct debug_regs *d);
void debug_load(const struct debug_regs *d);
void debug_put(struct debug_regs *d);
/* A trapped access to the debug register with this ISS encoding. False: there is no such register. */
bool debug_access(struct debug_regs *d, uint32_t reg, bool write, uint64_t *value);

#endif
