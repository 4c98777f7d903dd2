/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Save and restore. The blob, little-endian, version 2:
 *
 *	offset	bytes
 *	0	4	magic "PVTK"
 *	4	2	version
 *	6	2	1: the bitmap below is the VM's; 0: unknown, because no vCPU was set
 *	8	4	possible vCPUs, n
 *	12	4	CNTFRQ of the host in Hz; 0: unknown
 *	16	8 * 2	the region: base and size
 *	32	8	the VM's bitmap of hypervisor calls
 *	40	16 * n	of each vCPU: its address, or PVTIME_KVM_IPA_NONE; its counter in ns
 *	then	4	CRC-32 of the bytes before it
 *
 * A blob of version 1 has 0 at offset 12; it can be restored as well.
 *
 * A blob may come from anywhere. The CRC detects accidental damage. A forged blob can set counters,
 * which the guest can do itself, and the VM's bitmap.
 */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"
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

static size_t size_for(uint32_t vcpus)
{
	return AT_VCPU + (size_t)vcpus * VCPU_SIZE + CRC_SIZE;
}

size_t pvtime_kvm_snapshot_size(const struct pvtime_kvm *k)
{
	return size_for(k->vcpus);
}

/*
 * Get the VM's bitmap through any of its vCPUs, and whether it is known. A KVM without that
 * register offers the calls that existed before the register did, which of these calls is PV time
 * only.
 */
static int save_bitmap(const struct pvtime_kvm *k, bool *known, uint64_t *bitmap)
{
	*known = false;
	*bitmap = 0;
	for (uint32_t i = 0; i < k->vcpus; i++) {
		if (k->vcpu_fd[i] == NO_FD)
			continue;
		int err = pvtk_get_bitmap(k->vcpu_fd[i], bitmap);
		if (err == -ENOENT) {
			*bitmap = BITMAP_PV_TIME;
			err = 0;
		}
		*known = !err;
		return err;
	}
	return 0;
}

int pvtime_kvm_save(const struct pvtime_kvm *k, void *blob, size_t size)
{
	const size_t end = size_for(k->vcpus) - CRC_SIZE;
	uint8_t *at = blob;
	uint64_t bitmap;
	bool known;

	if (size < end + CRC_SIZE)
		return -ENOSPC;
	int err = save_bitmap(k, &known, &bitmap);
	for (uint32_t i = 0; i < k->vcpus && !err; i++)
		if (k->vcpu_fd[i] != NO_FD)
			err = pvtime_kvm_vcpu_check(k, i);
	if (err)
		return err;
	put_le(at + AT_MAGIC, 4, MAGIC);
	put_le(at + AT_VERSION, 2, VERSION);
	put_le(at + AT_KNOWS_BITMAP, 2, known);
	put_le(at + AT_VCPUS, 4, k->vcpus);
	put_le(at + AT_FREQ, 4, pvtk_frequency());
	put_le(at + AT_BASE, 8, k->region.base);
	put_le(at + AT_SIZE, 8, k->region.size);
	put_le(at + AT_BITMAP, 8, bitmap);
	for (uint32_t i = 0; i < k->vcpus; i++) {
		uint8_t *vcpu = at + AT_VCPU + (size_t)i * VCPU_SIZE;
		bool set = k->vcpu_fd[i] != NO_FD;

		put_le(vcpu, 8, set ? pvtime_region_ipa(&k->region, i) : PVTIME_KVM_IPA_NONE);
		put_le(vcpu + 8, 8, set ? pvtk_load(k, i) : 0);
	}
	put_le(at + end, CRC_SIZE, crc32(at, end));
	return 0;
}

/* Check that this is a complete snapshot that this library wrote. */
static int check_form(const uint8_t *at, size_t size)
{
	if (size < size_for(0) || get_le(at + AT_MAGIC, 4) != MAGIC)
		return -EBADMSG;
	uint64_t version = get_le(at + AT_VERSION, 2);
	if (version < FIRST_VERSION || version > VERSION)
		return -EPROTONOSUPPORT;
	if (size != size_for((uint32_t)get_le(at + AT_VCPUS, 4)))
		return -EBADMSG;
	size_t end = size - CRC_SIZE;
	return get_le(at + end, CRC_SIZE) == crc32(at, end) ? 0 : -EBADMSG;
}

int pvtime_kvm_snapshot_region(const void *blob, size_t size, struct pvtime_range *region,
			       uint32_t *vcpus)
{
	const uint8_t *at = blob;
	int err = check_form(at, size);

	if (err)
		return err;
	region->base = get_le(at + AT_BASE, 8);
	region->size = get_le(at + AT_SIZE, 8);
	*vcpus = (uint32_t)get_le(at + AT_VCPUS, 4);
	return 0;
}

uint32_t pvtime_kvm_frequency(void)
{
	return pvtk_frequency();
}

int pvtime_kvm_snapshot_frequency(const void *blob, size_t size, uint32_t *hz)
{
	const uint8_t *at = blob;
	int err = check_form(at, size);

	if (!err)
		*hz = get_le(at + AT_VERSION, 2) == FIRST_VERSION
			      ? 0
			      : (uint32_t)get_le(at + AT_FREQ, 4);
	return err;
}

/* Whether the counter has the same frequency here. An unknown frequency counts as the same. */
static bool same_rate(const void *blob, size_t size)
{
	uint32_t here = pvtk_frequency(), there = 0;

	pvtime_kvm_snapshot_frequency(blob, size, &there);
	return here == 0 || there == 0 || here == there;
}

/* Whether the blob fits this VM's region, including each vCPU's address. */
static bool fits(const struct pvtime_kvm *k, const uint8_t *at)
{
	uint64_t vcpus = get_le(at + AT_VCPUS, 4);

	if (get_le(at + AT_BASE, 8) != k->region.base || vcpus > k->vcpus)
		return false;
	for (uint32_t i = 0; i < vcpus; i++) {
		uint64_t ipa = get_le(at + AT_VCPU + (size_t)i * VCPU_SIZE, 8);

		if (ipa != PVTIME_KVM_IPA_NONE && ipa != pvtime_region_ipa(&k->region, i))
			return false;
	}
	return true;
}

static int restore_bitmap(int vcpu_fd, const uint8_t *at)
{
	uint64_t saved = get_le(at + AT_BITMAP, 8);

	if (!get_le(at + AT_KNOWS_BITMAP, 2))
		return 0;
	int err = pvtk_set_bitmap(vcpu_fd, saved);
	return err == -ENOENT && saved == BITMAP_PV_TIME ? 0 : err;
}

int pvtime_kvm_restore(struct pvtime_kvm *k, int vcpu_fd, const void *blob, size_t size)
{
	const uint8_t *at = blob;
	int err = check_form(at, size);

	if (!err && !fits(k, at))
		err = -EINVAL;
	if (!err && !same_rate(blob, size))
		err = -ERANGE;
	if (!err)
		err = restore_bitmap(vcpu_fd, at);
	if (err)
		return err;
	pvtime_kvm_reset(k);
	for (uint32_t i = 0; i < get_le(at + AT_VCPUS, 4); i++) {
		const uint8_t *vcpu = at + AT_VCPU + (size_t)i * VCPU_SIZE;

		if (get_le(vcpu, 8) != PVTIME_KVM_IPA_NONE)
			pvtk_store(k, i, get_le(vcpu + 8, 8));
	}
	return 0;
}
