/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_FORGED_H
#define KVM_FORGED_H

/* What the tests of forged snapshots share: the bytes' offsets, a VMM's map, a VM. */
#include <pvtime/kvm.h>
#include "lib/bytes.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define GRANULE 0x10000ull
#define BASE	0x90a0000ull
#define RAM	0x40000000ull
#define VCPUS	3u
#define SIZE	(40u + 16u * VCPUS + 4u)
#define NONE	PVTIME_KVM_IPA_NONE
#define LIMIT	(1ull << 40) /* of KVM's default address space */

enum offset { VERSION = 4, FLAGS = 6, COUNT = 8, FREQUENCY = 12, AT_BASE = 16, AT_SIZE = 24 };
enum { BITMAP = 32, VCPU = 40 };

/* The VMM's map: flash, a GIC, a UART in the second half of its granule, and RAM. */
static const struct pvtime_range used[] = {
	{0, 0x8000000}, {0x8000000, 0x1000000}, {0x9008000, 0x1000}, {RAM, 1ull << 30}};
#define USED (sizeof(used) / sizeof(used[0]))

static inline void seal(uint8_t *blob, size_t size)
{
	put_le(blob + size - 4, 4, pvtime_crc32(blob, size - 4));
}

static inline struct pvtime_kvm *create(unsigned vm, uint64_t base, uint32_t vcpus)
{
	const struct pvtime_range r = {base, pvtime_region_size(vcpus)};
	struct pvtime_kvm *k = NULL;

	pvtime_kvm_create(&k, FAKE_VM(vm), 1, &r, vcpus);
	pvtime_kvm_register(k);
	return k;
}

#endif
