/* SPDX-License-Identifier: BSD-2-Clause */
/* libpvtime-kvm: where the region goes, its memory, its slot. */
#include <errno.h>
#include <string.h>
#include <pvtime/kvm.h>
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define GRANULE 0x10000ull
#define RAM	0x40000000ull

static void test_find(void)
{
	/* RAM, and two devices with a hole of one granule between them. */
	const struct pvtime_range used[] = {
		{RAM, 1ull << 30}, {0x8000000, 0x18000}, {0x8030000, 0x1000}};
	struct pvtime_range r = {1, 2};

	tap_is_i64(pvtime_kvm_find(&r, 0x8000000, 4, used, 3, 0), 0,
		   "a place between devices is found");
	tap_ok(r.base == 0x8020000 && r.size == GRANULE,
	       "the place that is found shares no granule");
	tap_is_i64(pvtime_kvm_find(&r, 0x8000000, 1025, used, 3, 0), 0,
		   "a place for 1025 vCPUs is found");
	tap_ok(r.base == 0x8040000 && r.size == 2 * GRANULE,
	       "a hole that is too small for two granules is not used");
	tap_is_i64(pvtime_kvm_find(&r, RAM, 1, used, 3, 0), 0, "a place above the RAM is found");
	tap_is_u64(r.base, RAM + (1ull << 30), "the place above the RAM is the next that is free");
	tap_is_i64(pvtime_kvm_find(&r, RAM, 1, used, 1, 31), -EINVAL,
		   "an address space of 31 bits is refused");
	tap_is_i64(pvtime_kvm_find(&r, RAM, 1, used, 1, 53), -EINVAL,
		   "an address space of 53 bits is refused");
	tap_is_i64(pvtime_kvm_find(&r, 0, 0, used, 1, 0), -EINVAL,
		   "a region for 0 vCPUs is refused");
	tap_is_i64(pvtime_kvm_find(&r, (1ull << 40) - GRANULE, 1, NULL, 0, 0), 0,
		   "the last granule of 40 bits is found");
	tap_is_i64(pvtime_kvm_find(&r, 1ull << 40, 1, NULL, 0, 0), -ENOSPC,
		   "nothing is found beyond 40 bits");
	tap_is_i64(pvtime_kvm_find(&r, 1ull << 40, 1, NULL, 0, 48), 0,
		   "a VM of 48 bits has room beyond 40 bits");
	tap_is_i64(pvtime_kvm_find(&r, 1ull << 32, 1, NULL, 0, 32), -ENOSPC,
		   "a VM of 32 bits has no room beyond 32 bits");
}

static void test_place(void)
{
	const struct pvtime_range used[] = {{RAM, GRANULE}};
	struct pvtime_range r;

	tap_is_i64(pvtime_kvm_place(&r, RAM + GRANULE, 8, used, 1, 0), 0,
		   "a place directly behind the RAM is accepted");
	tap_is_u64(r.base, RAM + GRANULE, "the accepted place is the one that was asked for");
	tap_is_i64(pvtime_kvm_place(&r, RAM, 8, used, 1, 0), -EBUSY,
		   "a place in the RAM is refused");
	tap_is_i64(pvtime_kvm_place(&r, RAM + 4096, 8, used, 1, 0), -EINVAL,
		   "a place inside a granule is refused");
	tap_is_i64(pvtime_kvm_place(&r, 1ull << 41, 8, used, 1, 0), -ENOSPC,
		   "a place beyond the address space is refused");
	tap_is_i64(pvtime_kvm_place(&r, 1ull << 41, 8, used, 1, 99), -EINVAL,
		   "an address space of 99 bits is refused");
}

/* Regions that the planner would not make are refused. */
static void test_create(void)
{
	static const struct {
		struct pvtime_range region;
		uint32_t vcpus;
		const char *what;
	} bad[] = {
		{{RAM, GRANULE}, 0, "for no vCPU"},
		{{RAM, GRANULE}, 1025, "that is too small"},
		{{RAM, 2 * GRANULE}, 1024, "that is too large"},
		{{RAM, 4096}, 1, "of a page"},
		{{RAM + 4096, GRANULE}, 1, "that begins inside a granule"},
		{{1ull << 63, GRANULE}, 1, "whose address the guest would take for an error"},
	};
	const struct pvtime_range region = {RAM, GRANULE};
	struct pvtime_kvm *k = NULL;
	uint64_t ns;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_is_i64(pvtime_kvm_create(&k, FAKE_VM(0), 1, &bad[i].region, bad[i].vcpus),
			   -EINVAL, "a region %s is refused", bad[i].what);
	tap_ok(!k && !fake_leak(), "a region that is refused leaves nothing");
	tap_is_i64(pvtime_kvm_create(&k, FAKE_VM(0), 1, &region, 1024), 0,
		   "a valid region is created");
	tap_is_i64(pvtime_kvm_vcpu_stolen_ns(k, 1023, &ns), 0,
		   "the region's last counter can be read");
	tap_is_u64(ns, 0, "the region's last counter is 0");
	tap_is_i64(pvtime_kvm_vcpu_stolen_ns(k, 1024, &ns), -EINVAL,
		   "a counter behind the region's last is refused");
	tap_is_i64(pvtime_kvm_destroy(k), 0, "a region that was not registered is destroyed");
	tap_is_i64(pvtime_kvm_destroy(NULL), 0, "destroying NULL succeeds");
}

static void test_slot(void)
{
	const struct pvtime_range region = {RAM, GRANULE};
	struct pvtime_kvm *k, *other;
	const struct fake_slot *slot = &fake.vms[0].slots[3];

	pvtime_kvm_create(&k, FAKE_VM(0), 3, &region, 4);
	tap_is_i64(pvtime_kvm_unregister(k), 0,
		   "unregistering a region that is not registered succeeds");
	tap_is_i64(pvtime_kvm_register(k), 0, "the region is registered");
	tap_ok(slot->base == RAM && slot->size == GRANULE,
	       "the region is in the slot that was given");
	unsigned calls = fake.calls;
	tap_is_i64(pvtime_kvm_register(k), 0, "a registered region can be registered again");
	tap_is_u64(fake.calls, calls, "registering again makes no call");
	pvtime_kvm_create(&other, FAKE_VM(0), 2, &region, 4);
	tap_is_i64(pvtime_kvm_register(other), -EEXIST,
		   "another region at the same place is refused");
	tap_is_i64(pvtime_kvm_destroy(other), 0, "the region that was not registered is destroyed");
	tap_is_u64(slot->size, GRANULE, "the slot of the registered region is still there");
	fake.fail_at = fake.calls + 1;
	fake.fail_error = ENOMEM;
	tap_is_i64(pvtime_kvm_destroy(k), -ENOMEM,
		   "destroying a region fails if KVM keeps its slot");
	tap_is_u64(fake.maps, 1, "a region whose slot KVM keeps has its memory");
	tap_is_i64(pvtime_kvm_destroy(k), 0,
		   "destroying a region succeeds when KVM gives up its slot");
	tap_ok(!fake_leak(), "nothing is leaked by the regions that were destroyed");
}

int main(void)
{
	fake_start();
	test_find();
	test_place();
	test_create();
	test_slot();
	return tap_done();
}
