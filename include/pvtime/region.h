/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_REGION_H
#define PVTIME_REGION_H

/*
 * Plans where the structures lie in a VM's IPA space: whole 64 KiB granules that hold nothing else
 * with the structure of vCPU i at offset 64 * i. A guest with 64 KiB pages can then
 * map the region with the memory type of R-07 without changing the attributes of any other memory.
 *
 * The VM's description must reserve the region (FDT reserved-memory), or at least not describe it
 * as RAM. None of these functions keeps state or needs a lock.
 */
#include <pvtime/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * [base, base + size), in bytes. A range that would pass 2^64 ends there. A range of size 0 is
 * empty.
 */
struct pvtime_range {
	uint64_t base;
	uint64_t size;
};

/* Size of the region for `vcpus` vCPUs: bytes, whole granules; 0 for 0 vCPUs. */
uint64_t pvtime_region_size(uint32_t vcpus);

/*
 * Place the region for `vcpus` vCPUs at `base`. Only success sets *out.
 *
 * used, n: everything in the VM's IPA space (RAM, MMIO, other devices), in any order; the ranges
 * may overlap. limit: the first IPA beyond the VM's IPA space, at most 2^63 (PV_TIME_ST returns an
 * IPA as an int64, R-04). Returns PVTIME_OK; PVTIME_EINVAL if vcpus is 0 or base is not
 * granule-aligned; PVTIME_ENOSPC if the region would pass the limit; PVTIME_EBUSY if it would share
 * a granule with one of `used`.
 */
int pvtime_region_place(struct pvtime_range *out, uint64_t base, uint32_t vcpus,
			const struct pvtime_range *used, size_t n, uint64_t limit);

/*
 * Find the lowest place for the region at or above `from`, which need not be aligned. The other
 * arguments are as above. Returns PVTIME_OK; PVTIME_EINVAL if vcpus is 0; PVTIME_ENOSPC if there is
 * no place below the limit. Takes O(n^2) comparisons in the worst case.
 */
int pvtime_region_find(struct pvtime_range *out, uint64_t from, uint32_t vcpus,
		       const struct pvtime_range *used, size_t n, uint64_t limit);

/*
 * IPA of the structure of vCPU `index`. index counts from 0 and is below the number of vCPUs that
 * the region was planned for.
 */
uint64_t pvtime_region_ipa(const struct pvtime_range *region, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
