/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_REGION_H
#define PVTIME_REGION_H

/*
 * Where the structures lie in a VM's IPA space: whole 64 KiB granules that hold nothing else
 * vCPU i's structure 64 * i bytes into them. A 64K-page guest can then map the
 * region with the memory type of R-07 without touching the attributes of anything else.
 *
 * The guest is to be told that the region is reserved (FDT reserved-memory, or simply not RAM).
 * None of these functions keeps state or needs a lock.
 */
#include <stddef.h>
#include <stdint.h>
#include <pvtime/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* [base, base + size), in bytes. One that would pass 2^64 ends there; size 0 is nothing. */
struct pvtime_range {
	uint64_t base;
	uint64_t size;
};

/* Bytes that the structures of n vCPUs take, in whole granules; 0 for n = 0. */
uint64_t pvtime_region_size(uint32_t vcpus);

/*
 * The region for `vcpus` vCPUs at `base`: *out is set if that is possible.
 *
 * used, n: everything the VM has (RAM, MMIO, other devices), in any order, overlapping or not.
 * limit: first IPA beyond the VM's IPA space, at most 2^63 (an IPA is returned as an int64, R-04).
 * Returns PVTIME_OK; PVTIME_EINVAL for no vCPU or a base that is not granule-aligned; PVTIME_ENOSPC
 * where it would pass the limit; PVTIME_EBUSY where it would share a granule with one of `used`.
 */
int pvtime_region_place(struct pvtime_range *out, uint64_t base, uint32_t vcpus,
			const struct pvtime_range *used, size_t n, uint64_t limit);

/*
 * The lowest place for the region at `from` or above: arguments as above, `from` need not be
 * aligned. Returns PVTIME_OK; PVTIME_EINVAL for no vCPU; PVTIME_ENOSPC where there is none below
 * the limit. Takes O(n^2) comparisons in the worst case.
 */
int pvtime_region_find(struct pvtime_range *out, uint64_t from, uint32_t vcpus,
		       const struct pvtime_range *used, size_t n, uint64_t limit);

/* IPA of the structure of vCPU `index`, counted from 0; index below the number it was planned for.
 */
uint64_t pvtime_region_ipa(const struct pvtime_range *region, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
