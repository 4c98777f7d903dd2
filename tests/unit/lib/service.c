/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls: every function ID near the library's own, in every dialect, with and without an
 * address.
 */
#include <pvtime/smccc.h>
#include <pvtime/view.h>
#include "tests/lib/random.h"
#include "tests/tap.h"

#define IPA 0x090a0040u

static struct pvtime_view make(enum pvtime_dialect dialect, bool address)
{
	struct pvtime_view view;

	pvtime_view_init(&view, dialect);
	if (address)
		pvtime_set_ipa(&view, IPA);
	return view;
}

/* x0 after the call; 0x7777 if the library does not claim the call. */
#define UNTOUCHED 0x7777
static int64_t call(const struct pvtime_view *v, uint32_t fid, uint32_t arg1)
{
	int64_t x0 = UNTOUCHED;
	bool ours = pvtime_service(v, fid, arg1, &x0);

	return ours == (x0 != UNTOUCHED) ? x0 : 0x6666;
}

static void check_dialect(enum pvtime_dialect dialect, uint32_t st, uint32_t other,
			  const char *name)
{
	struct pvtime_view v = make(dialect, true);

	tap_is_i64(pvtime_arch_features(&v, PVTIME_FID_FEATURES), 0,
		   "%s: ARCH_FEATURES has PV_TIME_FEATURES", name);
	tap_is_i64(pvtime_arch_features(&v, st), -1, "%s: ARCH_FEATURES does not have PV_TIME_ST",
		   name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, st), 0, "%s: PV_TIME_FEATURES has PV_TIME_ST",
		   name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, PVTIME_FID_FEATURES), 0,
		   "%s: PV_TIME_FEATURES has itself", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, other), -1,
		   "%s: PV_TIME_FEATURES does not have the other dialect's PV_TIME_ST", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, 0), -1,
		   "%s: PV_TIME_FEATURES does not have call 0", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, st & ~PVTIME_SMCCC_64), -1,
		   "%s: PV_TIME_FEATURES does not have the SMC32 alias of PV_TIME_ST", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, UINT32_MAX), -1,
		   "%s: PV_TIME_FEATURES does not have call 0xffffffff", name);
	tap_is_i64(call(&v, st, 0), IPA, "%s: PV_TIME_ST returns the address", name);
	tap_is_i64(call(&v, st, 0xDEAD), IPA, "%s: PV_TIME_ST ignores its argument", name);
	tap_is_i64(call(&v, other, 0), -1, "%s: the other dialect's ID is not supported", name);
	tap_is_i64(call(&v, st | PVTIME_SMCCC_SVE_HINT, 0), IPA,
		   "%s: the SVE hint changes nothing for PV_TIME_ST", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES | PVTIME_SMCCC_SVE_HINT, st), 0,
		   "%s: the SVE hint changes nothing for PV_TIME_FEATURES", name);
	tap_is_i64(call(&v, PVTIME_FID_FEATURES, st | PVTIME_SMCCC_SVE_HINT), 0,
		   "%s: the SVE hint changes nothing in the PV_call_id", name);
	tap_is_i64(pvtime_arch_features(&v, PVTIME_FID_FEATURES | PVTIME_SMCCC_SVE_HINT), 0,
		   "%s: the SVE hint changes nothing for ARCH_FEATURES", name);
}

static void check_absent(enum pvtime_dialect dialect, bool address, const char *name)
{
	struct pvtime_view v = make(dialect, address);
	static const uint32_t fids[] = {PVTIME_FID_FEATURES, PVTIME_FID_ST, PVTIME_FID_ST_BETA2};

	for (unsigned int i = 0; i < 3; i++) {
		tap_is_i64(pvtime_arch_features(&v, fids[i]), -1,
			   "%s: ARCH_FEATURES(0x%x) returns NOT_SUPPORTED", name, fids[i]);
		tap_is_i64(call(&v, PVTIME_FID_FEATURES, fids[i]), -1,
			   "%s: PV_TIME_FEATURES(0x%x) returns NOT_SUPPORTED", name, fids[i]);
		tap_is_i64(call(&v, fids[i], 0), -1, "%s: 0x%x itself returns NOT_SUPPORTED", name,
			   fids[i]);
	}
}

/* Which function IDs are the library's: tried are these with one bit changed, and random ones. */
static bool ours(uint32_t fid)
{
	fid &= ~(PVTIME_SMCCC_SVE_HINT | PVTIME_SMCCC_64);
	return fid >= 0x85000020 && fid <= 0x85000022;
}

static void check_others(void)
{
	struct pvtime_view v = make(PVTIME_DIALECT_1_0, true);
	uint64_t seed = 3;
	unsigned int wrong = 0;

	for (unsigned int bit = 0; bit < 32; bit++)
		for (uint32_t fid = PVTIME_FID_FEATURES; fid <= PVTIME_FID_ST_BETA2; fid++)
			if ((call(&v, fid ^ 1u << bit, 0) != UNTOUCHED) != ours(fid ^ 1u << bit))
				wrong++;
	for (unsigned int i = 0; i < 100000; i++) {
		uint32_t fid = (uint32_t)next_random(&seed);

		if ((call(&v, fid, 0) != UNTOUCHED) != ours(fid))
			wrong++;
	}
	tap_is_u64(
		wrong, 0,
		"pvtime_service() claims no other call, bits 23:17 included, and then leaves *result alone");
	for (uint32_t fid = 0x85000020; fid <= 0x85000022; fid++)
		tap_is_i64(call(&v, fid, PVTIME_FID_ST), -1, "SMC32 alias 0x%x is not supported",
			   fid);
	tap_is_i64(pvtime_arch_features(&v, 0x85000020), -1,
		   "SMC32 alias 0x85000020 is not found by ARCH_FEATURES");
	tap_is_i64(pvtime_arch_features(&v, 0x80000000), -1,
		   "pvtime_arch_features() does not grant another call");
}

int main(void)
{
	struct pvtime_view v;

	check_dialect(PVTIME_DIALECT_1_0, PVTIME_FID_ST, PVTIME_FID_ST_BETA2, "1.0");
	check_dialect(PVTIME_DIALECT_BETA2, PVTIME_FID_ST_BETA2, PVTIME_FID_ST, "beta-2");
	check_absent(PVTIME_DIALECT_OFF, true, "off");
	check_absent(PVTIME_DIALECT_OFF, false, "off, no address");
	check_absent(PVTIME_DIALECT_1_0, false, "1.0, no address");
	check_absent(PVTIME_DIALECT_BETA2, false, "beta-2, no address");
	check_others();
	v = make(PVTIME_DIALECT_1_0, true);
	pvtime_restart(&v, 0);
	tap_is_i64(call(&v, PVTIME_FID_ST, 0), IPA, "the address survives a VM reset");
	tap_is_i64(call(&v, PVTIME_FID_ST, 0), IPA,
		   "PV_TIME_ST returns the same when it is called again");
	return tap_done();
}
