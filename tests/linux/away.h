/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_LINUX_AWAY_H
#define TESTS_LINUX_AWAY_H

/*
 * A VM whose structures are in memory of this process that can be taken away: by mprotect, where
 * user space may not access it; with its slot; or where it is missing and user space is to bring
 * it, as in a migration by post-copy (userfaultfd). Each vCPU's structure is in a page of its own.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/linux/vmm.h"

enum { WAITS, RUNS };
enum { SLOT = VMM_SLOT, PAGE = VMM_PAGE, SIZE = VM_VCPUS * PAGE };

#define MS UINT64_C(1000000)

static struct vm vm;
static uint8_t *memory; /* a page for each vCPU's structure */
static int faults = -1; /* of userfaultfd */

static inline void have_slot(bool there)
{
	struct kvm_userspace_memory_region region = {
		.slot = SLOT,
		.guest_phys_addr = VM_STOLEN,
		.memory_size = there ? SIZE : 0,
		.userspace_addr = (uintptr_t)memory,
	};

	if (ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, &region) != 0)
		bail_out("a slot");
}

static inline void create(void)
{
	vm_create(&vm);
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		bail_out("memory");
	have_slot(true);
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * PAGE) != 0)
			bail_out("an address");
		vcpu_enter_at(&vm.vcpus[i], guest_work);
	}
}

static inline void destroy(void)
{
	if (faults >= 0)
		close(faults);
	faults = -1;
	vm_destroy(&vm);
	munmap(memory, SIZE);
}

static inline uint64_t *counter(unsigned vcpu)
{
	return (uint64_t *)(void *)(memory + vcpu * PAGE +
				    offsetof(struct pvtime_stolen, stolen_ns));
}

static inline uint64_t counter_ns(unsigned vcpu)
{
	return __atomic_load_n(counter(vcpu), __ATOMIC_ACQUIRE);
}

static inline uint64_t total_ns(void)
{
	uint64_t ns = 0;

	if (vcpu_get(&vm.vcpus[WAITS], KVM_ARM_VCPU_PVTIME_TOTAL, &ns) != 0)
		bail_out("KVM_ARM_VCPU_PVTIME_TOTAL");
	return ns;
}

static inline void allow(int access)
{
	if (mprotect(memory, SIZE, access) != 0)
		bail_out("mprotect");
}

static inline void reset(void)
{
	if (!vcpu_reset(&vm, &vm.vcpus[WAITS]))
		bail_out("KVM_ARM_VCPU_INIT");
}

/* From here on, the page of the first structure is missing. */
static inline void lose_page(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.range = {(uintptr_t)memory, PAGE},
					.mode = UFFDIO_REGISTER_MODE_MISSING};

	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) != 0 ||
	    ioctl(faults, UFFDIO_REGISTER, &range) != 0 ||
	    madvise(memory, PAGE, MADV_DONTNEED) != 0)
		bail_out("userfaultfd");
}

/* Whether somebody needs the missing page within so many ms. */
static inline bool page_needed(int ms)
{
	struct pollfd p = {.fd = faults, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

/* Bring it, with this counter. */
static inline void bring_page(uint64_t ns)
{
	static _Alignas(PAGE) uint64_t page[PAGE / sizeof(uint64_t)];
	struct uffdio_copy copy = {.dst = (uintptr_t)memory, .src = (uintptr_t)page, .len = PAGE};

	page[1] = ns;
	if (ioctl(faults, UFFDIO_COPY, &copy) != 0)
		bail_out("UFFDIO_COPY");
}

#endif
