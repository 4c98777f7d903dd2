/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MMIO_H
#define MMIO_H

#include "types.h"

struct vcpu;

/*
 * One transfer between a guest's register and a device, little-endian. A pair of registers makes
 * two.
 */
struct mmio {
	ipaddr_t ipa;
	unsigned size; /* in bytes: 1, 2, 4 or 8 */
	bool write;
	bool ask;	/* only whether it can be made now: value does not change */
	uint64_t value; /* written, or read: in the low bits; where it was read, the others are 0 */
};

/*
 * The guest's access at `ipa` was refused by stage 2, as `esr` describes. Emulates it on the device
 * that is there, or gives the guest an abort: where there is nothing, or memory it may not write
 * (R-21).
 */
void mmio_abort(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa);

/* It gets an external abort; the VM's first one for an address where nothing is, is told. */
void mmio_refuse(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa);

#endif
