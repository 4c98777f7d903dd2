/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm: the snapshot's bytes, the errors for any other bytes, and the bitmap of other
 * kernels.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <pvtime/kvm.h>
#include "lib/bytes.h"
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define BASE	0x90a0000u
#define VCPUS	3u
#define SIZE	(40u + 16u * VCPUS + 4u)
#define COUNTER 0x1122334455667788u

/*
 * Version 2, of a VM whose vCPUs 0 and 2 have addresses. Other versions of this library must read
 * it.
 */
static const char version_2[] = "PVTK\x02\x00"			   /* magic, version */
				"\x01\x00"			   /* the bitmap is known */
				"\x03\x00\x00\x00\xa0\xac\xb9\x03" /* vCPUs, 62500000 Hz */
				"\x00\x00\x0a\x09\x00\x00\x00\x00" /* base */
				"\x00\x00\x01\x00\x00\x00\x00\x00" /* size */
				"\x01\x00\x00\x00\x00\x00\x00\x00" /* bitmap */
				"\x00\x00\x0a\x09\x00\x00\x00\x00" /* vCPU 0 */
				"\x00\x00\x00\x00\x00\x00\x00\x00"
				"\xff\xff\xff\xff\xff\xff\xff\xff" /* vCPU 1: none */
				"\x00\x00\x00\x00\x00\x00\x00\x00"
				"\x80\x00\x0a\x09\x00\x00\x00\x00" /* vCPU 2 */
				"\x88\x77\x66\x55\x44\x33\x22\x11";
_Static_assert(sizeof(version_2) == SIZE - 4 + 1, "all but the checksum");

/* The map of a VMM: RAM, and a device directly behind the region. */
static const struct pvtime_range used[] = {{0x40000000, 0x10000000}, {BASE + 0x10000, 0x1000}};

static struct pvtime_kvm *create(unsigned vm, uint64_t base, uint32_t vcpus)
{
	const struct pvtime_range r = {base, pvtime_region_size(vcpus)};
	struct pvtime_kvm *k = NULL;

	pvtime_kvm_create(&k, FAKE_VM(vm), 1, &r, vcpus);
	pvtime_kvm_register(k);
	return k;
}

static uint64_t stolen(const struct pvtime_kvm *k, uint32_t index)
{
	uint64_t ns = 0;

	pvtime_kvm_vcpu_stolen_ns(k, index, &ns);
	return ns;
}

/* Gives the blob the checksum of its bytes. */
static void seal(uint8_t *blob, size_t size)
{
	put_le(blob + size - 4, 4, pvtime_crc32(blob, size - 4));
}

static void save(uint8_t blob[SIZE])
{
	struct pvtime_kvm *k = create(0, BASE, VCPUS);

	pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0));
	pvtime_kvm_vcpu_set(k, 2, FAKE_VCPU(0, 2));
	fake.run_delay = 0;
	fake_run(0, 2, COUNTER);
	fake.vms[0].slots[1].memory[64 + 8] =
		1; /* the guest can also write where no vCPU has its structure */
	tap_is_u64(pvtime_kvm_snapshot_size(k), SIZE, "the snapshot has its size");
	tap_is_i64(pvtime_kvm_save(k, blob, SIZE - 1), -ENOSPC,
		   "a save into one byte less than the size fails");
	tap_is_i64(pvtime_kvm_save(k, blob, SIZE), 0, "a VM is saved");
	tap_ok(memcmp(blob, version_2, SIZE - 4) == 0, "a VM is saved in the bytes of version 2");
	fake.vms[0].vcpus[2].ipa = BASE;
	tap_is_i64(pvtime_kvm_save(k, blob, SIZE), -ESTALE,
		   "a save fails if a vCPU has another's address by now");
	tap_ok(memcmp(blob, version_2, SIZE - 4) == 0,
	       "a save that fails leaves the bytes untouched");
	pvtime_kvm_destroy(k);
}

/* The error of each damage; and that nothing is restored then. */
static void test_damage(const uint8_t *good)
{
	struct pvtime_kvm *k = create(1, BASE, VCPUS);
	struct pvtime_range region;
	uint8_t blob[SIZE + 16] = {0};
	unsigned taken = 0;
	uint32_t vcpus;

	for (unsigned bit = 0; bit < 8 * SIZE; bit++) {
		memcpy(blob, good, SIZE);
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		int err = pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, SIZE);
		taken += err != -EBADMSG && err != -EPROTONOSUPPORT;
		taken += pvtime_kvm_snapshot_region(blob, SIZE, used, 2, 0, &region, &vcpus) != err;
	}
	tap_is_u64(taken, 0, "a snapshot with any one bit wrong is refused");
	taken = 0;
	memcpy(blob, good, SIZE);
	for (size_t size = 0; size < SIZE + 16; size++) {
		/* Of exactly that size, so that the sanitizer finds accesses beyond it. */
		uint8_t *cut = malloc(size);

		memcpy(cut, blob, size);
		taken += size != SIZE &&
			 pvtime_kvm_restore(k, FAKE_VCPU(1, 0), cut, size) != -EBADMSG;
		free(cut);
	}
	tap_is_u64(taken, 0, "a snapshot of any other length is refused");
	for (uint8_t version = 0; version <= 3; version += 3) {
		blob[4] = version;
		seal(blob, SIZE);
		tap_is_i64(pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, SIZE), -EPROTONOSUPPORT,
			   "a snapshot of version %u is refused as such", version);
	}
	tap_is_u64(stolen(k, 2), 0, "refused snapshots restore no counter");
	pvtime_kvm_destroy(k);
}

static void test_restore(const uint8_t *good)
{
	struct pvtime_range region = {0, 0};
	uint32_t vcpus = 0;

	tap_is_i64(pvtime_kvm_snapshot_region(good, SIZE, used, 2, 0, &region, &vcpus), 0,
		   "pvtime_kvm_snapshot_region() succeeds");
	tap_ok(region.base == BASE && region.size == 0x10000 && vcpus == VCPUS,
	       "pvtime_kvm_snapshot_region() gives the region and its vCPUs");
	struct pvtime_kvm *k = create(1, BASE, 5);
	pvtime_kvm_vcpu_set(k, 1, FAKE_VCPU(1, 1));
	fake_run(1, 1, 5);
	fake.vms[1].ran = false;
	tap_is_i64(pvtime_kvm_restore(k, FAKE_VCPU(1, 0), good, SIZE), 0,
		   "a VM with room for more vCPUs is restored");
	tap_is_u64(stolen(k, 2), COUNTER, "the restored vCPU has its counter");
	tap_is_u64(stolen(k, 1), 0, "a vCPU that was not saved has a counter of 0");
	pvtime_kvm_destroy(k);
	k = create(1, BASE + 0x10000, VCPUS);
	tap_is_i64(pvtime_kvm_restore(k, FAKE_VCPU(1, 0), good, SIZE), -EINVAL,
		   "a snapshot is not restored at another place");
	pvtime_kvm_destroy(k);
	k = create(1, BASE, VCPUS - 1);
	tap_is_i64(pvtime_kvm_restore(k, FAKE_VCPU(1, 0), good, SIZE), -EINVAL,
		   "a snapshot is not restored into a region with less room");
	pvtime_kvm_destroy(k);
}

/* Restores into a KVM whose bitmap is *now. Returns the error; *now is the bitmap afterwards. */
static int restore_bitmap(const uint8_t *good, uint64_t saved, bool known, uint64_t *now)
{
	struct pvtime_kvm *k = create(2, BASE, VCPUS);
	uint8_t blob[SIZE];

	memcpy(blob, good, SIZE);
	put_le(blob + 6, 2, known);
	put_le(blob + 32, 8, saved);
	seal(blob, SIZE);
	fake.vms[2].bitmap = *now;
	int err = pvtime_kvm_restore(k, FAKE_VCPU(2, 0), blob, SIZE);
	*now = fake.vms[2].bitmap;
	pvtime_kvm_destroy(k);
	return err;
}

static void test_bitmap(const uint8_t *good)
{
	uint64_t now = 3;
	uint8_t blob[SIZE];

	tap_is_i64(restore_bitmap(good, 1, true, &now), 0,
		   "a KVM with more calls restores the bitmap");
	tap_is_u64(now, 1, "a KVM with more calls offers those that were saved");
	now = 2;
	tap_is_i64(restore_bitmap(good, 0, false, &now), 0,
		   "a snapshot without a known bitmap is restored");
	tap_is_u64(now, 2, "a snapshot without a known bitmap leaves the bitmap alone");
	tap_is_i64(restore_bitmap(good, 3, true, &now), 0,
		   "a VM to which stolen time is denied is restored from one that had it");
	tap_is_u64(now, 2, "a restore does not undo a denial");
	now = 3;
	tap_is_i64(restore_bitmap(good, 2, true, &now), 0,
		   "a VM that has stolen time is restored from one to which it was denied");
	tap_is_u64(now, 2, "a VM to which stolen time was denied is restored without");
	now = 1;
	tap_is_i64(restore_bitmap(good, 3, true, &now), -EINVAL,
		   "a snapshot with a call that is switched off in the VM is refused");
	tap_is_u64(now, 1, "a snapshot that is refused leaves the bitmap alone");
	tap_is_i64(restore_bitmap(good, 1u << 7, true, &now), -EINVAL,
		   "a snapshot with a call that this KVM does not know is refused");
	tap_is_u64(now, 1, "a snapshot with an unknown call leaves the bitmap alone");
	fake.vms[2].ran = true;
	now = 3;
	tap_is_i64(restore_bitmap(good, 1, true, &now), -EBUSY,
		   "a VM that has run with more calls cannot be restored");
	now = 1;
	tap_is_i64(restore_bitmap(good, 1, true, &now), 0,
		   "a VM that has run with the same calls can be restored");
	now = 0;
	tap_is_i64(restore_bitmap(good, 1, true, &now), 0,
		   "a VM that has run while stolen time was denied can be restored");
	tap_is_u64(now, 0, "a VM that has run while stolen time was denied stays so");
	fake.no_bitmap = true;
	now = 1;
	tap_is_i64(restore_bitmap(good, 1, true, &now), 0,
		   "a KVM without a bitmap restores one of PV time alone");
	tap_is_i64(restore_bitmap(good, 3, true, &now), -ENOENT,
		   "a KVM without a bitmap refuses one with more than PV time");
	tap_is_i64(restore_bitmap(good, 0, true, &now), -ENOENT,
		   "a KVM without a bitmap refuses one without PV time");

	/* A snapshot of a KVM without a bitmap has the bitmap that this KVM behaves like. */
	struct pvtime_kvm *k = create(0, BASE, VCPUS);
	pvtime_kvm_vcpu_set(k, 1, FAKE_VCPU(0, 1));
	tap_is_i64(pvtime_kvm_save(k, blob, SIZE), 0, "a VM is saved by a KVM without a bitmap");
	tap_ok(get_le(blob + 6, 2) == 1 && get_le(blob + 32, 8) == 1,
	       "a KVM without a bitmap saves one of PV time alone");
	pvtime_kvm_destroy(k);
	k = create(1, BASE, VCPUS);
	fake.no_bitmap = false;
	tap_is_i64(pvtime_kvm_save(k, blob, SIZE), 0, "a VM without a vCPU is saved");
	tap_is_u64(get_le(blob + 6, 2), 0, "the bitmap of a VM without a vCPU is unknown");
	pvtime_kvm_destroy(k);
}

/*
 * Restores where the counter runs at `here` Hz. Returns the error; *saved is the frequency in the
 * blob.
 */
static int restore_at(const uint8_t *blob, uint32_t here, uint32_t *saved)
{
	struct pvtime_kvm *k = create(1, BASE, VCPUS);
	uint32_t before = fake.frequency;

	fake.frequency = here;
	int err = pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, SIZE);
	tap_is_u64(stolen(k, 2), err ? 0 : COUNTER,
		   "at %u Hz: a snapshot is restored completely, or not at all", here);
	tap_is_u64(pvtime_kvm_frequency(), here, "at %u Hz: this host's frequency is returned",
		   here);
	tap_is_i64(pvtime_kvm_snapshot_frequency(blob, SIZE, saved), 0,
		   "at %u Hz: the snapshot's frequency is returned", here);
	fake.frequency = before;
	pvtime_kvm_destroy(k);
	return err;
}

static void test_frequency(const uint8_t *good)
{
	uint8_t blob[SIZE];
	uint32_t saved = 1;

	tap_is_i64(restore_at(good, 62500000, &saved), 0,
		   "a host of the same frequency restores a snapshot");
	tap_is_u64(saved, 62500000, "the frequency of a snapshot is that where it was saved");
	tap_is_i64(restore_at(good, 100000000, &saved), -ERANGE,
		   "a host whose counter is faster refuses a snapshot");
	tap_is_i64(restore_at(good, 62499999, &saved), -ERANGE,
		   "a host whose counter is 1 Hz slower refuses a snapshot");
	tap_is_i64(restore_at(good, 0, &saved), 0,
		   "a host that does not know its own frequency restores a snapshot");
	memcpy(blob, good, SIZE);
	put_le(blob + 4, 2, 1);
	put_le(blob + 12, 4, 0);
	seal(blob, SIZE);
	tap_is_i64(restore_at(blob, 100000000, &saved), 0, "a snapshot of version 1 is still read");
	tap_is_u64(saved, 0, "the frequency of a snapshot of version 1 is not known");
	blob[20]++;
	saved = 5;
	tap_is_i64(pvtime_kvm_snapshot_frequency(blob, SIZE, &saved), -EBADMSG,
		   "a damaged snapshot has no frequency");
	tap_is_u64(saved, 5, "a damaged snapshot's frequency is not set");
}

int main(void)
{
	uint8_t good[SIZE];

	fake_start();
	save(good);
	test_damage(good);
	test_restore(good);
	test_bitmap(good);
	test_frequency(good);
	tap_ok(!fake_leak(), "nothing is leaked by any restore");
	return tap_done();
}
