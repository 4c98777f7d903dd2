/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/place.h"
#include "machine/board.h"
#include "machine/fdt.h"
#include "machine/map.h"
#include "tools/lab/bundle.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIB		 (UINT64_C(1) << 20)
#define LEAST_MEMORY_MAX (16ull << 30) /* limit of the search for enough memory */
#define BOARD_STEP	 (64 * MIB)

/* NOLINTNEXTLINE(misc-redundant-expression): the two are equal, and must stay equal */
_Static_assert(LAB_MEMORY_MAX == BOARD_RAM_MAX, "[lab] memory is the board's RAM");

/* The line of a key, or of its section if the key is not in the file. */
static unsigned line_of(const struct labtext_section *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->entry[i].key, key) == 0)
			return s->entry[i].line;
	}
	return s->line;
}

/*
 * The least memory, in bytes, a multiple of 1 MiB, in which the images fit; 0: more memory does not
 * help.
 */
static uint64_t least_memory(const struct image_request *request)
{
	struct image_request r = *request;
	struct image_placement ignored;

	for (r.ram_size &= ~(MIB - 1); r.ram_size < LEAST_MEMORY_MAX; r.ram_size += MIB) {
		if (image_place(&r, &ignored) == IMAGE_OK)
			return r.ram_size;
	}
	return 0;
}

/*
 * Print the error for a part that does not fit in the RAM: the part, the RAM's addresses, and what
 * would fit.
 */
static int outside(const struct labtext *t, const struct labtext_section *s, const char *key,
		   const char *part, uint64_t address, uint64_t size, const struct image_request *r)
{
	uint64_t least = least_memory(r);
	char where[64] = "";
	char enough[64] = "";

	if (address != 0 && address != IMAGE_NONE)
		snprintf(where, sizeof(where), " at 0x%jx", (uintmax_t)address);
	if (least != 0)
		snprintf(enough, sizeof(enough), "memory = %juM or more", (uintmax_t)(least / MIB));
	else
		snprintf(enough, sizeof(enough), "a place inside the RAM");
	return labtext_error(
		t, line_of(s, key), s->name, key,
		"%s of %ju bytes%s does not fit in the RAM, 0x%jx to 0x%jx; expected %s", part,
		(uintmax_t)size, where, (uintmax_t)r->ram_base,
		(uintmax_t)(r->ram_base + r->ram_size - 1), enough);
}

static int not_a_kernel(const struct labtext *t, const struct labtext_section *s, const char *path,
			const char *what)
{
	return labtext_error(t, line_of(s, "kernel"), s->name, "kernel",
			     "%s: %s; expected " UNPACK_EXPECTED, path, what);
}

static int placing_failed(const struct labtext *t, const struct labtext_section *s,
			  const struct lab_vm *vm, enum image_status status,
			  const struct image_request *r)
{
	const struct image_placement *p = &vm->placement;
	const char *path = vm->kernel->path;
	/* Name the key that placed the part, or else `memory`. */
	const char *kernel_key = r->load != IMAGE_DEFAULT ? "load"
				 : p->kind == IMAGE_ELF	  ? "kernel"
							  : "memory";
	const char *dtb_key = r->dtb != IMAGE_DEFAULT ? "dtb" : kernel_key;

	switch (status) {
	case IMAGE_OK:
		return 0;
	case IMAGE_EMPTY:
		return not_a_kernel(t, s, path, "is empty");
	case IMAGE_TRUNCATED:
		return not_a_kernel(t, s, path, "is an ELF that ends too early");
	case IMAGE_WRONG_MACHINE:
		return not_a_kernel(t, s, path, "is an ELF for another machine");
	case IMAGE_NO_SEGMENTS:
		return not_a_kernel(t, s, path, "is an ELF with nothing to load");
	case IMAGE_TOO_MANY_SEGMENTS:
		return not_a_kernel(t, s, path, "is an ELF with more than 16 segments to load");
	case IMAGE_SEGMENTS_OVERLAP:
		return not_a_kernel(t, s, path, "is an ELF whose segments overlap");
	case IMAGE_UIMAGE:
		return not_a_kernel(t, s, path, "is in U-Boot's legacy format");
	case IMAGE_BAD_ENTRY:
		return not_a_kernel(t, s, path, "has an entry point that is not in it");
	case IMAGE_BAD_LOAD:
		return labtext_error(t, line_of(s, "load"), s->name, "load",
				     "is not aligned; expected a multiple of 4");
	case IMAGE_BAD_DTB:
		return labtext_error(t, line_of(s, "dtb"), s->name, "dtb",
				     "is not aligned; expected a multiple of 8");
	case IMAGE_KERNEL_OUTSIDE:
		return outside(
			t, s, kernel_key, "the kernel", p->kernel,
			p->kind == IMAGE_ELF ? p->kernel_end - p->kernel : p->segment[0].memory, r);
	case IMAGE_INITRD_OUTSIDE:
		return outside(t, s, r->load != IMAGE_DEFAULT ? "load" : "memory", "the initrd",
			       p->initrd, r->initrd_size, r);
	case IMAGE_DTB_OUTSIDE:
		return outside(t, s, r->dtb != IMAGE_DEFAULT ? "dtb" : "memory", "the FDT", p->dtb,
			       r->dtb_size, r);
	case IMAGE_INITRD_OVERLAPS:
		return labtext_error(
			t, line_of(s, "kernel"), s->name, "kernel",
			"its file of %ju bytes continues past the image_size in its header, where the initrd goes; expected a kernel that ends below 0x%jx",
			(uintmax_t)r->kernel_size, (uintmax_t)p->initrd);
	case IMAGE_DTB_OVERLAPS_KERNEL:
		return labtext_error(
			t, line_of(s, dtb_key), s->name, dtb_key,
			"the FDT, 0x%jx to 0x%jx, overlaps the kernel, 0x%jx to 0x%jx; expected a place of its own",
			(uintmax_t)p->dtb, (uintmax_t)(p->dtb + r->dtb_size - 1),
			(uintmax_t)p->kernel, (uintmax_t)(p->kernel_end - 1));
	case IMAGE_DTB_OVERLAPS_INITRD:
		return labtext_error(
			t, line_of(s, dtb_key), s->name, dtb_key,
			"the FDT, 0x%jx to 0x%jx, overlaps the initrd, 0x%jx to 0x%jx; expected a place of its own",
			(uintmax_t)p->dtb, (uintmax_t)(p->dtb + r->dtb_size - 1),
			(uintmax_t)p->initrd, (uintmax_t)(p->initrd + r->initrd_size - 1));
	}
	return -1;
}

int labplace_vm(const struct labtext *t, const struct labtext_section *s, const struct lab *lab,
		struct lab_vm *vm)
{
	struct machine_fdt fdt = {
		.cpu = lab->cpu,
		.vcpus = vm->vcpus,
		.memory = vm->memory,
		.smc = vm->smc,
		.stolen_time = vm->stolen_time != PVTIME_DIALECT_OFF,
		.bootargs = vm->append,
		.initrd = MAP_RAM_BASE,
		.initrd_size = vm->initrd != NULL ? vm->initrd->size : 0,
	};
	struct image_request request = {
		.kernel = vm->kernel->data,
		.kernel_size = vm->kernel->size,
		.initrd_size = fdt.initrd_size,
		.ram_base = MAP_RAM_BASE,
		.ram_size = vm->memory,
		.load = vm->load,
		.dtb = vm->dtb,
	};
	enum image_status status;
	int size;

	machine_fdt_seed(&fdt, lab->seed, (uint32_t)(vm - lab->vms));
	vm->fdt = malloc(MACHINE_FDT_MAX);
	if (vm->fdt == NULL)
		return labtext_error(t, s->line, s->name, NULL, "out of memory");
	/*
	 * Build it once for its size, which image_place() needs, and again with the initrd's
	 * address.
	 */
	size = machine_fdt_build(&fdt, vm->fdt, MACHINE_FDT_MAX);
	if (size < 0)
		return labtext_error(t, s->line, s->name, NULL, "no FDT: libfdt error %d", size);
	request.dtb_size = (uint64_t)size + 8;
	status = image_place(&request, &vm->placement);
	if (status != IMAGE_OK)
		return placing_failed(t, s, vm, status, &request);
	fdt.initrd = vm->placement.initrd;
	size = machine_fdt_build(&fdt, vm->fdt, MACHINE_FDT_MAX);
	if (size < 0 || (uint64_t)size > request.dtb_size)
		return labtext_error(t, s->line, s->name, NULL, "no FDT: libfdt error %d", size);
	vm->fdt_size = (size_t)size;
	return 0;
}

int labplace_board(const struct labtext *t, struct lab *lab)
{
	uint64_t needs = bundle_needs(lab), memory = 0;

	for (uint32_t i = 0; i < lab->vm_count; i++)
		memory += lab->vms[i].memory;
	if (needs == 0)
		return labtext_error(
			t, lab->vms[lab->vm_count - 1].line, NULL, NULL,
			"the VMs have %juM of memory in all; expected the VMs, the hypervisor and the images to fit in 255G, the board's maximum",
			(uintmax_t)(memory / MIB));
	if (lab->memory == 0) {
		lab->memory = (needs + BOARD_STEP - 1) / BOARD_STEP * BOARD_STEP;
		return 0;
	}
	for (size_t i = 0; lab->memory < needs && i < t->count; i++) {
		if (strcmp(t->section[i].name, "lab") == 0)
			return labtext_error(
				t, line_of(&t->section[i], "memory"), "lab", "memory",
				"%juM is less than the VMs and the hypervisor need; expected %juM or more",
				(uintmax_t)(lab->memory / MIB), (uintmax_t)(needs / MIB));
	}
	return 0;
}
