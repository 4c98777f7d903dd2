/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest sees of the ID registers, field by field as DDI 0487, D19.2 names them. */
#include "sysreg.h"
#include "tests/tap.h"

struct field {
	unsigned crm, op2, lo;
	const char *name;
};

/* State that is not switched, or a trap that is not handled: 0, whatever the hardware has. */
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

/* What works in a guest as on the hardware: it would be slow, or broken, without. */
static const struct field shown[] = {
	{4, 0, 16, "FP"},	  {4, 0, 20, "AdvSIMD"},
	{4, 0, 24, "GIC"},	  {4, 0, 48, "DIT"},
	{4, 0, 60, "CSV3"},	  {4, 1, 0, "BT"},
	{4, 1, 4, "SSBS"},	  {5, 0, 12, "BRPs"},
	{5, 0, 20, "WRPs"},	  {5, 0, 28, "CTX_CMPs"},
	{6, 0, 4, "AES"},	  {6, 0, 8, "SHA1"},
	{6, 0, 12, "SHA2"},	  {6, 0, 16, "CRC32"},
	{6, 0, 20, "Atomic"},	  {6, 0, 28, "RDM"},
	{6, 0, 44, "DP"},	  {6, 0, 52, "TS"},
	{6, 0, 56, "TLB"},	  {6, 0, 60, "RNDR"},
	{6, 1, 0, "DPB"},	  {6, 1, 12, "JSCVT"},
	{6, 1, 16, "FCMA"},	  {6, 1, 20, "LRCPC"},
	{6, 1, 36, "SB"},	  {6, 1, 44, "BF16"},
	{7, 0, 4, "ASIDBits"},	  {7, 0, 8, "BigEnd"},
	{7, 0, 16, "BigEndEL0"},  {7, 0, 20, "TGran16"},
	{7, 0, 24, "TGran64"},	  {7, 0, 28, "TGran4"},
	{7, 1, 0, "HAFDBS"},	  {7, 1, 12, "HPDS"},
	{7, 1, 20, "PAN"},	  {7, 2, 4, "UAO"},
	{7, 2, 60, "E0PD"},	  {1, 0, 0, "AArch32 State0"},
	{2, 5, 4, "AArch32 AES"},
};

static uint64_t field(const struct field *f, uint64_t value)
{
	return idreg_visible(f->crm, f->op2, value) >> f->lo & 15;
}

static void fields(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(hidden); i++)
		tap_is_u64(field(&hidden[i], UINT64_MAX), 0, "hidden: %s", hidden[i].name);
	for (unsigned i = 0; i < ARRAY_SIZE(shown); i++) {
		bool same = true;

		for (uint64_t n = 0; n < 16; n++)
			same = same && field(&shown[i], n << shown[i].lo) == n;
		tap_ok(same, "shown as it is: %s", shown[i].name);
	}
}

/* A register that this hypervisor has never heard of. */
static void unknown(void)
{
	static const uint8_t known[] = {0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x17, 0x20, 0x21,
					0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x30, 0x31, 0x32,
					0x34, 0x40, 0x41, 0x50, 0x60, 0x61, 0x70, 0x71, 0x72};

	for (unsigned crm = 0; crm < 16; crm++) {
		unsigned seen = 0;

		for (unsigned op2 = 0; op2 < 8; op2++) {
			bool is_known = false;

			for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
				is_known = is_known || known[i] == crm * 16 + op2;
			seen += !is_known && idreg_visible(crm, op2, UINT64_MAX);
		}
		tap_is_u64(seen, 0, "CRm %u: unknown registers read 0", crm);
	}
}

/* Nothing appears that the hardware does not have, but EL1 in AArch64; limits are looked at below. */
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
	tap_is_u64(added, 0, "nothing is added to what the hardware has");
	tap_is_u64(idreg_visible(4, 0, UINT64_MAX) & 0xff, 0x1f,
		   "EL0 as it is, EL1 in AArch64 only");
	tap_is_u64(idreg_visible(4, 0, 0x22) & 0xff, 0x12, "AArch32 at EL0, not at EL1");
}

static void limits(void)
{
	static const struct {
		struct field field;
		unsigned most;
	} limit[] = {
		{{4, 0, 56, "CSV2: no SCXTNUM_ELx"}, 1},
		{{5, 0, 0, "DebugVer: Armv8.2"}, 8},
		{{7, 0, 0, "PARange: 40 bits, as stage 2"}, 2},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(limit); i++) {
		const struct field *f = &limit[i].field;

		for (unsigned n = 0; n < 16; n++)
			tap_is_u64(field(f, (uint64_t)n << f->lo),
				   n < limit[i].most ? n : limit[i].most, "%s: %u", f->name, n);
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
