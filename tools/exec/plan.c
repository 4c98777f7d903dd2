/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <pvtime/abi.h>
#include "tools/exec/plan.h"

/*
 * How many structures the region needs. KVM limits vCPU IDs, and vCPU `id` has the structure at 64
 * * id.
 */
static uint32_t vcpu_places(const struct exec_known *known)
{
	uint32_t places = 0;

	for (size_t i = 0; i < known->kvm->vcpu_count; i++) {
		const struct exec_vcpu *vcpu = &known->kvm->vcpus[i];
		if (vcpu->vm == known->vm && vcpu->id >= places)
			places = vcpu->id + 1;
	}
	return places;
}

/* The highest number that no slot uses; false: all are used. */
static bool free_slot(const struct exec_known *known, uint32_t *number)
{
	const struct exec_vm *vm = &known->kvm->vms[known->vm];

	for (uint32_t n = known->slots; n-- > 0;) {
		bool used = false;

		for (size_t i = 0; i < vm->slot_count; i++)
			used |= vm->slots[i].number == n;
		*number = n;
		if (!used)
			return true;
	}
	return false;
}

struct space {
	struct pvtime_range *used;
	size_t count;
	uint64_t limit;
	uint32_t places;
};

static bool make_space(const struct exec_known *known, struct space *space)
{
	const struct exec_vm *vm = &known->kvm->vms[known->vm];

	space->count = vm->slot_count + known->named_count;
	space->used = malloc((space->count + 1) * sizeof(*space->used));
	space->limit = vm->ipa_bits < 63 ? (uint64_t)1 << vm->ipa_bits : (uint64_t)1 << 63;
	space->places = vcpu_places(known);
	if (space->used == NULL)
		return false;
	for (size_t i = 0; i < vm->slot_count; i++)
		space->used[i] = vm->slots[i].range;
	for (size_t i = 0; i < known->named_count; i++)
		space->used[vm->slot_count + i] = known->named[i];
	return true;
}

static const char *why_not(int error)
{
	switch (error) {
	case PVTIME_EINVAL:
		return "is not a multiple of 64 KiB";
	case PVTIME_ENOSPC:
		return "is beyond the VM's address space";
	case PVTIME_EBUSY:
		return "is taken by a memory slot or by what the FDT names";
	default:
		return "cannot be used";
	}
}

static enum exec_place as_asked(const struct exec_known *known, const struct space *space,
				struct exec_plan *plan)
{
	int error = pvtime_region_place(&plan->region, known->ipa, space->places, space->used,
					space->count, space->limit);

	if (error == PVTIME_OK)
		snprintf(plan->how, sizeof(plan->how), "as --ipa says");
	else
		snprintf(plan->how, sizeof(plan->how), "--ipa: 0x%jx %s", (uintmax_t)known->ipa,
			 why_not(error));
	return error == PVTIME_OK ? EXEC_PLACED : EXEC_UNPLACED;
}

static bool by_map(const struct exec_known *known, const struct space *space,
		   struct exec_plan *plan)
{
	const struct exec_map *map = known->map;

	if (map == NULL || !exec_map_fits(map, &known->kvm->vms[known->vm]))
		return false;
	snprintf(plan->how, sizeof(plan->how), "free in the map of %s", map->people);
	return pvtime_region_place(&plan->region, map->place, space->places, space->used,
				   space->count, space->limit) == PVTIME_OK;
}

/* From the second granule on, because many programs take address 0 for no address. */
static enum exec_place by_fdt(const struct space *space, struct exec_plan *plan)
{
	int error = pvtime_region_find(&plan->region, PVTIME_GRANULE, space->places, space->used,
				       space->count, space->limit);

	plan->found = error == PVTIME_OK;
	snprintf(plan->how, sizeof(plan->how), "%s",
		 plan->found ? "the lowest 64 KiB outside every memory slot and FDT node"
			     : "no 64 KiB are free in the VM's address space");
	return plan->found ? EXEC_PLACED : EXEC_UNPLACED;
}

static enum exec_place in_space(const struct exec_known *known, const struct space *space,
				struct exec_plan *plan)
{
	if (known->ipa_given)
		return as_asked(known, space, plan);
	if (by_map(known, space, plan))
		return EXEC_PLACED;
	if (known->fdt)
		return by_fdt(space, plan);
	snprintf(
		plan->how, sizeof(plan->how),
		"x0 of vCPU 0 does not point to an FDT that shows what is free; expected --ipa ADDR");
	return EXEC_UNKNOWN;
}

enum exec_place exec_plan(const struct exec_known *known, struct exec_plan *plan)
{
	enum exec_place place = EXEC_UNPLACED;
	struct space space;

	*plan = (struct exec_plan){.found = false};
	if (!free_slot(known, &plan->slot)) {
		snprintf(plan->how, sizeof(plan->how), "all %u memory slots are used",
			 known->slots);
		return place;
	}
	if (make_space(known, &space))
		place = in_space(known, &space, plan);
	else
		snprintf(plan->how, sizeof(plan->how), "no memory");
	free(space.used);
	return place;
}
