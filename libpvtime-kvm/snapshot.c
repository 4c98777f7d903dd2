/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Save and restore. blob.c has the blob's bytes. A blob may come from anywhere. All that a forged
 * one can do is set counters, which the guest can do itself, deny stolen time to the VM, and ask
 * for a region, which the VMM's map must allow.
 */
#include <errno.h>
#include "libpvtime-kvm/blob.h"
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

size_t pvtime_kvm_snapshot_size(const struct pvtime_kvm *k)
{
	return pvtk_blob_size(k->vcpus);
}

/*
 * Get the VM's bitmap through any of its vCPUs, and whether it is known. A KVM without that
 * register offers the calls that existed before the register did, which of these calls is PV time
 * only.
 */
static int save_bitmap(const struct pvtime_kvm *k, struct pvtk_blob *saved)
{
	for (uint32_t i = 0; i < k->vcpus; i++) {
		if (k->vcpu_fd[i] == NO_FD)
			continue;
		int err = pvtk_get_bitmap(k->vcpu_fd[i], &saved->bitmap);
		if (err == -ENOENT) {
			saved->bitmap = BITMAP_PV_TIME;
			err = 0;
		}
		saved->knows_bitmap = !err;
		return err;
	}
	return 0;
}

/*
 * The vCPU's counter: the total, if KVM keeps it. A total of 0 may mean that the vCPU has not run
 * since it was restored, and so that KVM has not looked at the structure yet.
 */
static int save_counter(const struct pvtime_kvm *k, uint32_t index, uint64_t *ns)
{
	int err = pvtk_get_total(k->vcpu_fd[index], ns);

	if (err && err != -ENXIO)
		return err;
	if (err || *ns == 0)
		*ns = pvtk_load(k, index);
	return 0;
}

static int save_vcpu(const struct pvtime_kvm *k, void *blob, uint32_t index)
{
	uint64_t ipa = PVTIME_KVM_IPA_NONE, ns = 0;

	if (k->vcpu_fd[index] != NO_FD) {
		int err = pvtime_kvm_vcpu_check(k, index);

		if (!err)
			err = save_counter(k, index, &ns);
		if (err)
			return err;
		ipa = pvtime_region_ipa(&k->region, index);
	}
	pvtk_blob_write_vcpu(blob, index, ipa, ns);
	return 0;
}

int pvtime_kvm_save(const struct pvtime_kvm *k, void *blob, size_t size)
{
	struct pvtk_blob saved = {
		.region = k->region,
		.vcpus = k->vcpus,
		.frequency = pvtk_frequency(),
	};

	if (size < pvtk_blob_size(k->vcpus))
		return -ENOSPC;
	int err = save_bitmap(k, &saved);
	for (uint32_t i = 0; i < k->vcpus && !err; i++)
		err = save_vcpu(k, blob, i);
	if (err)
		return err;
	pvtk_blob_write(blob, &saved);
	pvtk_blob_seal(blob, k->vcpus);
	return 0;
}

int pvtime_kvm_snapshot_region(const void *blob, size_t size, const struct pvtime_range *used,
			       size_t n, unsigned ipa_bits, struct pvtime_range *region,
			       uint32_t *vcpus)
{
	struct pvtk_blob saved;
	int err = pvtk_blob_read(&saved, blob, size);

	if (!err)
		err = pvtime_kvm_place(region, saved.region.base, saved.vcpus, used, n, ipa_bits);
	if (!err)
		*vcpus = saved.vcpus;
	return err;
}

uint32_t pvtime_kvm_frequency(void)
{
	return pvtk_frequency();
}

int pvtime_kvm_snapshot_frequency(const void *blob, size_t size, uint32_t *hz)
{
	struct pvtk_blob saved;
	int err = pvtk_blob_read(&saved, blob, size);

	if (!err)
		*hz = saved.frequency;
	return err;
}

/* Whether the counter has the same frequency here. An unknown frequency counts as the same. */
static bool same_rate(const struct pvtk_blob *saved)
{
	uint32_t here = pvtk_frequency();

	return here == 0 || saved->frequency == 0 || here == saved->frequency;
}

/*
 * The VM offers a call only if the saved VM did and the VM does now. The VMM may have denied stolen
 * time to the VM; no other call may be missing.
 */
static int restore_bitmap(int vcpu_fd, const struct pvtk_blob *saved)
{
	uint64_t now;

	if (!saved->knows_bitmap)
		return 0;
	int err = pvtk_get_bitmap(vcpu_fd, &now);
	if (err == -ENOENT && saved->bitmap == BITMAP_PV_TIME)
		return 0;
	if (err)
		return err;
	if (saved->bitmap & ~now & ~BITMAP_PV_TIME)
		return -EINVAL;
	return now & ~saved->bitmap ? pvtk_set_bitmap(vcpu_fd, now & saved->bitmap) : 0;
}

int pvtime_kvm_restore(struct pvtime_kvm *k, int vcpu_fd, const void *blob, size_t size)
{
	struct pvtk_blob saved;
	int err = pvtk_blob_read(&saved, blob, size);

	if (!err && (saved.region.base != k->region.base || saved.vcpus > k->vcpus))
		err = -EINVAL;
	if (!err && !same_rate(&saved))
		err = -ERANGE;
	if (!err)
		err = restore_bitmap(vcpu_fd, &saved);
	if (err)
		return err;
	pvtime_kvm_reset(k);
	for (uint32_t i = 0; i < saved.vcpus; i++)
		pvtk_store(k, i, pvtk_blob_counter(blob, i));
	return 0;
}
