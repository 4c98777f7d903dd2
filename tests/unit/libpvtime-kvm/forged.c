/* SPDX-License-Identifier: BSD-2-Clause */
/* libpvtime-kvm: snapshots that somebody has forged, with a correct checksum. */
#include <errno.h>
#include <string.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"
#include "tests/unit/libpvtime-kvm/forged.h"

/* A snapshot of a VM whose vCPUs 0 and 2 have addresses. */
static void save(uint8_t blob[SIZE])
{
	struct pvtime_kvm *k = create(0, BASE, VCPUS);

	pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0));
	pvtime_kvm_vcpu_set(k, 2, FAKE_VCPU(0, 2));
	fake_run(0, 0, 4711);
	pvtime_kvm_save(k, blob, SIZE);
	pvtime_kvm_destroy(k);
}

/* All functions that read a snapshot. Returns their error, or a positive number if they differ. */
static int read_all(const uint8_t *blob, size_t size)
{
	struct pvtime_range region = {1, 2};
	struct pvtime_kvm *k = create(1, BASE, 4);
	uint32_t vcpus = 3, hz = 4;
	int err = pvtime_kvm_snapshot_region(blob, size, used, USED, 0, &region, &vcpus);
	int second = pvtime_kvm_snapshot_frequency(blob, size, &hz);
	int third = pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, size);

	pvtime_kvm_destroy(k);
	if (err && (region.base != 1 || region.size != 2 || vcpus != 3))
		return 1;
	if (second && hz != 4)
		return 2;
	return err == second && err == third ? err : 3;
}

/* Fields of which every other value is refused by every function. */
static void test_fields(const uint8_t *good)
{
	static const struct {
		unsigned at, bytes;
		uint64_t value;
		const char *what;
	} forged[] = {
		{FLAGS, 2, 2, "with a flag of 2"},
		{FLAGS, 2, 0x101, "with a reserved bit in its flag"},
		{FLAGS, 2, 0, "with an unknown bitmap that is not 0"},
		{VERSION, 2, 1, "of version 1 whose reserved bytes are not 0"},
		{COUNT, 4, 0, "of no vCPU"},
		{COUNT, 4, VCPUS + 1, "of more vCPUs than it has"},
		{COUNT, 4, UINT32_MAX, "of 2^32 - 1 vCPUs"},
		{AT_BASE, 8, BASE + 4096, "whose region begins inside a granule"},
		{AT_BASE, 8, BASE + GRANULE, "whose region is not where its vCPUs' addresses are"},
		{AT_SIZE, 8, 0, "whose region is empty"},
		{AT_SIZE, 8, 2 * GRANULE, "whose region is larger than its vCPUs need"},
		{VCPU + 16, 8, BASE, "in which a vCPU has another's address"},
		{VCPU + 32, 8, RAM, "in which a vCPU has an address outside the region"},
		{VCPU + 16 + 8, 8, 1, "in which a vCPU has a counter and no address"},
	};
	uint8_t blob[SIZE];

	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		memcpy(blob, good, SIZE);
		put_le(blob + forged[i].at, forged[i].bytes, forged[i].value);
		seal(blob, SIZE);
		tap_is_i64(read_all(blob, SIZE), -EBADMSG, "a snapshot %s is refused",
			   forged[i].what);
	}
	memcpy(blob, good, SIZE);
	put_le(blob + BITMAP, 8, 0);
	for (unsigned flags = 0; flags <= 2; flags++) {
		put_le(blob + FLAGS, 2, flags);
		seal(blob, SIZE);
		tap_is_i64(read_all(blob, SIZE), flags > 1 ? -EBADMSG : 0,
			   "a snapshot with a bitmap of 0 and a flag of %u is %s", flags,
			   flags > 1 ? "refused" : "accepted");
	}
	seal(memcpy(blob, good, SIZE), SIZE);
	tap_is_i64(read_all(blob, SIZE), 0, "a snapshot that was not changed is accepted");
}

/* A region that is consistent in itself, at a place of the forger's choice. */
static void move(uint8_t *blob, uint64_t base)
{
	put_le(blob + AT_BASE, 8, base);
	put_le(blob + VCPU, 8, base);
	put_le(blob + VCPU + 32, 8, base + 128);
	seal(blob, SIZE);
}

static void test_places(const uint8_t *good)
{
	static const struct {
		uint64_t base;
		int err;
		const char *what;
	} places[] = {
		{RAM, -EBUSY, "at the begin of RAM"},
		{RAM + (1ull << 30) - GRANULE, -EBUSY, "at the end of RAM"},
		{RAM + (1ull << 30), 0, "directly behind RAM"},
		{0x8000000, -EBUSY, "over the GIC"},
		{0x9000000, -EBUSY, "in a granule with a UART"},
		{0, -EBUSY, "over flash, at address 0"},
		{LIMIT - GRANULE, 0, "in the last granule of the address space"},
		{LIMIT, -ENOSPC, "directly behind the address space"},
		{(1ull << 63) - GRANULE, -ENOSPC, "below 2^63"},
		{1ull << 63, -ENOSPC, "at an address that the guest would take for an error"},
		{0 - GRANULE, -ENOSPC, "in the last granule of 64 bits"},
	};
	uint8_t blob[SIZE];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct pvtime_range region = {1, 2};
		uint32_t vcpus = 3;

		move(memcpy(blob, good, SIZE), places[i].base);
		tap_is_i64(pvtime_kvm_snapshot_region(blob, SIZE, used, USED, 0, &region, &vcpus),
			   places[i].err, "a region %s is %s", places[i].what,
			   places[i].err ? "refused" : "accepted");
		tap_is_u64(region.base, places[i].err ? 1 : places[i].base, "a region %s is %s",
			   places[i].what, places[i].err ? "not returned" : "returned");
	}
	struct pvtime_range region;
	uint32_t vcpus;
	move(memcpy(blob, good, SIZE), LIMIT);
	tap_is_i64(pvtime_kvm_snapshot_region(blob, SIZE, used, USED, 48, &region, &vcpus), 0,
		   "a VM with 48 bits of addresses has room where one with 40 bits has not");
	tap_is_i64(pvtime_kvm_snapshot_region(blob, SIZE, used, USED, 53, &region, &vcpus), -EINVAL,
		   "an address space of 53 bits is refused");
}

/* A guest can write any number into its structure, and its VM can still be saved and restored. */
static void test_counters(void)
{
	static const uint64_t numbers[] = {0, 1, 1ull << 63, UINT64_MAX};
	uint8_t blob[SIZE];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct pvtime_kvm *k = create(0, BASE, VCPUS);
		uint64_t ns = 5;

		fake.vms[0].vcpus[0].ipa = NONE;
		pvtime_kvm_vcpu_set(k, 0, FAKE_VCPU(0, 0));
		memcpy(fake.vms[0].slots[1].memory + 8, &numbers[i], 8);
		int err = pvtime_kvm_save(k, blob, SIZE);
		pvtime_kvm_destroy(k);
		k = create(1, BASE, VCPUS);
		tap_is_i64(err ? err : pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, SIZE), 0,
			   "a VM whose guest wrote %016llx is saved and restored",
			   (unsigned long long)numbers[i]);
		pvtime_kvm_vcpu_stolen_ns(k, 0, &ns);
		tap_is_u64(ns, numbers[i], "the number that the guest wrote is restored");
		pvtime_kvm_destroy(k);
	}
}

int main(void)
{
	uint8_t good[SIZE];

	fake_start();
	save(good);
	test_fields(good);
	test_places(good);
	test_counters();
	return tap_done();
}
