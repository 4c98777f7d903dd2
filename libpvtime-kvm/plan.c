/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the region goes: the library's planner (lib/region.c), within KVM's address space. */
#include <errno.h>
#include "libpvtime-kvm/internal.h"

#define DEFAULT_IPA_BITS 40u /* of a VM of type 0 */
#define MIN_IPA_BITS	 32u
#define MAX_IPA_BITS	 52u

/* The first address beyond the VM's address space; 0 if no VM can have that size. */
static uint64_t limit_of(unsigned ipa_bits)
{
	if (ipa_bits == 0)
		ipa_bits = DEFAULT_IPA_BITS;
	return ipa_bits < MIN_IPA_BITS || ipa_bits > MAX_IPA_BITS ? 0 : 1ull << ipa_bits;
}

static int errno_of(int error)
{
	switch (error) {
	case PVTIME_OK:
		return 0;
	case PVTIME_ENOSPC:
		return -ENOSPC;
	case PVTIME_EBUSY:
		return -EBUSY;
	default:
		return -EINVAL;
	}
}

int pvtime_kvm_find(struct pvtime_range *region, uint64_t from, uint32_t vcpus,
		    const struct pvtime_range *used, size_t n, unsigned ipa_bits)
{
	uint64_t limit = limit_of(ipa_bits);

	return limit ? errno_of(pvtime_region_find(region, from, vcpus, used, n, limit)) : -EINVAL;
}

int pvtime_kvm_place(struct pvtime_range *region, uint64_t base, uint32_t vcpus,
		     const struct pvtime_range *used, size_t n, unsigned ipa_bits)
{
	uint64_t limit = limit_of(ipa_bits);

	return limit ? errno_of(pvtime_region_place(region, base, vcpus, used, n, limit)) : -EINVAL;
}
