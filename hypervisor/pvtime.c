/* SPDX-License-Identifier: BSD-2-Clause */
#include "pvtime.h"
#include "arch.h"
#include "esr.h"
#include "memory.h"
#include "string.h"
#include "vm.h"
#include "pvtime/abi.h"
#include "pvtime/region.h"
#include "pvtime/smccc.h"

_Static_assert(offsetof(struct vcpu, answers) == VCPU_ANSWERS, "switch.S");
_Static_assert(offsetof(struct fast_answers, st) == FAST_ST, "fastcall.S");
_Static_assert(ESR_HVC == ((uint64_t)EC_HVC64 << ESR_EC_SHIFT | ESR_IL) &&
		       ESR_SMC == ((uint64_t)EC_SMC64 << ESR_EC_SHIFT | ESR_IL),
	       "vectors.S");
_Static_assert(FAST_SVE_HINT == PVTIME_SMCCC_SVE_HINT &&
		       FAST_FID_VERSION == PVTIME_SMCCC_FID_VERSION &&
		       FAST_FID_FEATURES == PVTIME_FID_FEATURES &&
		       PVTIME_FID_ST == PVTIME_FID_FEATURES + 1 &&
		       PVTIME_FID_ST_BETA2 == PVTIME_FID_FEATURES + 2 && FAST_FIDS == 3,
	       "fastcall.S: the library's calls, one after the other");

/*
 * fastcall.S answers v as the library would. The answers depend only on
 * dialect and address, so they are computed where these are set.
 */
static void prepare_answers(struct vcpu *v)
{
	static const uint64_t none[1];

	for (uint32_t n = 0; n < FAST_FIDS; n++) {
		const uint64_t call[] = {PVTIME_FID_FEATURES + n};

		v->answers.features[n] = pvtime_call(v, PVTIME_FID_FEATURES, call);
		if (n > 0)
			v->answers.st[n - 1] = pvtime_call(v, PVTIME_FID_FEATURES + n, none);
	}
}

/* Create the region, and place each vCPU's structure in it. */
static bool create_region(struct vm *vm)
{
	const struct pvtime_range region = {MAP_PVTIME_BASE, MAP_PVTIME_SIZE};
	struct pvtime_stolen *structures;

	if (vm->dialect == PVTIME_DIALECT_OFF)
		return true;
	if (!memory_alloc(MAP_PVTIME_SIZE, MAP_PVTIME_SIZE, 0, &vm->pvtime) ||
	    !stage2_map(&vm->s2, (ipaddr_t){MAP_PVTIME_BASE}, vm->pvtime, MAP_PVTIME_SIZE,
			S2_READ_ONLY))
		return false;
	structures = pa_ptr(vm->pvtime);
	memset(structures, 0, MAP_PVTIME_SIZE);
	for (unsigned i = 0; i < vm->nvcpus; i++) {
		struct pvtime_view *view = &vm->vcpus[i].time.view;

		pvtime_map(view, &structures[i]);
		if (pvtime_set_ipa(view, pvtime_region_ipa(&region, i)) != PVTIME_OK)
			return false;
	}
	dcache_clean(structures, MAP_PVTIME_SIZE);
	return true;
}

bool pvtime_create(struct vm *vm)
{
	if (!create_region(vm))
		return false;
	for (unsigned i = 0; i < vm->nvcpus; i++)
		prepare_answers(&vm->vcpus[i]);
	return true;
}

int64_t pvtime_call(struct vcpu *v, uint32_t fid, const uint64_t *args)
{
	int64_t result;

	return pvtime_service(&v->time.view, fid, (uint32_t)args[0], &result)
		       ? result
		       : PVTIME_SMCCC_NOT_SUPPORTED;
}

uint64_t pvtime_published(const struct vcpu *v)
{
	const struct pvtime_stolen *structures = pa_ptr(v->vm->pvtime);

	return v->vm->pvtime.pa ? pvtime_stolen_read(&structures[v->id]) : 0;
}
