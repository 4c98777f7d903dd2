/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PSCI_H
#define PSCI_H

#include "types.h"

struct vcpu;

/*
 * A PSCI 1.1 call (Arm DEN0022) of v; returns the value for x0. fid: 0x84000000 to 0x8400001f, or
 * the 64-bit form.
 */
int64_t psci_call(struct vcpu *v, uint32_t fid, const uint64_t *in);

#endif
