/* SPDX-License-Identifier: BSD-2-Clause */
/* The vCPU attribute: each error of R-10, and which comes first where several apply. */
#include <pvtime/host.h>
#include "tests/tap.h"

static const struct pvtime_range memory[] = {
	{0x090a0000, 0x10000},
	{0x40000000, 0x1000020}, /* ends within a structure */
	{0x50000000, 0},
	{0x60000000, 32},
	{0xFFFFFFFFFFFF0000, 0x20000}, /* passes 2^64 */
	{0x7FFFFFFFFFFF0000, 0x20000}, /* passes 2^63 */
};

static struct pvtime_vcpu a, b, c, off;
static const struct pvtime_vcpu *const vcpus[] = {&a, NULL, &b, &off};
static const struct pvtime_vm vm = {memory, sizeof(memory) / sizeof(memory[0]), vcpus, 4};

static int set(struct pvtime_vcpu *v, uint64_t base)
{
	return pvtime_attr_set(v, &base, &vm);
}

static void init(void)
{
	pvtime_vcpu_init(&a, PVTIME_DIALECT_1_0, 62500000, 0);
	pvtime_vcpu_init(&b, PVTIME_DIALECT_BETA2, 62500000, 0);
	pvtime_vcpu_init(&c, PVTIME_DIALECT_1_0, 62500000, 0);
	pvtime_vcpu_init(&off, PVTIME_DIALECT_OFF, 62500000, 0);
}

static void check_has_get(void)
{
	uint64_t base = 1;

	tap_is_i64(pvtime_attr_has(&a), PVTIME_OK, "has: 1.0");
	tap_is_i64(pvtime_attr_has(&b), PVTIME_OK, "has: beta-2");
	tap_is_i64(pvtime_attr_has(&off), PVTIME_ENXIO, "has: off");
	tap_is_i64(pvtime_attr_get(&off, &base), PVTIME_ENXIO, "get: off");
	tap_is_i64(pvtime_attr_get(&off, NULL), PVTIME_ENXIO, "get: ENXIO before EFAULT");
	tap_is_i64(pvtime_attr_get(&a, NULL), PVTIME_EFAULT, "get: nowhere to write");
	tap_is_u64(base, 1, "get: an error writes nothing");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK, "get: none is set");
	tap_is_u64(base, PVTIME_IPA_NONE, "get: says so");
}

static void check_order(void)
{
	uint64_t base;

	tap_is_i64(pvtime_attr_set(&off, NULL, &vm), PVTIME_ENXIO, "set: ENXIO before EFAULT");
	tap_is_i64(set(&off, 0x090a0000), PVTIME_ENXIO, "set: off, with a good base");
	tap_is_i64(set(&off, 0x090a0001), PVTIME_ENXIO, "set: ENXIO before alignment");
	tap_is_i64(pvtime_attr_set(&a, NULL, &vm), PVTIME_EFAULT, "set: nothing could be read");
	tap_is_i64(set(&a, 0x090a0020), PVTIME_EINVAL, "set: 32-byte aligned");
	tap_is_i64(set(&a, 0x090a0001), PVTIME_EINVAL, "set: odd");
	tap_is_i64(set(&a, PVTIME_IPA_NONE), PVTIME_EINVAL, "set: what stands for none");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK, "after these errors");
	tap_is_u64(base, PVTIME_IPA_NONE, "nothing is set");
	tap_is_i64(set(&a, 0x090a0040), PVTIME_OK, "set: a good one");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK, "get: one is set");
	tap_is_u64(base, 0x090a0040, "get: this one");
	tap_is_i64(pvtime_attr_set(&a, NULL, &vm), PVTIME_EFAULT, "again: EFAULT before EEXIST");
	tap_is_i64(set(&a, 0x090a0041), PVTIME_EINVAL, "again: alignment before EEXIST");
	tap_is_i64(set(&a, 0x090a0040), PVTIME_EEXIST, "again: EEXIST, even the same");
	tap_is_i64(set(&a, 0x20000000), PVTIME_EEXIST, "again: EEXIST before being outside");
	tap_is_i64(set(&b, 0x090a0040), PVTIME_EINVAL, "another vCPU's structure");
	tap_is_i64(set(&b, 0x090a0080), PVTIME_OK, "the one beside it");
	tap_is_i64(set(&c, 0x090a0080), PVTIME_EINVAL,
		   "a vCPU that is not in the list is refused as well");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK, "after all of it");
	tap_is_u64(base, 0x090a0040, "the first address stands");
}

static void check_bounds(void)
{
	static const struct {
		uint64_t base;
		int want;
		const char *what;
	} cases[] = {
		{0x0909FFC0, PVTIME_EINVAL, "just below"},
		{0x090a0000, PVTIME_OK, "first"},
		{0x090AFFC0, PVTIME_OK, "last"},
		{0x090B0000, PVTIME_EINVAL, "just above"},
		{0x40FFFFC0, PVTIME_OK, "last whole one of a range that ends within one"},
		{0x41000000, PVTIME_EINVAL, "half inside"},
		{0x50000000, PVTIME_EINVAL, "empty range"},
		{0x60000000, PVTIME_EINVAL, "range that is too small"},
		{0, PVTIME_EINVAL, "no memory at 0"},
		{0x7FFFFFFFFFFFFFC0, PVTIME_OK, "last that an int64 can return"},
		{0x8000000000000000, PVTIME_EINVAL, "would be negative in x0, though in memory"},
		{0xFFFFFFFFFFFFFFC0, PVTIME_EINVAL, "top of 64 bits"},
	};
	static const struct pvtime_vm nothing = {NULL, 0, NULL, 0};
	uint64_t base = 0x090a0000;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		tap_is_i64(set(&a, cases[i].base), cases[i].want, "bounds: %s", cases[i].what);
	}
	init();
	tap_is_i64(pvtime_attr_set(&a, &base, &nothing), PVTIME_EINVAL, "a VM without memory");
}

int main(void)
{
	init();
	check_has_get();
	check_order();
	check_bounds();
	return tap_done();
}
