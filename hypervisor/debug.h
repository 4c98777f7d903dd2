/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DEBUG_H
#define DEBUG_H

/*
 * Self-hosted debug of a guest (DDI 0487, D2): breakpoints, watchpoints, single step, the OS lock.
 * Every access to a debug register traps, and the registers are kept in memory. The hardware has
 * them, too, while the guest has turned breakpoints on (MDSCR_EL1.MDE or KDE). So no guest sees
 * what another has written.
 */
#include "types.h"
#include "vcpu.h"

void debug_reset(struct debug_regs *d);
/*
 * Set this CPU's debug registers as the vCPU wants them. There is no save: the hardware changes
 * none of them.
 */
void debug_load(const struct debug_regs *d);
/*
 * A trapped access to the debug register with this ISS encoding. False: there is no such register.
 */
bool debug_access(struct debug_regs *d, uint32_t reg, bool write, uint64_t *value);

#endif
