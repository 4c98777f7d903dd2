/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MMIO_H
#define MMIO_H

#include "types.h"

struct vcpu;

/*
 * One transfer between a guest's register and a device, little-endian. An access to a pair of
 * registers makes two.
 */
struct mmio {
	ipaddr_t ipa;
	unsigned size; /* in bytes: 1, 2, 4 or 8 */
	bool write;
	bool ask; /* only check whether it can be made now: value does not change */
	/* what is written or was read, in the low bits; after a read the others are 0 */
	uint64_t value;
};

/*
 * Stage 2 refused the guest's access at `ipa`, which `esr` describes. Emulate it on the device that
 * is there. If there is nothing, or memory that the guest may not write, inject an abort.
 */
void mmio_abort(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa);

/*
 * Inject an external abort. The VM's first access to an address where nothing is, is also reported.
 */
void mmio_refuse(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa);

#endif
