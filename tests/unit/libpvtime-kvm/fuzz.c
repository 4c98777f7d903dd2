/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpvtime-kvm: random snapshots with a correct checksum. Each is refused by a documented error,
 * or does no harm: its region has room in the VMM's map, it restores the counters that it
 * has and no other memory, and it switches no call on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"
#include "tests/unit/libpvtime-kvm/forged.h"

static uint64_t random_state = 1;

/* xorshift64*: the same numbers in each run. */
static uint64_t random_u64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dull;
}

static uint64_t below(uint64_t n)
{
	return random_u64() % n;
}

/* A number at which code might go wrong: the map's edges, powers of 2, or any other. */
static uint64_t number(void)
{
	const uint64_t near = below(5) * GRANULE - 2 * GRANULE;

	switch (below(6)) {
	case 0:
		return below(8);
	case 1:
		return (1ull << below(64)) + below(3) - 1;
	case 2:
		return used[below(USED)].base + near;
	case 3:
		return (below(2) ? BASE : 1ull << below(64)) + near;
	case 4:
		return 0 - below(4) * GRANULE;
	default:
		return random_u64();
	}
}

/* A snapshot for up to 5 vCPUs, with up to 4 changes. Returns its size; free() frees it. */
static size_t forge(uint8_t **out)
{
	const uint32_t vcpus = (uint32_t)below(6);
	const size_t size = 40 + 16 * vcpus + 4;
	const uint64_t base = below(2) ? BASE : number() & ~(GRANULE - 1);
	uint8_t *blob = calloc(1, size);

	memcpy(blob, "PVTK", 4);
	put_le(blob + VERSION, 2, 2);
	put_le(blob + FLAGS, 2, below(2));
	put_le(blob + COUNT, 4, vcpus);
	put_le(blob + FREQUENCY, 4, below(4) ? fake.frequency : 0);
	put_le(blob + AT_BASE, 8, base);
	put_le(blob + AT_SIZE, 8, pvtime_region_size(vcpus));
	put_le(blob + BITMAP, 8, blob[FLAGS] ? below(4) : 0);
	for (uint32_t i = 0; i < vcpus; i++) {
		bool none = below(4) == 0;

		put_le(blob + VCPU + 16 * i, 8, none ? NONE : base + 64 * i);
		put_le(blob + VCPU + 16 * i + 8, 8, none ? 0 : number());
	}
	for (uint64_t changes = below(5); changes && below(3) == 0; changes--) {
		const unsigned bytes = 1u << below(4);

		put_le(blob + below(size / bytes) * bytes, bytes, number());
	}
	seal(blob, size);
	*out = blob;
	return size;
}

/* Whether two ranges have a granule in common. 128 bits, so that no sum wraps. */
static bool share(const struct pvtime_range *a, const struct pvtime_range *b)
{
	typedef unsigned __int128 u128;

	return a->size && b->size &&
	       a->base / GRANULE < ((u128)b->base + b->size + GRANULE - 1) / GRANULE &&
	       b->base / GRANULE < ((u128)a->base + a->size + GRANULE - 1) / GRANULE;
}

/* What is wrong with a region that was accepted; NULL: nothing. */
static const char *wrong_region(const struct pvtime_range *region, uint32_t vcpus)
{
	for (size_t i = 0; i < USED; i++)
		if (share(region, &used[i]))
			return "a region shares a granule with the VMM's map";
	if (region->base % GRANULE || region->base >= LIMIT || region->size > LIMIT - region->base)
		return "a region is not aligned, or not in the address space";
	return !vcpus || region->size != (64ull * vcpus + GRANULE - 1) / GRANULE * GRANULE
		       ? "a region has a wrong size"
		       : NULL;
}

static bool known(int err, const int *errors)
{
	for (; *errors; errors++)
		if (err == *errors)
			return true;
	return err == 0;
}

/* Restores into a VM at `base`, with its bitmap at `bitmap`. Returns what is wrong, or NULL. */
static const char *wrong_restore(const uint8_t *blob, size_t size, uint64_t base, uint64_t bitmap)
{
	static const int errors[] = {-EBADMSG, -EPROTONOSUPPORT, -EINVAL, -ERANGE, 0};
	struct pvtime_kvm *k = create(1, base, 4);
	const char *wrong = NULL;

	fake.vms[1].bitmap = bitmap;
	memset(fake.vms[1].slots[1].memory, 0x5a, 4 * 64);
	memset(fake.vms[1].slots[1].memory + 4 * 64, 0xa5, 64);
	int err = pvtime_kvm_restore(k, FAKE_VCPU(1, 0), blob, size);
	if (fake.vms[1].bitmap & ~bitmap)
		wrong = "a restore has switched a call on";
	if (err && fake.vms[1].bitmap != bitmap)
		wrong = "a restore that failed has changed the bitmap";
	if (!known(err, errors))
		wrong = "a restore has failed with an error that is not documented";
	for (uint32_t i = 0; i < 5; i++) {
		uint64_t ns, mine = i < 4 ? 0x5a5a5a5a5a5a5a5a : 0xa5a5a5a5a5a5a5a5;

		memcpy(&ns, fake.vms[1].slots[1].memory + 64 * i + 8, 8);
		if (!err && i < 4)
			mine = i < (size - 44) / 16 ? get_le(blob + VCPU + 16 * i + 8, 8) : 0;
		if (ns != mine)
			wrong = "a counter is neither what was saved nor untouched";
	}
	pvtime_kvm_destroy(k);
	return wrong;
}

static void test_random(void)
{
	static const int errors[] = {-EBADMSG, -EPROTONOSUPPORT, -EBUSY, -ENOSPC, 0};
	unsigned seen[5] = {0};
	const char *wrong = NULL;
	unsigned n;

	for (n = 0; n < 20000 && !wrong; n++) {
		struct pvtime_range region = {1, 2};
		uint32_t vcpus = 3;
		uint8_t *blob;
		const size_t size = forge(&blob);
		int err = pvtime_kvm_snapshot_region(blob, size, used, USED, 0, &region, &vcpus);

		for (unsigned i = 0; i < 5; i++)
			seen[i] += err == errors[i];
		if (!known(err, errors))
			wrong = "a region is refused with an error that is not documented";
		else if (err)
			wrong = region.base != 1 || region.size != 2 || vcpus != 3
					? "a region that was refused is returned"
					: NULL;
		else
			wrong = wrong_region(&region, vcpus);
		if (!wrong)
			wrong = wrong_restore(blob, size, err ? BASE : region.base, below(4));
		free(blob);
	}
	tap_ok(!wrong, "%u random snapshots are refused or harmless; error found: %s", n,
	       wrong ? wrong : "none");
	tap_ok(!fake_leak(), "random snapshots leave nothing behind");
	tap_ok(seen[0] > 500 && seen[1] > 50 && seen[2] > 500 && seen[3] > 500 && seen[4] > 2000,
	       "each result is frequent: EBADMSG %u, EPROTONOSUPPORT %u, EBUSY %u, ENOSPC %u, success %u",
	       seen[0], seen[1], seen[2], seen[3], seen[4]);
}

int main(void)
{
	fake_start();
	test_random();
	return tap_done();
}
