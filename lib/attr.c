/* SPDX-License-Identifier: BSD-2-Clause */
/* The vCPU attribute: the address of each vCPU's structure, which user space sets. */
#include "internal.h"

int pvtime_attr_has(const struct pvtime_vcpu *v)
{
	return v->dialect == PVTIME_DIALECT_OFF ? PVTIME_ENXIO : PVTIME_OK;
}

int pvtime_attr_get(const struct pvtime_vcpu *v, uint64_t *base)
{
	if (pvtime_attr_has(v))
		return PVTIME_ENXIO;
	if (!base)
		return PVTIME_EFAULT;
	*base = v->ipa;
	return PVTIME_OK;
}

/* Whether a whole structure at `ipa` is inside one range of guest memory. No sum here can wrap. */
static bool inside_memory(const struct pvtime_vm *vm, uint64_t ipa)
{
	/* No CPU has such an IPA, and in x0 it would read as an error. */
	if (ipa > INT64_MAX)
		return false;
	for (size_t i = 0; i < vm->n_memory; i++) {
		const struct pvtime_range *m = &vm->memory[i];

		if (ipa >= m->base && m->size >= PVTIME_STRUCT_SIZE &&
		    ipa - m->base <= m->size - PVTIME_STRUCT_SIZE)
			return true;
	}
	return false;
}

/* Structures are aligned to their size, so two overlap only if they are equal. */
static bool taken(const struct pvtime_vm *vm, uint64_t ipa)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i] && vm->vcpus[i]->ipa == ipa)
			return true;
	return false;
}

int pvtime_attr_set(struct pvtime_vcpu *v, const uint64_t *base, const struct pvtime_vm *vm)
{
	if (pvtime_attr_has(v))
		return PVTIME_ENXIO;
	if (!base)
		return PVTIME_EFAULT;
	if (*base % PVTIME_STRUCT_ALIGN)
		return PVTIME_EINVAL;
	if (v->ipa != PVTIME_IPA_NONE)
		return PVTIME_EEXIST;
	if (!inside_memory(vm, *base) || taken(vm, *base))
		return PVTIME_EINVAL;
	v->ipa = *base;
	return PVTIME_OK;
}
