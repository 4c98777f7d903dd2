/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest sees of the ID registers, field by field, with the names of DDI 0487, D19.2. */
#include "sysreg.h"
#include "tests/tap.h"

struct field {
	unsigned crm, op2, lo;
	const char *name;
};

/* Fields of state that is not switched, or of a trap that is not handled: 0 on any hardware. */
static const struct field hidden[] = {
	{4, 0, 8, "EL2"},
	{4, 0, 12, "EL3"},
	{4, 0, 28, "RAS"},
	{4, 0, 32, "SVE"},
	{4, 0, 36, "SEL2"},
	{4, 0, 40, "MPAM"},
	{4, 0, 44, "AMU"},
	{4, 0, 52, "RME"},
	{4, 1, 8, "MTE"},
	{4, 1, 12, "RAS_frac"},
	{4, 1, 16, "MPAM_frac"},
	{4, 1, 24, "SME"},
	{4, 1, 28, "RNDR_trap"},
	{4, 1, 32, "CSV2_frac"},
	{4, 1, 36, "NMI"},
	{4, 1, 40, "MTE_frac"},
	{4, 1, 44, "GCS"},
	{4, 1, 48, "THE"},
	{4, 1, 52, "MTEX"},
	{4, 1, 60, "PFAR"},
	{4, 4, 0, "SVEver"},
	{4, 5, 60, "FA64"},
	{5, 0, 4, "TraceVer"},
	{5, 0, 8, "PMUVer"},
	{5, 0, 32, "PMSVer"},
	{5, 0, 40, "TraceFilt"},
	{5, 0, 44, "TraceBuffer (TRBE)"},
	{5, 0, 48, "MTPMU"},
	{5, 0, 52, "BRBE"},
	{6, 0, 0, "ISAR0 3:0, reserved"},
	{6, 0, 24, "TME"},
	{6, 1, 4, "APA (PAuth)"},
	{6, 1, 8, "API (PAuth)"},
	{6, 1, 24, "GPA (PAuth)"},
	{6, 1, 28, "GPI (PAuth)"},
	{6, 1, 60, "LS64"},
	{6, 2, 8, "GPA3 (PAuth)"},
	{6, 2, 12, "APA3 (PAuth)"},
	{6, 2, 16, "MOPS"},
	{7, 0, 32, "TGran16_2"},
	{7, 0, 56, "FGT"},
	{7, 0, 60, "ECV"},
	{7, 1, 4, "VMIDBits"},
	{7, 1, 8, "VH"},
	{7, 1, 16, "LO"},
	{7, 1, 32, "TWED"},
	{7, 1, 40, "HCX"},
	{7, 1, 52, "TIDCP1"},
	{7, 2, 24, "NV"},
	{7, 2, 40, "FWB"},
	{7, 2, 56, "EVT"},
	{1, 0, 20, "AArch32 AMU"},
	{1, 0, 28, "AArch32 RAS"},
	{1, 1, 12, "AArch32 EL2"},
	{1, 2, 24, "AArch32 PMU"},
	{3, 4, 8, "AArch32 RAS_frac"},
};

/*
 * Which fields of the known registers a guest sees, from bits 63:60 down to 3:0. x: as in the
 * hardware, '.': 0, 1: the field that says EL1 in AArch64 only, L: up to a limit. Without the
 * fields that it sees, a guest would be slow or broken.
 */
static const struct {
	unsigned crm, op2;
	const char *name, *fields;
} known[] = {
	{1, 0, "ID_PFR0", "...........xxxxx"},	    {1, 1, "ID_PFR1", "........xxxx.xxx"},
	{1, 2, "ID_DFR0", ".............xxx"},	    {1, 4, "ID_MMFR0", "........xxxxxxxx"},
	{1, 5, "ID_MMFR1", "........xxxxxxxx"},	    {1, 6, "ID_MMFR2", "........xxxxxxxx"},
	{1, 7, "ID_MMFR3", "........xxxxxxxx"},	    {2, 0, "ID_ISAR0", "........xxxxxxxx"},
	{2, 1, "ID_ISAR1", "........xxxxxxxx"},	    {2, 2, "ID_ISAR2", "........xxxxxxxx"},
	{2, 3, "ID_ISAR3", "........xxxxxxxx"},	    {2, 4, "ID_ISAR4", "........xxxxxxxx"},
	{2, 5, "ID_ISAR5", "........xxxxxxxx"},	    {2, 6, "ID_MMFR4", "........xxxxxxxx"},
	{2, 7, "ID_ISAR6", "........xxxxxxxx"},	    {3, 0, "MVFR0", "xxxxxxxxxxxxxxxx"},
	{3, 1, "MVFR1", "xxxxxxxxxxxxxxxx"},	    {3, 2, "MVFR2", "xxxxxxxxxxxxxxxx"},
	{3, 4, "ID_PFR2", "..............xx"},	    {4, 0, "ID_AA64PFR0", "xL.x.....xxx..1x"},
	{4, 1, "ID_AA64PFR1", "..............xx"},  {5, 0, "ID_AA64DFR0", "......x.x.x.x..L"},
	{6, 0, "ID_AA64ISAR0", "xxxxxxxxx.xxxxx."}, {6, 1, "ID_AA64ISAR1", "..xxxxxx..xxx..x"},
	{7, 0, "ID_AA64MMFR0", "........xxxxxxxL"}, {7, 1, "ID_AA64MMFR1", "......x...x.x..x"},
	{7, 2, "ID_AA64MMFR2", "x.xx...xx.xx.xxx"},
};

static uint64_t field(const struct field *f, uint64_t value)
{
	return idreg_visible(f->crm, f->op2, value) >> f->lo & 15;
}

/* Whether a field with any of its values reads as it is if `shown`, and otherwise as 0. */
static bool is_right(const struct field *f, bool shown)
{
	bool right = true;

	for (uint64_t n = 0; n < 16; n++)
		right = right && field(f, n << f->lo) == (shown ? n : 0) &&
			(shown || field(f, ~(n << f->lo)) == 0);
	return right;
}

static void fields(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(hidden); i++)
		tap_ok(is_right(&hidden[i], false), "the hidden field %s reads 0", hidden[i].name);
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
		bool right = true;

		for (unsigned n = 0; n < 16; n++) {
			struct field f = {known[i].crm, known[i].op2, 4 * (15 - n), NULL};
			char how = known[i].fields[n];

			if (how == 'x' || how == '.')
				right = right && is_right(&f, how == 'x');
		}
		tap_ok(right, "%s shows exactly the fields that a guest may see", known[i].name);
	}
}

/* Registers that this hypervisor does not know. */
static void unknown(void)
{
	for (unsigned crm = 0; crm < 16; crm++) {
		unsigned seen = 0;

		for (unsigned op2 = 0; op2 < 8; op2++) {
			bool is_known = false;

			for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
				is_known = is_known || (known[i].crm == crm && known[i].op2 == op2);
			seen += !is_known && idreg_visible(crm, op2, UINT64_MAX);
		}
		tap_is_u64(seen, 0, "unknown ID registers with CRm %u read 0", crm);
	}
}

/*
 * No register shows anything that the hardware does not have, except EL1 in AArch64. limits() tests
 * the fields with a limit.
 */
static void nothing_added(void)
{
	unsigned added = 0;

	for (unsigned i = 0; i < 8 * 8; i++) {
		unsigned crm = i / 8, op2 = i % 8;
		uint64_t fixed = i == 4 * 8 ? 0x10 : 0;
		uint64_t limited = i == 4 * 8 ? BIT(60) - BIT(56) : i == 7 * 8 ? 15 : 0;

		added += idreg_visible(crm, op2, 0) != fixed;
		for (unsigned bit = 0; bit < 64; bit++)
			added += (idreg_visible(crm, op2, BIT(bit)) &
				  ~(BIT(bit) | fixed | limited)) != 0;
	}
	tap_is_u64(added, 0, "the ID registers show nothing that the hardware does not have");
	tap_is_u64(idreg_visible(4, 0, UINT64_MAX) & 0xff, 0x1f,
		   "EL0 reads as in the hardware, and EL1 as AArch64 only");
	tap_is_u64(idreg_visible(4, 0, 0x22) & 0xff, 0x12,
		   "AArch32 is visible at EL0, and not at EL1");
}

static void limits(void)
{
	static const struct {
		struct field field;
		unsigned most;
	} limit[] = {
		{{4, 0, 56, "CSV2 (no SCXTNUM_ELx)"}, 1},
		{{5, 0, 0, "DebugVer (Armv8.2)"}, 8},
		{{7, 0, 0, "PARange (40 bits, as stage 2)"}, 2},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(limit); i++) {
		const struct field *f = &limit[i].field;

		for (unsigned n = 0; n < 16; n++)
			tap_is_u64(field(f, (uint64_t)n << f->lo),
				   n < limit[i].most ? n : limit[i].most,
				   "%s stays within its limit where the hardware has %u", f->name,
				   n);
	}
}

int main(void)
{
	fields();
	unknown();
	nothing_added();
	limits();
	return tap_done();
}
