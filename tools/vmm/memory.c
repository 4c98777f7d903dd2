/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VM's memory, which is memory of this process: RAM with the images, and flash, which reads as
 * erased and whose writes cause exits.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define ERASED_SIZE (2u << 20) /* the piece that is mapped repeatedly as flash */

static bool set_slot(struct vm *vm, uint32_t slot, uint32_t flags, uint64_t ipa, uint64_t size,
		     const void *memory)
{
	const struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	return VM_CALL(vm, vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

/* Map zeroed RAM, of which only touched pages take memory, and load the images. */
static bool make_ram(struct vm *vm)
{
	uint64_t size = vm->config->memory;
	void *ram = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (ram == MAP_FAILED)
		return vm_fail(vm, "no memory for its RAM: %s", strerror(errno));
	vm->ram = ram;
	for (uint32_t i = 0; i < vm->config->segment_count && !vm->restored; i++) {
		const struct vmm_segment *s = &vm->config->segments[i];

		memcpy(vm->ram + (s->ipa - MAP_RAM_BASE), s->bytes, s->size);
	}
	return set_slot(vm, SLOT_RAM, 0, MAP_RAM_BASE, size, vm->ram);
}

/* Fill the banks with mappings of one piece that is all ones. */
static bool fill_flash(struct vm *vm, int ones)
{
	for (uint64_t at = 0; at < MAP_FLASH_SIZE; at += ERASED_SIZE)
		if (mmap(vm->flash + at, ERASED_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, ones, 0) == MAP_FAILED)
			return vm_fail(vm, "no memory for its flash: %s", strerror(errno));
	memset(vm->flash, 0xff, ERASED_SIZE);
	return set_slot(vm, SLOT_FLASH, KVM_MEM_READONLY, MAP_FLASH_BASE, MAP_FLASH_SIZE,
			vm->flash);
}

static bool make_flash(struct vm *vm)
{
	int ones = memfd_create("pvtime-flash", MFD_CLOEXEC);
	void *room = mmap(NULL, MAP_FLASH_SIZE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool good = false;

	if (room != MAP_FAILED)
		vm->flash = room;
	if (ones >= 0 && ftruncate(ones, ERASED_SIZE) == 0 && vm->flash != NULL)
		good = fill_flash(vm, ones);
	else
		vm_fail(vm, "no memory for its flash: %s", strerror(errno));
	if (ones >= 0)
		close(ones);
	return good;
}

bool memory_create(struct vm *vm)
{
	return make_ram(vm) && make_flash(vm);
}

void memory_destroy(struct vm *vm)
{
	if (vm->ram != NULL)
		munmap(vm->ram, vm->config->memory);
	if (vm->flash != NULL)
		munmap(vm->flash, MAP_FLASH_SIZE);
	vm->ram = vm->flash = NULL;
}
