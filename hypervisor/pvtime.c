/* SPDX-License-Identifier: BSD-2-Clause */
#include "pvtime.h"
#include "arch.h"
#include "esr.h"
#include "memory.h"
#include "string.h"
#include "vm.h"
#include "pvtime/host.h"
#include "pvtime/smccc.h"

_Static_assert(offsetof(struct vcpu, answers) == VCPU_ANSWERS, "switch.S");
_Static_assert(offsetof(struct fast_answers, st) == FAST_ST, "fastcall.S");
_Static_assert(ESR_HVC == ((uint64_t)EC_HVC64 << ESR_EC_SHIFT | ESR_IL) &&
		       ESR_SMC == ((uint64_t)EC_SMC64 << ESR_EC_SHIFT | ESR_IL),
	       "vectors.S");
_Static_assert(FAST_SVE_HINT == SMCCC_SVE_HINT && FAST_FID_VERSION == SMCCC_FID_VERSION &&
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
	const struct pvtime_range memory = {MAP_PVTIME_BASE, MAP_PVTIME_SIZE};
	struct pvtime_range region = memory;
	const struct pvtime_vcpu *all[MAP_MAX_VCPUS_PER_VM];
	const struct pvtime_vm space = {&memory, 1, all, vm->nvcpus};
	struct pvtime_stolen *structures;

	if (vm->dialect == PVTIME_DIALECT_OFF)
		return true;
	if (!memory_alloc(MAP_PVTIME_SIZE, MAP_PVTIME_SIZE, 0, &vm->pvtime) ||
	    !stage2_map(&vm->s2, (ipaddr_t){MAP_PVTIME_BASE}, vm->pvtime, MAP_PVTIME_SIZE,
			S2_READ_ONLY))
		return false;
	structures = pa_ptr(vm->pvtime);
	memset(structures, 0, MAP_PVTIME_SIZE);
	for (unsigned i = 0; i < vm->nvcpus; i++)
		all[i] = &vm->vcpus[i].time;
	for (unsigned i = 0; i < vm->nvcpus; i++) {
		uint64_t ipa = pvtime_region_ipa(&region, i);

		if (pvtime_attr_set(&vm->vcpus[i].time, &ipa, &space) != PVTIME_OK)
			return false;
		pvtime_map(&vm->vcpus[i].time, &structures[i]);
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

	return pvtime_service(&v->time, fid, (uint32_t)args[0], &result) ? result
									 : SMCCC_NOT_SUPPORTED;
}

uint64_t pvtime_published(const struct vcpu *v)
{
	const struct pvtime_stolen *structures = pa_ptr(v->vm->pvtime);

	return v->vm->pvtime.pa ? __atomic_load_n(&structures[v->id].stolen_ns, __ATOMIC_RELAXED)
				: 0;
}
