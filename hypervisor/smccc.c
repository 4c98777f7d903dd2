/* SPDX-License-Identifier: BSD-2-Clause */
/* The SMC Calling Convention (Arm DEN0028): which service a call belongs to. */
#include "smccc.h"
#include "psci.h"
#include "pvtime.h"
#include "vm.h"
#include "pvtime/abi.h"
#include "pvtime/smccc.h"

_Static_assert(FAST_VERSION == PVTIME_SMCCC_VERSION_1_3, "fastcall.S");

/* A call: its number without the SVE hint, and its arguments. */
typedef int64_t (*service)(struct vcpu *v, uint32_t fid, const uint64_t *args);

static int64_t call_version(struct vcpu *v, uint32_t fid, const uint64_t *args)
{
	(void)v, (void)fid, (void)args;
	return PVTIME_SMCCC_VERSION_1_3; /* fastcall.S has it, too */
}

/*
 * Of the calls that a guest may ask for here, these are implemented. The workarounds are not:
 * DESIGN.md says why.
 */
static int64_t call_arch_features(struct vcpu *v, uint32_t fid, const uint64_t *args)
{
	(void)fid;
	switch ((uint32_t)args[0]) {
	case PVTIME_SMCCC_FID_VERSION:
	case PVTIME_SMCCC_FID_ARCH_FEATURES:
		return PVTIME_SMCCC_SUCCESS;
	}
	return pvtime_arch_features(&v->time.view, (uint32_t)args[0]);
}

/* Services by the bits of the number under `mask`; the first match counts. */
static const struct {
	uint32_t mask, fid;
	service serve;
} services[] = {
	{0xffffffff, PVTIME_SMCCC_FID_VERSION, call_version},
	{0xffffffff, PVTIME_SMCCC_FID_ARCH_FEATURES, call_arch_features},
	{0xbfffffe0, PVTIME_PSCI_FID_VERSION,
	 psci_call}, /* 0x84000000 to 0x8400001f, 32 and 64 bit */
	{0xfffffffc, PVTIME_FID_FEATURES, pvtime_call}, /* 0xc5000020 to 0xc5000023 */
};

void smccc_call(struct vcpu *v, unsigned immediate)
{
	uint32_t fid = (uint32_t)v->regs.x[0] & ~PVTIME_SMCCC_SVE_HINT;
	int64_t result = PVTIME_SMCCC_NOT_SUPPORTED;

	for (unsigned i = 0; immediate == 0 && i < ARRAY_SIZE(services); i++) {
		if ((fid & services[i].mask) == services[i].fid) {
			result = services[i].serve(v, fid, &v->regs.x[1]);
			break;
		}
	}
	v->regs.x[0] = (uint64_t)result;
}
