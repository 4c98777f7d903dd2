/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include "tools/vmm/snapshot.h"
#include "tools/vmm/state.h"
#include "tools/vmm/vm.h"

/* Set `why` to the VM's error, unless the file failed. */
static void tell(const struct state *s, const struct vm *vm, char *why, size_t room)
{
	if (!s->failed)
		snprintf(why, room, "VM %s: %s", vm->config->name, vm->why);
}

static void tell_file(const char *path, const char *what, char *why, size_t room)
{
	if (why[0] == '\0')
		snprintf(why, room, "%.200s: %s", path, what);
}

bool snapshot_save(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room)
{
	struct state s;
	bool good = state_open(&s, lab->snapshot, true, lab, why, room);

	if (!good)
		return false;
	for (uint32_t i = 0; i < lab->vm_count && good; i++) {
		good = state_of_stolen_time(&s, &vms[i]) && state_of_vm(&s, &vms[i]);
		if (!good)
			tell(&s, &vms[i], why, room);
	}
	good = state_close(&s) && good;
	if (!good)
		tell_file(lab->snapshot, "cannot be written", why, room);
	return good;
}

bool snapshot_restore(const struct vmm_lab *lab, struct vm *vms, char *why, size_t room)
{
	struct state s;
	bool good = state_open(&s, lab->restore, false, lab, why, room);

	if (!good)
		return false;
	for (uint32_t i = 0; i < lab->vm_count && good; i++) {
		struct vm *vm = &vms[i];

		good = state_of_stolen_time(&s, vm) && vm_create(vm) && state_of_vm(&s, vm);
		if (!good)
			tell(&s, vm, why, room);
	}
	good = state_close(&s) && good;
	if (!good)
		tell_file(lab->restore, "ends too early, or is damaged", why, room);
	return good;
}
