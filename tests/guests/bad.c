/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that executes forbidden instructions, accesses and calls. Each must end in this guest as
 * the architecture and R-30 say. The lab checks that no other guest is affected. The word seed=N
 * changes the random calls.
 */
#include <pvtime/abi.h>
#include <pvtime/smccc.h>
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/mmu.h"
#include "guest/psci.h"
#include "guest/pvtime.h"
#include "guest/smccc.h"
#include "guest/start.h"
#include "guest/sysreg.h"

#define RANDOM_CALLS 10000u

static uint64_t random_state;

/* splitmix64 */
static uint64_t random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void is_undefined(struct fault f, const char *what)
{
	tap_ok(f.taken && ESR_EC(f.esr) == ESR_EC_UNKNOWN, "%s is UNDEFINED (ESR 0x%lx)", what,
	       f.esr);
}

/* Execute one instruction and return the fault that it takes, if any. */
#define FAULT_OF(instruction)                                       \
	({                                                          \
		fault_expect();                                     \
		__asm__ volatile(instruction : : : "x0", "memory"); \
		fault_end();                                        \
	})

/* Registers and instructions of higher exception levels, and unallocated encodings. */
static void registers_of_others(void)
{
	is_undefined(FAULT_OF("mrs x0, S3_4_c1_c1_0"), "HCR_EL2");
	is_undefined(FAULT_OF("msr S3_4_c1_c1_0, xzr"), "writing HCR_EL2");
	is_undefined(FAULT_OF("mrs x0, S3_4_c2_c1_0"), "VTTBR_EL2");
	is_undefined(FAULT_OF("msr S3_4_c2_c1_0, xzr"), "writing VTTBR_EL2");
	is_undefined(FAULT_OF("mrs x0, S3_4_c14_c0_3"), "CNTVOFF_EL2");
	is_undefined(FAULT_OF("msr S3_4_c12_c12_0, xzr"), "writing ICH_LR0_EL2");
	is_undefined(FAULT_OF("mrs x0, S3_6_c1_c1_0"), "SCR_EL3");
	is_undefined(FAULT_OF("mrs x0, S3_7_c4_c3_2"), "S3_7_c4_c3_2");
	is_undefined(FAULT_OF("mrs x0, S2_7_c1_c1_7"), "S2_7_c1_c1_7");
	is_undefined(FAULT_OF("msr S3_2_c3_c3_3, xzr"), "writing S3_2_c3_c3_3");
	is_undefined(FAULT_OF(".inst 0x00000000"), "UDF");
	is_undefined(FAULT_OF("tlbi alle2"), "TLBI ALLE2");
	is_undefined(FAULT_OF("at s12e1r, x0"), "AT S12E1R");
}

/* Registers of features that are absent according to the ID registers. */
static void hidden_features(void)
{
	uint64_t pfr0 = sysreg_read("id_aa64pfr0_el1"), pfr1 = sysreg_read("id_aa64pfr1_el1");
	uint64_t dfr0 = sysreg_read("id_aa64dfr0_el1"), mmfr1 = sysreg_read("id_aa64mmfr1_el1");

	sysreg_write("cpacr_el1", 0x03330000); /* so that CPACR_EL1 does not trap them to EL1 */
	isb();
	if (!(pfr0 >> 32 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_0_c1_c2_0"), "ZCR_EL1 without SVE");
	if (!(pfr0 >> 44 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_3_c13_c2_3"), "AMCNTENSET0_EL0 without AMU");
	if (!(pfr1 >> 24 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_0_c1_c2_6"), "SMCR_EL1 without SME");
	if ((pfr1 >> 8 & 0xf) < 2)
		is_undefined(FAULT_OF("mrs x0, S3_0_c1_c0_6"), "GCR_EL1 without MTE");
	if (!(dfr0 >> 8 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_3_c9_c12_0"), "PMCR_EL0 without a PMU");
	if (!(dfr0 >> 32 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_0_c9_c9_0"), "PMSCR_EL1 without SPE");
	if (!(mmfr1 >> 16 & 0xf))
		is_undefined(FAULT_OF("mrs x0, S3_0_c10_c4_0"), "LORSA_EL1 without LORs");
	sysreg_write("cpacr_el1", 0x00300000);
	isb();
}

/* An implementation-defined register may exist or be UNDEFINED; nothing else may happen. */
static void implementation_defined(void)
{
	struct fault f = FAULT_OF("mrs x0, S3_1_c15_c2_1");

	tap_ok(!f.taken || ESR_EC(f.esr) == ESR_EC_UNKNOWN, "S3_1_c15_c2_1 exists or is UNDEFINED");
	f = FAULT_OF("msr S3_0_c15_c15_7, xzr");
	tap_ok(!f.taken || ESR_EC(f.esr) == ESR_EC_UNKNOWN,
	       "S3_0_c15_c15_7 exists or is UNDEFINED");
}

static void is_external_abort(struct fault f, unsigned ec, const char *what, uint64_t address)
{
	tap_ok(f.taken && ESR_EC(f.esr) == ec && ESR_FSC(f.esr) == ESR_FSC_EXTERNAL &&
		       f.far == address,
	       "%s 0x%lx causes an external abort (ESR 0x%lx, FAR 0x%lx)", what, address, f.esr,
	       f.far);
}

/*
 * Access an address where nothing is: reads and writes of each size, a load of a pair, for which a
 * hypervisor gets no valid syndrome, and an instruction fetch.
 */
static void access_nothing(uint64_t address)
{
	uint64_t value = 0;

	for (unsigned bytes = 1; bytes <= 8; bytes *= 2) {
		is_external_abort(fault_read(address, bytes, &value), ESR_EC_DATA_ABORT, "reading",
				  address);
		is_external_abort(fault_write(address, bytes, ~0ull), ESR_EC_DATA_ABORT, "writing",
				  address);
	}
	fault_expect();
	__asm__ volatile("ldp x2, x3, [%0]" : : "r"(address) : "x2", "x3", "memory");
	is_external_abort(fault_end(), ESR_EC_DATA_ABORT, "LDP from", address);

	mmu_map(address, 4096, MMU_NORMAL);
	is_external_abort(fault_execute(address), ESR_EC_INSN_ABORT, "executing", address);
	mmu_map(address, 4096, MMU_DEVICE);
}

static struct smccc_regs random_regs(void)
{
	struct smccc_regs regs;

	for (unsigned i = 0; i < 31; i++)
		regs.x[i] = random();
	return regs;
}

/* Which of x1 to x30 a call has changed, as bits. */
static uint64_t changed(const struct smccc_regs *a, const struct smccc_regs *b)
{
	uint64_t bits = 0;

	for (unsigned i = 1; i < 31; i++)
		bits |= (uint64_t)(a->x[i] != b->x[i]) << i;
	return bits;
}

/* An unimplemented call returns -1 in all of x0, and changes no other register. */
static void unknown_call(void (*call)(struct smccc_regs *), uint64_t fid, const char *what)
{
	struct smccc_regs before = random_regs(), after;

	before.x[0] = fid;
	after = before;
	call(&after);
	tap_is_i64((int64_t)after.x[0], -1, "%s 0x%lx is NOT_SUPPORTED", what, fid);
	tap_is_u64(changed(&before, &after), 0, "%s 0x%lx changes none of x1 to x30", what, fid);
}

static const uint32_t unknown[] = {
	0x80000042,	     0xc0000042, /* architecture */
	0x81000000,	     0xc1000000, /* CPU service */
	0x82000000,	     0xc2000000, /* SiP */
	0x83000000,	     0xc3000000, /* OEM */
	0x85000020,	     0x85000021, /* the SMC32 aliases */
	PVTIME_FID_ST_BETA2, 0xc500003f, /* standard hypervisor */
	0x86000000,	     0xc6000000, /* vendor hypervisor */
	0xb0000000,	     0xf2000000, /* trusted applications and OS */
	0xc5020021,	     0xc5800021, /* bits 23:17 must be zero */
	0x00000000,	     0x45000021, /* yielding calls */
	0xffffffff,
};

static void unknown_calls(void)
{
	for (unsigned i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		unknown_call(smccc_hvc, unknown[i], "HVC");
}

/* A hypervisor traps SMC. Without a hypervisor and without EL3, SMC is UNDEFINED. */
static bool has_smc(void)
{
	struct smccc_regs regs = {{0x84000000}};

	fault_expect();
	smccc_smc(&regs);
	return !fault_end().taken;
}

static void unknown_calls_by_smc(void)
{
	if (!has_smc()) {
		tap_skip("SMC is UNDEFINED here");
		return;
	}
	for (unsigned i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		unknown_call(smccc_smc, unknown[i], "SMC");
	unknown_call(smccc_smc_imm1, PVTIME_FID_FEATURES, "SMC #1");
}

/* PSCI, which would stop this guest, and the two services that implement some calls. */
static bool spared(uint32_t fid)
{
	uint32_t service = fid & ~(PVTIME_SMCCC_64 | PVTIME_SMCCC_SVE_HINT) & 0xffffff00;

	return service == 0x84000000 || service == 0x80000000 || service == 0x85000000;
}

/* Half of the IDs are fast calls of the defined services. */
static uint32_t random_fid(void)
{
	uint32_t fid;

	do {
		fid = (uint32_t)random();
		if (fid & 1)
			fid = (fid & 0x4f01ffff) | 0x80000000;
	} while (spared(fid));
	return fid;
}

static void random_calls(void)
{
	bool smc = has_smc();
	unsigned wrong = 0, touched = 0;

	for (unsigned i = 0; i < RANDOM_CALLS; i++) {
		struct smccc_regs before = random_regs(), after;

		before.x[0] = (before.x[0] & ~0xffffffffull) | random_fid();
		after = before;
		if (smc && i % 2)
			smccc_smc(&after);
		else
			smccc_hvc(&after);
		wrong += after.x[0] != ~0ull;
		touched += changed(&before, &after) != 0;
	}
	tap_is_u64(wrong, 0, "none of %u random calls is supported", RANDOM_CALLS);
	tap_is_u64(touched, 0, "no random call changes any of x1 to x30");
}

int main(void)
{
	int error = pvtime_register();

	random_state = board_arg("seed", 1);
	registers_of_others();
	hidden_features();
	implementation_defined();
	access_nothing(0x0a100000);			 /* between the devices */
	access_nothing(board.ram.base + board.ram.size); /* just above RAM */
	access_nothing(0x3000000000);			 /* far above anything on any board */
	unknown_calls();
	unknown_calls_by_smc();
	if (error)
		tap_skip("HVC #1: %s", pvtime_error_text(error));
	else
		unknown_call(smccc_hvc_imm1, PVTIME_FID_FEATURES, "HVC #1");
	random_calls();
	return tap_done();
}
