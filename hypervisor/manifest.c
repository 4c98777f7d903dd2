/* SPDX-License-Identifier: BSD-2-Clause */
#include "manifest.h"
#include "format.h"
#include "vm.h"
#include "machine/bundle.h"

#include <libfdt.h>

/* A property of one or two cells, as a number. False: there is no such property. */
static bool number(const void *fdt, int node, const char *name, uint64_t *value)
{
	int length;
	const fdt32_t *p = fdt_getprop(fdt, node, name, &length);

	if (!p || (length != 4 && length != 8))
		return false;
	*value = fdt32_to_cpu(p[0]);
	if (length == 8)
		*value = *value << 32 | fdt32_to_cpu(p[1]);
	return true;
}

/* The same, and the number must be within the limits. */
static bool number_in(const void *fdt, int node, const char *name, uint64_t least, uint64_t most,
		      uint64_t *value)
{
	return number(fdt, node, name, value) && *value >= least && *value <= most;
}

const char *manifest_read(const void *fdt, uint64_t size, struct manifest *m)
{
	uint64_t slice, attached, until, stamp_lines, n = 0;
	int node;

	if (size < sizeof(struct fdt_header) || fdt_check_header(fdt) || fdt_totalsize(fdt) > size)
		return "no manifest at the start of the initrd";
	if (fdt_node_check_compatible(fdt, 0, BUNDLE_COMPATIBLE))
		return "the manifest is not compatible with " BUNDLE_COMPATIBLE;
	fdt_for_each_subnode(node, fdt, 0) n++;
	if (n < 1 || n > MAP_MAX_VMS)
		return "the number of VMs is not 1 to 64";
	if (!number_in(fdt, 0, "timeslice-us", 100, 100000, &slice) ||
	    !number(fdt, 0, "run-ns", &m->run_ns) || !number(fdt, 0, "sample-ns", &m->sample_ns) ||
	    !number(fdt, 0, "epoch", &m->epoch) || !number(fdt, 0, "attached", &attached) ||
	    !number(fdt, 0, "until", &until) ||
	    !number_in(fdt, 0, "stamp-lines", 0, 1, &stamp_lines))
		return "timeslice-us, run-ns, sample-ns, epoch, attached, until or stamp-lines is missing or out of range";
	m->vms = (unsigned)n;
	m->timeslice_us = (uint32_t)slice;
	m->attached = (uint32_t)attached;
	m->until = (uint32_t)until;
	m->stamp_lines = stamp_lines;
	return NULL;
}

static const char *read_segments(const void *fdt, int node, uint64_t size, struct vm *vm)
{
	int child;

	fdt_for_each_subnode(child, fdt, node)
	{
		uint64_t ipa, offset, bytes;

		if (vm->nsegments == VM_MAX_SEGMENTS)
			return "more than 16 segments";
		if (!number(fdt, child, "ipa", &ipa) || !number(fdt, child, "offset", &offset) ||
		    !number(fdt, child, "size", &bytes))
			return "a segment has no ipa, no offset or no size";
		if (offset > size || bytes > size - offset)
			return "a segment is not inside the bundle";
		if (ipa < MAP_RAM_BASE || ipa - MAP_RAM_BASE > vm->ram_size ||
		    bytes > vm->ram_size - (ipa - MAP_RAM_BASE))
			return "a segment is not inside RAM";
		vm->segments[vm->nsegments++] =
			(struct vm_segment){{ipa}, {(uintptr_t)fdt + offset}, bytes};
	}
	return NULL;
}

const char *manifest_read_vm(const void *fdt, uint64_t size, unsigned id, struct vm *vm,
			     struct manifest_vm *m)
{
	uint64_t vcpus, weight, cap, pin, dialect;
	const char *name;
	char path[16];
	int node, length;

	format(path, sizeof(path), "/vm@%u", id);
	node = fdt_path_offset(fdt, path);
	name = fdt_getprop(fdt, node, "name", &length);
	if (!name || length < 2 || length > VM_NAME_MAX || name[length - 1])
		return "its name is missing, or not 1 to 15 bytes long";
	format(vm->name, sizeof(vm->name), "%s", name);
	if (!number_in(fdt, node, "vcpus", 1, MAP_MAX_VCPUS_PER_VM, &vcpus) ||
	    !number_in(fdt, node, "memory", 64 * KIB, BIT(39), &vm->ram_size) ||
	    vm->ram_size % PAGE_SIZE || !number_in(fdt, node, "weight", 1, 10000, &weight) ||
	    !number_in(fdt, node, "cap", 0, 100, &cap) ||
	    !number_in(fdt, node, "pin", 1, 255, &pin) ||
	    !number_in(fdt, node, "stolen-time", 0, PVTIME_DIALECT_BETA2, &dialect) ||
	    !number(fdt, node, "entry", &vm->entry) || !number(fdt, node, "x0", &vm->x0))
		return "vcpus, memory, weight, cap, pin, stolen-time, entry or x0 is missing or out of range";
	vm->big_endian = fdt_getprop(fdt, node, "big-endian", NULL);
	vm->nvcpus = (unsigned)vcpus;
	vm->dialect = (enum pvtime_dialect)dialect;
	*m = (struct manifest_vm){(uint32_t)weight, (uint32_t)cap, (uint8_t)pin};
	return read_segments(fdt, node, size, vm);
}
