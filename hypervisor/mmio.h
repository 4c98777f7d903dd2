/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MMIO_H
#define MMIO_H

#include "types.h"

struct vcpu;

/*
 * The guest's access at `ipa` was refused by stage 2, as `esr` describes. Emulates it on the device that is
 * there, or gives the guest an abort: where there is nothing, or memory it may not write.
 */
void mmio_abort(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa);

#endif
