/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tools/lab/kvm_board.h"
#include "tools/report.h"

#define WEIGHT_DEFAULT 100u

static void add_segment(struct vmm_vm *vm, uint64_t ipa, const uint8_t *bytes, uint64_t size)
{
	if (size != 0)
		vm->segments[vm->segment_count++] = (struct vmm_segment){ipa, bytes, size};
}

static void describe(struct vmm_vm *vm, const struct lab_vm *from, uint32_t every_cpu)
{
	const struct image_placement *p = &from->placement;

	*vm = (struct vmm_vm){
		.name = from->name,
		.vcpus = from->vcpus,
		.memory = from->memory,
		.pin = from->pin == every_cpu ? 0 : from->pin,
		.stolen_time = from->stolen_time != PVTIME_DIALECT_OFF,
		.entry = p->entry,
		.x0 = p->x0,
		.big_endian = p->big_endian,
	};
	for (uint32_t i = 0; i < p->segment_count; i++)
		add_segment(vm, p->segment[i].ipa, from->kernel->data + p->segment[i].offset,
			    p->segment[i].size);
	if (from->initrd != NULL)
		add_segment(vm, p->initrd, from->initrd->data, from->initrd->size);
	if (p->dtb != IMAGE_NONE)
		add_segment(vm, p->dtb, from->fdt, from->fdt_size);
}

/* Make a cgroup for each vCPU of the lab, if any VM has a weight or a cap. */
static bool make_cgroups(struct kvm_board *b, const struct lab *lab, char *why, size_t room)
{
	bool wanted = false;

	for (uint32_t i = 0; i < lab->vm_count; i++)
		wanted = wanted || lab->vms[i].weight != WEIGHT_DEFAULT || lab->vms[i].cap != 0;
	if (!wanted)
		return true;
	if (!cgroups_open(&b->cgroups, why, room))
		return false;
	b->lab.cgroups = &b->cgroups;
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		const struct lab_vm *vm = &lab->vms[i];

		if (!cgroups_add(&b->cgroups, vm->vcpus, vm->weight, vm->cap, why, room))
			return false;
	}
	return true;
}

bool kvm_board_prepare(struct kvm_board *b, const struct lab *lab, const struct lab_run *run,
		       const char *snapshot, const char *restore)
{
	char why[1024];
	bool stolen_time = false;

	b->lab = (struct vmm_lab){
		.vms = b->vms,
		.vm_count = lab->vm_count,
		.run_ns = run->run_ns,
		.sample_ns = run->sample_ns,
		.attached = run->attached == BUNDLE_NOBODY ? VMM_NOBODY : run->attached,
		.until = run->until == BUNDLE_NOBODY ? VMM_NOBODY : run->until,
		.snapshot = snapshot,
		.restore = restore,
	};
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		describe(&b->vms[i], &lab->vms[i], lab_every_cpu(lab));
		stolen_time = stolen_time || b->vms[i].stolen_time;
	}
	if (restore != NULL && !vmm_check_restore(&b->lab, why, sizeof(why))) {
		report("--restore: %s", why);
		return false;
	}
	if (vmm_check(stolen_time, why, sizeof(why)) && vmm_check_pins(&b->lab, why, sizeof(why)) &&
	    make_cgroups(b, lab, why, sizeof(why)))
		return true;
	report("--on kvm: %s", why);
	kvm_board_end(b);
	return false;
}

int kvm_board_start(struct process *process, struct kvm_board *b)
{
	int error = process_call(process, vmm_run, &b->lab);

	process->name = "the VMM";
	return error;
}

void kvm_board_end(struct kvm_board *b)
{
	cgroups_remove(&b->cgroups);
}
