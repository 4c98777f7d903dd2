/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpu.h"
#include "mmu.h"
#include "pvtime.h"
#include "smccc.h"

static struct {
	struct pvtime_guest_cpu state;
	uint64_t ipa;
} per_cpu[CPU_MAX];

static int64_t conduit(uint32_t fid, uint64_t arg1)
{
	return smccc_call(fid, arg1, 0, 0);
}

int pvtime_register(void)
{
	unsigned self = cpu_self()->index;
	struct pvtime_guest guest;
	uint64_t ipa;
	int error;

	error = pvtime_guest_discover(&guest, conduit, PVTIME_DIALECT_1_0);
	if (!error)
		error = pvtime_guest_locate(&guest, &per_cpu[self].state, &ipa);
	if (error)
		return error;
	mmu_map(ipa, PVTIME_STRUCT_SIZE, MMU_NORMAL);
	per_cpu[self].ipa = ipa;
	return pvtime_guest_attach(&per_cpu[self].state,
				   (const struct pvtime_stolen *)(uintptr_t)ipa);
}

const char *pvtime_error_text(int error)
{
	switch (error) {
	case PVTIME_GUEST_OK:
		return "stolen time is available";
	case PVTIME_GUEST_NO_PSCI:
		return "PSCI is older than 1.0";
	case PVTIME_GUEST_NO_SMCCC:
		return "PSCI_FEATURES has no SMCCC_VERSION";
	case PVTIME_GUEST_OLD_SMCCC:
		return "SMCCC is older than 1.1";
	case PVTIME_GUEST_NO_FEATURES:
		return "NOT_SUPPORTED: SMCCC_ARCH_FEATURES has no PV_TIME_FEATURES";
	case PVTIME_GUEST_NO_ST:
		return "NOT_SUPPORTED: PV_TIME_FEATURES has no PV_TIME_ST";
	case PVTIME_GUEST_NO_ADDRESS:
		return "NOT_SUPPORTED: PV_TIME_ST gives no address";
	case PVTIME_GUEST_BAD_ADDRESS:
		return "PV_TIME_ST gives an invalid address";
	case PVTIME_GUEST_BAD_REVISION:
		return "the structure's revision is not 0";
	default:
		return "the structure's attributes are not 0";
	}
}

struct pvtime_guest_cpu *pvtime_cpu(void)
{
	return &per_cpu[cpu_self()->index].state;
}

uint64_t pvtime_ipa(void)
{
	return per_cpu[cpu_self()->index].ipa;
}

struct pvtime_sample pvtime_sample(void)
{
	struct pvtime_sample s;

	pvtime_sample_begin(&s, pvtime_cpu());
	while (!pvtime_sample_end(&s, pvtime_cpu(), pvtime_counter()))
		;
	return s;
}
