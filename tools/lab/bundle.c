/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/bundle.h"
#include "machine/board.h"
#include "machine/map.h"
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1ull << 20)
/* Generous for a VM's node with all its segments; the finished manifest is trimmed to its size. */
#define MANIFEST_ROOM_PER_VM 4096u
#define MANIFEST_ROOM	     4096u

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* A manifest being written. After the first error, which is kept, all further calls do nothing. */
struct manifest {
	void *fdt;
	int error;
};

static void put32(struct manifest *m, const char *name, uint32_t value)
{
	if (m->error == 0)
		m->error = fdt_property_u32(m->fdt, name, value);
}

static void put64(struct manifest *m, const char *name, uint64_t value)
{
	if (m->error == 0)
		m->error = fdt_property_u64(m->fdt, name, value);
}

static void put_string(struct manifest *m, const char *name, const char *value)
{
	if (m->error == 0)
		m->error = fdt_property(m->fdt, name, value, (int)strlen(value) + 1);
}

static void begin(struct manifest *m, const char *format, unsigned number)
{
	char name[24];

	snprintf(name, sizeof(name), format, number);
	if (m->error == 0)
		m->error = fdt_begin_node(m->fdt, name);
}

static void end(struct manifest *m)
{
	if (m->error == 0)
		m->error = fdt_end_node(m->fdt);
}

static void put_segment(struct manifest *m, unsigned *number, uint64_t ipa, uint64_t offset,
			uint64_t size)
{
	/* An ELF segment that is all zeroes: the RAM is zero already. */
	if (size == 0)
		return;
	begin(m, "segment@%u", (*number)++);
	put64(m, "ipa", ipa);
	put64(m, "offset", offset);
	put64(m, "size", size);
	end(m);
}

static void put_vm(struct manifest *m, unsigned number, const struct lab_vm *vm,
		   uint64_t fdt_offset)
{
	const struct image_placement *p = &vm->placement;
	unsigned segments = 0;

	begin(m, "vm@%u", number);
	put_string(m, "name", vm->name);
	put32(m, "vcpus", vm->vcpus);
	put64(m, "memory", vm->memory);
	put32(m, "weight", vm->weight);
	put32(m, "cap", vm->cap);
	put32(m, "pin", vm->pin);
	put32(m, "stolen-time", vm->stolen_time);
	put64(m, "entry", p->entry);
	put64(m, "x0", p->x0);
	if (p->big_endian && m->error == 0)
		m->error = fdt_property(m->fdt, "big-endian", NULL, 0);
	for (uint32_t i = 0; i < p->segment_count; i++)
		put_segment(m, &segments, p->segment[i].ipa,
			    vm->kernel->offset + p->segment[i].offset, p->segment[i].size);
	if (vm->initrd != NULL)
		put_segment(m, &segments, p->initrd, vm->initrd->offset, vm->initrd->size);
	if (p->dtb != IMAGE_NONE)
		put_segment(m, &segments, p->dtb, fdt_offset, vm->fdt_size);
	end(m);
}

/*
 * Place the images after a manifest of `manifest_size` bytes, and store each image's offset in its
 * blob. The FDTs follow the images. Returns the offset of the first FDT.
 */
static uint64_t lay_out(const struct lab *lab, uint64_t manifest_size)
{
	uint64_t offset = align_up(manifest_size, BUNDLE_ALIGN);

	for (struct lab_blob *b = lab->blobs; b != NULL; b = b->next) {
		b->offset = offset;
		offset = align_up(offset + b->size, BUNDLE_ALIGN);
	}
	return offset;
}

/*
 * Make the manifest in a buffer that the caller frees. `size` is the manifest's final size, from
 * which the offsets follow.
 */
static int make_manifest(const struct lab *lab, const struct lab_run *run, uint64_t size,
			 void **out)
{
	size_t room = MANIFEST_ROOM + (size_t)lab->vm_count * MANIFEST_ROOM_PER_VM;
	struct manifest m = {malloc(room), 0};
	uint64_t fdt_offset = lay_out(lab, size);

	if (m.fdt == NULL)
		return -ENOMEM;
	m.error = fdt_create(m.fdt, (int)room);
	if (m.error == 0)
		m.error = fdt_finish_reservemap(m.fdt);
	begin(&m, "", 0);
	put_string(&m, "compatible", BUNDLE_COMPATIBLE);
	put32(&m, "timeslice-us", lab->timeslice_us);
	put64(&m, "run-ns", run->run_ns);
	put64(&m, "sample-ns", run->sample_ns);
	put64(&m, "epoch", run->epoch);
	put32(&m, "attached", run->attached);
	put32(&m, "until", run->until);
	put32(&m, "stamp-lines", run->stamp_lines);
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		put_vm(&m, i, &lab->vms[i], fdt_offset);
		fdt_offset = align_up(fdt_offset + lab->vms[i].fdt_size, BUNDLE_ALIGN);
	}
	end(&m);
	if (m.error == 0)
		m.error = fdt_finish(m.fdt);
	if (m.error != 0) {
		free(m.fdt);
		return -EOVERFLOW;
	}
	*out = m.fdt;
	return (int)fdt_totalsize(m.fdt);
}

/* All numbers have a fixed width, so the size does not depend on the offsets. */
static int final_manifest(const struct lab *lab, const struct lab_run *run, void **out)
{
	int size = make_manifest(lab, run, 0, out);

	if (size < 0)
		return size;
	free(*out);
	return make_manifest(lab, run, (uint64_t)size, out);
}

/* Write a blob, padded with zeroes to BUNDLE_ALIGN. */
static int write_blob(FILE *f, const void *data, size_t size)
{
	static const uint8_t zeroes[BUNDLE_ALIGN];
	size_t padding = align_up(size, BUNDLE_ALIGN) - size;

	if (fwrite(data, 1, size, f) != size || fwrite(zeroes, 1, padding, f) != padding)
		return errno != 0 ? -errno : -EIO;
	return 0;
}

int bundle_write(const struct lab *lab, const struct lab_run *run, FILE *out)
{
	void *manifest;
	int size = final_manifest(lab, run, &manifest);
	int error;

	if (size < 0)
		return size;
	errno = 0;
	error = write_blob(out, manifest, (size_t)size);
	free(manifest);
	for (const struct lab_blob *b = lab->blobs; b != NULL && error == 0; b = b->next)
		error = write_blob(out, b->data, b->size);
	for (uint32_t i = 0; i < lab->vm_count && error == 0; i++)
		error = write_blob(out, lab->vms[i].fdt, lab->vms[i].fdt_size);
	if (error == 0 && fflush(out) != 0)
		error = -errno;
	return error;
}

uint64_t bundle_size(const struct lab *lab)
{
	static const struct lab_run any = {.attached = BUNDLE_NOBODY, .until = BUNDLE_NOBODY};
	void *manifest;
	int size = final_manifest(lab, &any, &manifest);
	uint64_t bundle;

	if (size < 0)
		return UINT64_MAX;
	free(manifest);
	bundle = lay_out(lab, (uint64_t)size);
	for (uint32_t i = 0; i < lab->vm_count; i++)
		bundle = align_up(bundle + lab->vms[i].fdt_size, BUNDLE_ALIGN);
	return bundle;
}

/* Whether the lab fits on a board with `ram_size` bytes of RAM. */
static bool fits(const struct lab *lab, uint64_t bundle, uint64_t ram_size)
{
	struct board_range used[3 + MAP_MAX_VMS];
	const struct board_range ram = {BOARD_RAM_BASE, ram_size};
	uint32_t count = 3;

	if (!board_taken(ram_size, bundle, used))
		return false;
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		uint64_t size = lab->vms[i].memory;
		uint64_t base = board_place_vm(&ram, used, count, size);

		if (base == UINT64_MAX)
			return false;
		board_use(used, &count, (struct board_range){base, size});
	}
	return true;
}

uint64_t bundle_needs(const struct lab *lab)
{
	uint64_t bundle = bundle_size(lab);
	uint64_t ram = BOARD_HYPERVISOR_SIZE + BOARD_FDT_SIZE;

	if (bundle > BOARD_RAM_MAX)
		return 0;
	ram += bundle;
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		ram += lab->vms[i].memory;
		if (ram > BOARD_RAM_MAX)
			return 0;
	}
	for (ram = align_up(ram, 2 * MIB); ram <= BOARD_RAM_MAX; ram += 2 * MIB) {
		if (fits(lab, bundle, ram))
			return ram;
	}
	return 0;
}

uint64_t lab_board_memory(const struct lab *lab)
{
	return lab->memory;
}
