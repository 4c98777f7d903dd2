/* SPDX-License-Identifier: BSD-2-Clause */
/* The vCPU attribute: the address of each vCPU's structure, which user space sets. */
#include <pvtime/linux_attr.h>

int pvtime_attr_has(const struct pvtime_view *view)
{
	return pvtime_get_dialect(view) == PVTIME_DIALECT_OFF ? PVTIME_ENXIO : PVTIME_OK;
}

int pvtime_attr_get(const struct pvtime_view *view, uint64_t *base)
{
	if (pvtime_attr_has(view))
		return PVTIME_ENXIO;
	if (!base)
		return PVTIME_EFAULT;
	*base = pvtime_get_ipa(view);
	return PVTIME_OK;
}

/* Whether a whole structure at `ipa` is inside one range of guest memory. No sum here can wrap. */
static bool inside_memory(const struct pvtime_vm *vm, uint64_t ipa)
{
	for (size_t i = 0; i < vm->n_memory; i++) {
		const struct pvtime_range *m = &vm->memory[i];

		if (ipa >= m->base && m->size >= PVTIME_STRUCT_SIZE &&
		    ipa - m->base <= m->size - PVTIME_STRUCT_SIZE)
			return true;
	}
	return false;
}

static bool taken(const struct pvtime_vm *vm, uint64_t ipa)
{
	for (size_t i = 0; i < vm->n_views; i++)
		if (vm->views[i] && pvtime_overlaps(vm->views[i], ipa))
			return true;
	return false;
}

int pvtime_attr_set(struct pvtime_view *view, const uint64_t *base, const struct pvtime_vm *vm)
{
	if (pvtime_attr_has(view))
		return PVTIME_ENXIO;
	if (!base)
		return PVTIME_EFAULT;
	if (*base % PVTIME_STRUCT_ALIGN)
		return PVTIME_EINVAL;
	if (pvtime_get_ipa(view) != PVTIME_IPA_NONE)
		return PVTIME_EEXIST;
	if (!inside_memory(vm, *base) || taken(vm, *base))
		return PVTIME_EINVAL;
	return pvtime_set_ipa(view, *base);
}
