/* SPDX-License-Identifier: BSD-2-Clause */
/* The vCPU attribute: each error of R-10, and which comes first where several apply. */
#include <pvtime/linux_attr.h>
#include "tests/tap.h"

static const struct pvtime_range memory[] = {
	{0x090a0000, 0x10000},
	{0x40000000, 0x1000020}, /* ends within a structure */
	{0x50000000, 0},
	{0x60000000, 32},
	{0xFFFFFFFFFFFF0000, 0x20000}, /* passes 2^64 */
	{0x7FFFFFFFFFFF0000, 0x20000}, /* passes 2^63 */
};

static struct pvtime_view a, b, c, off;
static const struct pvtime_view *const views[] = {&a, NULL, &b, &off};
static const struct pvtime_vm vm = {memory, sizeof(memory) / sizeof(memory[0]), views, 4};

static int set(struct pvtime_view *view, uint64_t base)
{
	return pvtime_attr_set(view, &base, &vm);
}

static void init(void)
{
	pvtime_view_init(&a, PVTIME_DIALECT_1_0);
	pvtime_view_init(&b, PVTIME_DIALECT_BETA2);
	pvtime_view_init(&c, PVTIME_DIALECT_1_0);
	pvtime_view_init(&off, PVTIME_DIALECT_OFF);
}

static void check_has_get(void)
{
	uint64_t base = 1;

	tap_is_i64(pvtime_attr_has(&a), PVTIME_OK, "pvtime_attr_has() succeeds in dialect 1.0");
	tap_is_i64(pvtime_attr_has(&b), PVTIME_OK, "pvtime_attr_has() succeeds in dialect beta-2");
	tap_is_i64(pvtime_attr_has(&off), PVTIME_ENXIO,
		   "pvtime_attr_has() returns ENXIO if stolen time is off");
	tap_is_i64(pvtime_attr_get(&off, &base), PVTIME_ENXIO,
		   "pvtime_attr_get() returns ENXIO if stolen time is off");
	tap_is_i64(pvtime_attr_get(&off, NULL), PVTIME_ENXIO,
		   "pvtime_attr_get() returns ENXIO before EFAULT");
	tap_is_i64(pvtime_attr_get(&a, NULL), PVTIME_EFAULT,
		   "pvtime_attr_get() returns EFAULT if it has nowhere to write");
	tap_is_u64(base, 1, "pvtime_attr_get() writes nothing on an error");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK,
		   "pvtime_attr_get() succeeds if no address is set");
	tap_is_u64(base, PVTIME_IPA_NONE,
		   "pvtime_attr_get() returns PVTIME_IPA_NONE if no address is set");
}

static void check_order(void)
{
	uint64_t base;

	tap_is_i64(pvtime_attr_set(&off, NULL, &vm), PVTIME_ENXIO,
		   "pvtime_attr_set() returns ENXIO before EFAULT");
	tap_is_i64(set(&off, 0x090a0000), PVTIME_ENXIO,
		   "pvtime_attr_set() returns ENXIO for a good base if stolen time is off");
	tap_is_i64(set(&off, 0x090a0001), PVTIME_ENXIO,
		   "pvtime_attr_set() returns ENXIO before EINVAL for a base that is not aligned");
	tap_is_i64(pvtime_attr_set(&a, NULL, &vm), PVTIME_EFAULT,
		   "pvtime_attr_set() returns EFAULT if nothing could be read");
	tap_is_i64(set(&a, 0x090a0020), PVTIME_EINVAL,
		   "a base that is aligned to 32 bytes is refused");
	tap_is_i64(set(&a, 0x090a0001), PVTIME_EINVAL, "an odd base is refused");
	tap_is_i64(set(&a, PVTIME_IPA_NONE), PVTIME_EINVAL, "the base PVTIME_IPA_NONE is refused");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK,
		   "pvtime_attr_get() succeeds after refused bases");
	tap_is_u64(base, PVTIME_IPA_NONE, "a refused base sets no address");
	tap_is_i64(set(&a, 0x090a0040), PVTIME_OK, "a good base is accepted");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK,
		   "pvtime_attr_get() succeeds if an address is set");
	tap_is_u64(base, 0x090a0040, "pvtime_attr_get() returns the address that was set");
	tap_is_i64(pvtime_attr_set(&a, NULL, &vm), PVTIME_EFAULT,
		   "a second pvtime_attr_set() returns EFAULT before EEXIST");
	tap_is_i64(
		set(&a, 0x090a0041), PVTIME_EINVAL,
		"a second pvtime_attr_set() returns EINVAL for a base that is not aligned before EEXIST");
	tap_is_i64(set(&a, 0x090a0040), PVTIME_EEXIST,
		   "a second pvtime_attr_set() returns EEXIST, even for the same base");
	tap_is_i64(
		set(&a, 0x20000000), PVTIME_EEXIST,
		"a second pvtime_attr_set() returns EEXIST before EINVAL for a base outside of memory");
	tap_is_i64(set(&b, 0x090a0040), PVTIME_EINVAL, "another vCPU's structure is refused");
	tap_is_i64(set(&b, 0x090a0080), PVTIME_OK,
		   "the structure beside another vCPU's is accepted");
	tap_is_i64(
		set(&c, 0x090a0080), PVTIME_EINVAL,
		"a vCPU that is not in the VM's list is refused another vCPU's structure as well");
	tap_is_i64(pvtime_attr_get(&a, &base), PVTIME_OK,
		   "pvtime_attr_get() succeeds after refused calls of all kinds");
	tap_is_u64(base, 0x090a0040, "refused calls leave the first address");
}

static void check_bounds(void)
{
	static const struct {
		uint64_t base;
		int want;
		const char *what;
	} cases[] = {
		{0x0909FFC0, PVTIME_EINVAL, "just below the memory"},
		{0x090a0000, PVTIME_OK, "first of the memory"},
		{0x090AFFC0, PVTIME_OK, "last of the memory"},
		{0x090B0000, PVTIME_EINVAL, "just above the memory"},
		{0x40FFFFC0, PVTIME_OK, "last whole structure of a range that ends inside one"},
		{0x41000000, PVTIME_EINVAL, "half inside the memory"},
		{0x50000000, PVTIME_EINVAL, "in an empty range"},
		{0x60000000, PVTIME_EINVAL, "in a range that is too small"},
		{0, PVTIME_EINVAL, "at 0, where there is no memory"},
		{0x7FFFFFFFFFFFFFC0, PVTIME_OK, "last that an int64 can return"},
		{0x8000000000000000, PVTIME_EINVAL, "negative in x0, though in the memory"},
		{0xFFFFFFFFFFFFFFC0, PVTIME_EINVAL, "at the top of 64 bits"},
	};
	static const struct pvtime_vm nothing = {NULL, 0, NULL, 0};
	uint64_t base = 0x090a0000;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		init();
		tap_is_i64(set(&a, cases[i].base), cases[i].want,
			   "a base is accepted or refused as it should be: %s", cases[i].what);
	}
	init();
	tap_is_i64(pvtime_attr_set(&a, &base, &nothing), PVTIME_EINVAL,
		   "a base is refused in a VM without memory");
}

int main(void)
{
	init();
	check_has_get();
	check_order();
	check_bounds();
	return tap_done();
}
