/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SYSREG_H
#define SYSREG_H

#include "types.h"

struct vcpu;

/* An MSR or MRS that trapped, as `esr` describes. A register that does not exist is UNDEFINED. */
void sysreg_trap(struct vcpu *v, uint64_t esr);

/*
 * What the guest reads from ID register S3_0_C0_C<crm>_<op2> if the hardware has `value`: only
 * features whose state is switched, or that have no state. Tested on the host.
 */
uint64_t idreg_visible(unsigned crm, unsigned op2, uint64_t value);

#endif
