/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The region's memory: the library's own, from the memfd to the VM's slot, or the VMM's.
 *
 * The library's is a memfd, which can be shared with other processes. It is sealed so that none of
 * them can shorten it: an access beyond its end would be a SIGBUS here, and a failed publish in
 * KVM.
 */
#include <errno.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

/* Whether the planner could have returned this region for `vcpus` vCPUs. */
static bool planned(const struct pvtime_range *region, uint32_t vcpus)
{
	struct pvtime_range again;

	return pvtime_region_place(&again, region->base, vcpus, NULL, 0, UINT64_MAX) == PVTIME_OK &&
	       again.size == region->size;
}

/* Create a memfd of `size` bytes, mapped at *memory. Returns its descriptor. */
static int map_memfd(size_t size, void **memory)
{
	int fd = pvtk_memfd("pvtime");

	if (fd < 0)
		return fd;
	int err = pvtk_fill(fd, size);
	if (!err)
		err = pvtk_seal(fd);
	if (!err)
		err = pvtk_map(fd, size, memory);
	if (!err)
		return fd;
	pvtk_close(fd);
	return err;
}

/* All but the memory. */
static int alloc(struct pvtime_kvm **out, int vm_fd, const struct pvtime_range *region,
		 uint32_t vcpus)
{
	if (!planned(region, vcpus))
		return -EINVAL;
	struct pvtime_kvm *k = pvtk_alloc(sizeof(*k) + vcpus * sizeof(k->vcpu_fd[0]));
	if (!k)
		return -ENOMEM;
	k->vm_fd = vm_fd;
	k->memfd = NO_FD;
	k->region = *region;
	k->vcpus = vcpus;
	for (uint32_t i = 0; i < vcpus; i++)
		k->vcpu_fd[i] = NO_FD;
	*out = k;
	return 0;
}

int pvtime_kvm_create(struct pvtime_kvm **out, int vm_fd, uint32_t slot,
		      const struct pvtime_range *region, uint32_t vcpus)
{
	struct pvtime_kvm *k;
	void *memory = NULL;
	int err = alloc(&k, vm_fd, region, vcpus);

	if (err)
		return err;
	int fd = map_memfd(region->size, &memory);
	if (fd < 0) {
		pvtk_free(k);
		return fd;
	}
	k->slot = slot;
	k->memfd = fd;
	k->structures = memory;
	*out = k;
	return 0;
}

int pvtime_kvm_create_with_memory(struct pvtime_kvm **out, int vm_fd,
				  const struct pvtime_range *region, uint32_t vcpus, void *memory)
{
	if (!memory || (uintptr_t)memory % PVTIME_STRUCT_ALIGN)
		return -EINVAL;
	int err = alloc(out, vm_fd, region, vcpus);
	if (!err) {
		(*out)->structures = memory;
		(*out)->registered = true;
	}
	return err;
}

void *pvtime_kvm_memory(const struct pvtime_kvm *k, int *fd)
{
	if (fd)
		*fd = k->memfd;
	return k->structures;
}

/* The memory, and with it the slot, is the VMM's. */
static bool handed_in(const struct pvtime_kvm *k)
{
	return k->memfd == NO_FD;
}

/* KVM removes a slot whose size is set to 0, and changes the flags of one that is there already. */
static int set_slot(struct pvtime_kvm *k, bool there, bool log_dirty)
{
	struct kvm_userspace_memory_region slot = {
		.slot = k->slot,
		.flags = (log_dirty ? KVM_MEM_LOG_DIRTY_PAGES : 0u) |
			 (k->read_only ? KVM_MEM_READONLY : 0u),
		.guest_phys_addr = k->region.base,
		.memory_size = there ? k->region.size : 0,
		.userspace_addr = (uintptr_t)k->structures,
	};

	return pvtk_ioctl(k->vm_fd, KVM_SET_USER_MEMORY_REGION, &slot);
}

static int set_registered(struct pvtime_kvm *k, bool there)
{
	if (handed_in(k))
		return -EPERM;
	int err = k->registered == there ? 0 : set_slot(k, there, k->log_dirty);
	if (err < 0)
		return err;
	k->registered = there;
	return 0;
}

int pvtime_kvm_register(struct pvtime_kvm *k)
{
	return set_registered(k, true);
}

int pvtime_kvm_unregister(struct pvtime_kvm *k)
{
	return set_registered(k, false);
}

int pvtime_kvm_log_dirty(struct pvtime_kvm *k, int on)
{
	bool log = on != 0;

	if (handed_in(k))
		return -EPERM;
	int err = k->registered && k->log_dirty != log ? set_slot(k, true, log) : 0;
	if (err < 0)
		return err;
	k->log_dirty = log;
	return 0;
}

/* Takes the library's memory from the VM, and releases it. */
static int release(struct pvtime_kvm *k)
{
	int err = pvtime_kvm_unregister(k);

	if (!err)
		err = pvtk_unmap(k->structures, k->region.size);
	if (!err)
		pvtk_close(k->memfd);
	return err;
}

int pvtime_kvm_destroy(struct pvtime_kvm *k)
{
	int err = k && !handed_in(k) ? release(k) : 0;

	if (!err)
		pvtk_free(k);
	return err;
}
