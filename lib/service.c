/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of DEN0057A, and their discovery. Every answer is derived from offered_st(), so that no
 * step contradicts the next.
 */
#include <pvtime/smccc.h>
#include <pvtime/view.h>

/*
 * The function ID of this vCPU's PV_TIME_ST. 0 if it has none, because stolen time is off for its
 * VM or no address was set for it. 0 matches no function ID that is compared with it.
 */
static uint32_t offered_st(const struct pvtime_view *view)
{
	if (pvtime_get_ipa(view) == PVTIME_IPA_NONE)
		return 0;
	switch (view->dialect) {
	case PVTIME_DIALECT_1_0:
		return PVTIME_FID_ST;
	case PVTIME_DIALECT_BETA2:
		return PVTIME_FID_ST_BETA2;
	default:
		return 0;
	}
}

int64_t pvtime_arch_features(const struct pvtime_view *view, uint32_t fid)
{
	bool have = (fid & ~PVTIME_SMCCC_SVE_HINT) == PVTIME_FID_FEATURES && offered_st(view);

	return have ? PVTIME_SMCCC_SUCCESS : PVTIME_SMCCC_NOT_SUPPORTED;
}

/* PV_TIME_FEATURES(call). `call` may be PV_TIME_FEATURES itself. */
static int64_t features(const struct pvtime_view *view, uint32_t call)
{
	uint32_t st = offered_st(view);

	call &= ~PVTIME_SMCCC_SVE_HINT;
	return st && (call == PVTIME_FID_FEATURES || call == st) ? PVTIME_SMCCC_SUCCESS
								 : PVTIME_SMCCC_NOT_SUPPORTED;
}

bool pvtime_service(const struct pvtime_view *view, uint32_t fid, uint32_t arg1, int64_t *result)
{
	fid &= ~PVTIME_SMCCC_SVE_HINT;
	switch (fid) {
	case PVTIME_FID_FEATURES:
		*result = features(view, arg1);
		return true;
	case PVTIME_FID_ST:
	case PVTIME_FID_ST_BETA2:
		*result = fid == offered_st(view) ? (int64_t)pvtime_get_ipa(view)
						  : PVTIME_SMCCC_NOT_SUPPORTED;
		return true;
	case PVTIME_FID_FEATURES & ~PVTIME_SMCCC_64:
	case PVTIME_FID_ST & ~PVTIME_SMCCC_64:
	case PVTIME_FID_ST_BETA2 & ~PVTIME_SMCCC_64:
		*result = PVTIME_SMCCC_NOT_SUPPORTED; /* */
		return true;
	default:
		return false;
	}
}
