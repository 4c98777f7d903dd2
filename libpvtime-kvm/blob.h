/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KVM_BLOB_H
#define KVM_BLOB_H

/*
 * The bytes of a saved VM. A blob is little-endian; this is version 2:
 *
 *	offset	bytes
 *	0	4	magic "PVTK"
 *	4	2	version
 *	6	2	1: the bitmap below is the VM's; 0: it is unknown, because no vCPU was set
 *	8	4	possible vCPUs, n; at least 1
 *	12	4	CNTFRQ of the host in Hz; 0: unknown
 *	16	8 * 2	the region: base and size, whole granules, the size that n vCPUs need
 *	32	8	the VM's bitmap of hypervisor calls; 0 if it is unknown
 *	40	16 * n	of each vCPU: its address and its counter in ns; or, if it had no address,
 *			PVTIME_KVM_IPA_NONE and 0
 *	then	4	CRC-32 of the bytes before it
 *
 * In version 1, the four bytes at offset 12 are reserved, and zero.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pvtime/region.h>

/* All of a blob except its vCPUs. */
struct pvtk_blob {
	struct pvtime_range region;
	uint32_t vcpus;
	uint32_t frequency; /* Hz; 0: unknown */
	bool knows_bitmap;
	uint64_t bitmap; /* 0 unless knows_bitmap */
};

/* The size of a blob for this number of vCPUs, in bytes. */
size_t pvtk_blob_size(uint32_t vcpus);

/*
 * Write a blob: all but the vCPUs; each vCPU, with PVTIME_KVM_IPA_NONE and 0 if it has no address;
 * and last the checksum.
 */
void pvtk_blob_write(uint8_t *bytes, const struct pvtk_blob *blob);
void pvtk_blob_write_vcpu(uint8_t *bytes, uint32_t index, uint64_t ipa, uint64_t ns);
void pvtk_blob_seal(uint8_t *bytes, uint32_t vcpus);

/*
 * Read a blob that may come from anywhere. -EBADMSG: pvtk_blob_write() and the other two cannot
 * have written it. -EPROTONOSUPPORT: it has an unknown version. Only success sets *blob. The caller
 * must use *blob afterwards, and not the bytes: other processes may be able to change these.
 */
int pvtk_blob_read(struct pvtk_blob *blob, const void *bytes, size_t size);

/* The counter of vCPU `index` in a blob that was read, in ns; 0 if the vCPU had no address. */
uint64_t pvtk_blob_counter(const uint8_t *bytes, uint32_t index);

#endif
