/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a saved VM: blob.h has their form.
 *
 * The checksum detects accidental damage only. What a blob with a correct checksum says must be
 * consistent, and every byte has one meaning: a blob that is accepted is one that could have been
 * saved. Its counters may have any value, because a guest can write its own: if some values were
 * refused, a guest could make itself impossible to restore.
 */
#include <errno.h>
#include "libpvtime-kvm/blob.h"
#include "libpvtime-kvm/internal.h"
#include "lib/bytes.h"

#define MAGIC	      0x4b545650u /* "PVTK" */
#define VERSION	      2u
#define FIRST_VERSION 1u /* the oldest version that is read */

enum offset {
	AT_MAGIC = 0,
	AT_VERSION = 4,
	AT_KNOWS_BITMAP = 6,
	AT_VCPUS = 8,
	AT_FREQ = 12,
	AT_BASE = 16,
	AT_SIZE = 24,
	AT_BITMAP = 32,
	AT_VCPU = 40,
	VCPU_SIZE = 16,
	CRC_SIZE = 4,
};

_Static_assert(sizeof(size_t) >= 8, "the sizes for 2^32 - 1 vCPUs must fit into a size_t");

size_t pvtk_blob_size(uint32_t vcpus)
{
	return AT_VCPU + (size_t)vcpus * VCPU_SIZE + CRC_SIZE;
}

static size_t at_vcpu(uint32_t index)
{
	return AT_VCPU + (size_t)index * VCPU_SIZE;
}

void pvtk_blob_write(uint8_t *bytes, const struct pvtk_blob *blob)
{
	put_le(bytes + AT_MAGIC, 4, MAGIC);
	put_le(bytes + AT_VERSION, 2, VERSION);
	put_le(bytes + AT_KNOWS_BITMAP, 2, blob->knows_bitmap);
	put_le(bytes + AT_VCPUS, 4, blob->vcpus);
	put_le(bytes + AT_FREQ, 4, blob->frequency);
	put_le(bytes + AT_BASE, 8, blob->region.base);
	put_le(bytes + AT_SIZE, 8, blob->region.size);
	put_le(bytes + AT_BITMAP, 8, blob->bitmap);
}

void pvtk_blob_write_vcpu(uint8_t *bytes, uint32_t index, uint64_t ipa, uint64_t ns)
{
	put_le(bytes + at_vcpu(index), 8, ipa);
	put_le(bytes + at_vcpu(index) + 8, 8, ns);
}

void pvtk_blob_seal(uint8_t *bytes, uint32_t vcpus)
{
	const size_t end = pvtk_blob_size(vcpus) - CRC_SIZE;

	put_le(bytes + end, CRC_SIZE, pvtime_crc32(bytes, end));
}

/* Whether every vCPU has the address of its index, or neither an address nor a counter. */
static bool consistent_vcpus(const uint8_t *bytes, const struct pvtk_blob *blob)
{
	for (uint32_t i = 0; i < blob->vcpus; i++) {
		uint64_t ipa = get_le(bytes + at_vcpu(i), 8);
		bool none = ipa == PVTIME_KVM_IPA_NONE && pvtk_blob_counter(bytes, i) == 0;

		if (!none && ipa != pvtime_region_ipa(&blob->region, i))
			return false;
	}
	return true;
}

static bool consistent(const struct pvtk_blob *blob)
{
	return blob->vcpus && blob->region.base % PVTIME_GRANULE == 0 &&
	       blob->region.size == pvtime_region_size(blob->vcpus) &&
	       (blob->knows_bitmap || !blob->bitmap);
}

int pvtk_blob_read(struct pvtk_blob *blob, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	if (size < pvtk_blob_size(0) || get_le(at + AT_MAGIC, 4) != MAGIC)
		return -EBADMSG;
	const uint64_t version = get_le(at + AT_VERSION, 2);
	if (version < FIRST_VERSION || version > VERSION)
		return -EPROTONOSUPPORT;
	const uint64_t flags = get_le(at + AT_KNOWS_BITMAP, 2);
	const struct pvtk_blob b = {
		.region = {get_le(at + AT_BASE, 8), get_le(at + AT_SIZE, 8)},
		.vcpus = (uint32_t)get_le(at + AT_VCPUS, 4),
		.frequency = (uint32_t)get_le(at + AT_FREQ, 4),
		.knows_bitmap = flags == 1,
		.bitmap = get_le(at + AT_BITMAP, 8),
	};
	if (size != pvtk_blob_size(b.vcpus) ||
	    get_le(at + size - CRC_SIZE, CRC_SIZE) != pvtime_crc32(at, size - CRC_SIZE) ||
	    flags > 1 || (version == FIRST_VERSION && b.frequency) || !consistent(&b) ||
	    !consistent_vcpus(at, &b))
		return -EBADMSG;
	*blob = b;
	return 0;
}

uint64_t pvtk_blob_counter(const uint8_t *bytes, uint32_t index)
{
	return get_le(bytes + at_vcpu(index) + 8, 8);
}
