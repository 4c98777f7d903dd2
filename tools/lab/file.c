/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/file.h"
#include "machine/map.h"
#include "tools/lab/keys.h"
#include "tools/lab/place.h"
#include "tools/lab/text.h"
#include "tools/lab/value.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VM_MEMORY_DEFAULT (256ull << 20)

/* The name in "vm NAME", or NULL. */
static const char *vm_name(const char *section)
{
	if (strncmp(section, "vm", 2) != 0 || (section[2] != ' ' && section[2] != '\t'))
		return NULL;
	return section + 2 + strspn(section + 2, " \t");
}

static int read_vm(const struct labtext *t, const struct labtext_section *s, struct lab *lab)
{
	struct lab_vm *vm = &lab->vms[lab->vm_count];

	if (!labvalue_name(vm_name(s->name)))
		return labtext_error(t, s->line, s->name, NULL,
				     "wrong name of a VM; expected 1 to %u of a-z, 0-9 and '-'",
				     LAB_NAME_MAX);
	if (lab_find_vm(lab, vm_name(s->name)) >= 0)
		return labtext_error(t, s->line, s->name, NULL,
				     "section occurs twice; expected once");
	if (lab->vm_count == MAP_MAX_VMS)
		return labtext_error(t, s->line, s->name, NULL,
				     "one VM too many; expected at most %u", MAP_MAX_VMS);
	*vm = (struct lab_vm){
		.line = s->line,
		.vcpus = 1,
		.memory = VM_MEMORY_DEFAULT,
		.weight = 100,
		.pin = lab_every_cpu(lab),
		.stolen_time = PVTIME_DIALECT_1_0,
		.load = IMAGE_DEFAULT,
		.dtb = IMAGE_DEFAULT,
	};
	strcpy(vm->name, vm_name(s->name));
	lab->vm_count++;
	if (labkeys_vm(t, s, lab, vm) != 0)
		return -1;
	lab->vcpus += vm->vcpus;
	if (lab->vcpus > MAP_MAX_VCPUS)
		return labtext_error(t, s->line, s->name, "vcpus",
				     "the VMs have %u vCPUs up to here; expected at most %u in all",
				     lab->vcpus, MAP_MAX_VCPUS);
	return labplace_vm(t, s, lab, vm);
}

/* Read [lab] first, wherever it is in the file: `pin` is checked against its `pcpus`. */
static int read_sections(const struct labtext *t, struct lab *lab)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct labtext_section *s = &t->section[i];

		if (strcmp(s->name, "lab") == 0) {
			if (labkeys_lab(t, s, lab) != 0)
				return -1;
		} else if (s->line == 0) {
			/* text.h gives keys before the first section a section with line 0. */
			return labtext_error(
				t, labtext_first_line(t), NULL, NULL,
				"key outside of the sections; expected [lab] or [vm NAME] before it");
		} else if (vm_name(s->name) == NULL) {
			return labtext_error(t, s->line, s->name, NULL,
					     "unknown section; expected [lab] or [vm NAME]");
		}
	}
	lab->vms = calloc(t->count + 1, sizeof(*lab->vms));
	if (lab->vms == NULL)
		return labtext_error(t, 0, NULL, NULL, "out of memory");
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->section[i].name, "lab") != 0 && read_vm(t, &t->section[i], lab) != 0)
			return -1;
	}
	if (lab->vm_count == 0)
		return labtext_error(t, 0, NULL, NULL, "has no VM; expected a section [vm NAME]");
	return lab->kvm ? 0 : labplace_board(t, lab);
}

/* The number of configured CPUs, limited to the 32 that `pin` can name. */
static uint32_t host_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);

	return n < 1 ? 1 : n > 32 ? 32 : (uint32_t)n;
}

static struct lab *load(const char *path, bool kvm, FILE *errors)
{
	struct labtext text;
	struct lab *lab = calloc(1, sizeof(*lab));
	int error = labtext_read(&text, path, errors);

	if (error == 0 && lab != NULL) {
		*lab = (struct lab){.path = strdup(path),
				    .kvm = kvm,
				    .pcpus = kvm ? host_cpus() : 1,
				    .cpu = kvm ? "host" : "cortex-a57",
				    .timeslice_us = 4000,
				    .seed = 1};
		error = lab->path != NULL ? read_sections(&text, lab)
					  : labtext_error(&text, 0, NULL, NULL, "out of memory");
	}
	labtext_free(&text);
	if (error == 0)
		return lab;
	lab_free(lab);
	return NULL;
}

struct lab *lab_load(const char *path, FILE *errors)
{
	return load(path, false, errors);
}

struct lab *lab_load_kvm(const char *path, FILE *errors)
{
	return load(path, true, errors);
}

uint32_t lab_every_cpu(const struct lab *lab)
{
	return (uint32_t)((UINT64_C(1) << lab->pcpus) - 1);
}

void lab_free(struct lab *lab)
{
	if (lab == NULL)
		return;
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		free(lab->vms[i].append);
		free(lab->vms[i].fdt);
	}
	free(lab->vms);
	free(lab->path);
	lab_blob_free(lab->blobs);
	free(lab);
}

int lab_find_vm(const struct lab *lab, const char *name)
{
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		if (strcmp(lab->vms[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}
