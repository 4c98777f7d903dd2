/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The region's memory, from the memfd to the VM's slot. A memfd can be shared with other processes.
 * It is sealed so that none of them can shorten it: an access beyond its end would be a SIGBUS
 * here, and a failed publish in KVM.
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

int pvtime_kvm_create(struct pvtime_kvm **out, int vm_fd, uint32_t slot,
		      const struct pvtime_range *region, uint32_t vcpus)
{
	void *memory = NULL;

	if (!planned(region, vcpus))
		return -EINVAL;
	struct pvtime_kvm *k = pvtk_alloc(sizeof(*k) + vcpus * sizeof(k->vcpu_fd[0]));
	if (!k)
		return -ENOMEM;
	int fd = map_memfd(region->size, &memory);
	if (fd < 0) {
		pvtk_free(k);
		return fd;
	}
	k->vm_fd = vm_fd;
	k->slot = slot;
	k->memfd = fd;
	k->structures = memory;
	k->region = *region;
	k->vcpus = vcpus;
	for (uint32_t i = 0; i < vcpus; i++)
		k->vcpu_fd[i] = NO_FD;
	*out = k;
	return 0;
}

/* KVM removes a slot whose size is set to 0. */
static int set_slot(struct pvtime_kvm *k, bool there)
{
	struct kvm_userspace_memory_region slot = {
		.slot = k->slot,
		.guest_phys_addr = k->region.base,
		.memory_size = there ? k->region.size : 0,
		.userspace_addr = (uintptr_t)k->structures,
	};
	int err = k->registered == there ? 0
					 : pvtk_ioctl(k->vm_fd, KVM_SET_USER_MEMORY_REGION, &slot);

	if (err < 0)
		return err;
	k->registered = there;
	return 0;
}

int pvtime_kvm_register(struct pvtime_kvm *k)
{
	return set_slot(k, true);
}

int pvtime_kvm_unregister(struct pvtime_kvm *k)
{
	return set_slot(k, false);
}

int pvtime_kvm_destroy(struct pvtime_kvm *k)
{
	if (!k)
		return 0;
	int err = pvtime_kvm_unregister(k);
	if (!err)
		err = pvtk_unmap(k->structures, k->region.size);
	if (err)
		return err;
	pvtk_close(k->memfd);
	pvtk_free(k);
	return 0;
}
