/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest writes to its stolen-time structure with every kind of store. Each store
 * must take a data abort, and nothing in the structure may change but the stolen time.
 */
#include <tests/tap.h>
#include "guest/exception.h"
#include "guest/pvtime.h"
#include "guest/start.h"
#include "guest/sysreg.h"

static uint64_t page;

static uint64_t stolen(void)
{
	return pvtime_guest_stolen_ns(pvtime_cpu());
}

/* `f` must be a data abort at `address`. */
static void check(struct fault f, uint64_t address, const char *what)
{
	tap_ok(f.taken && ESR_EC(f.esr) == ESR_EC_DATA_ABORT,
	       "%s to the structure takes a data abort (ESR 0x%lx)", what, f.esr);
	tap_ok(f.taken && f.far == address,
	       "%s to the structure leaves the address written to in FAR", what);
}

int main(void)
{
	int error = pvtime_register();
	const struct pvtime_stolen *s;
	uint64_t before;

	if (error) {
		tap_skip("%s", pvtime_error_text(error));
		return tap_done();
	}
	page = pvtime_ipa();
	s = (const struct pvtime_stolen *)(uintptr_t)page;
	before = stolen();

	for (unsigned offset = 0; offset < PVTIME_STRUCT_SIZE; offset += 8)
		check(fault_write(page + offset, 8, ~0ull), page + offset, "a store of 8 bytes");
	check(fault_write(page + 8, 1, 0xff), page + 8, "a store of 1 byte");
	check(fault_write(page + 8, 2, 0xffff), page + 8, "a store of 2 bytes");
	check(fault_write(page + 12, 4, ~0u), page + 12, "a store of 4 bytes");
	check(fault_write_pair(page, 0, 0), page, "STP");
	check(fault_write_post_index(page + 8, 0), page + 8, "STR with write-back");
	check(fault_write_exclusive(page + 8), page + 8, "STXR");
	if (!(sysreg_read("dczid_el0") & 0x10))
		check(fault_write_zva(page), page, "DC ZVA");

	tap_is_u64(le32(s->revision), PVTIME_REVISION,
		   "the structure's revision is 0 after the stores");
	tap_is_u64(le32(s->attributes), PVTIME_ATTRIBUTES,
		   "the structure's attributes are 0 after the stores");
	tap_ok(stolen() >= before && stolen() - before < 1000000000ull,
	       "the stolen time has grown by less than a second during the stores");
	for (unsigned i = 0; i < sizeof s->reserved; i++) {
		if (s->reserved[i])
			tap_ok(false, "byte %u of the structure is 0 after the stores", 16 + i);
	}
	return tap_done();
}
