/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMs of tests/kvm/exec_vmm.c, made as its words say. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/exec_vmm.h"
#include "tests/kvm/register.h"

#define RAM	 0x40000000u /* IPA */
#define RAM_SIZE 0x400000u
#define FDT_AT	 0x200000u /* in RAM */
#define TABLE_AT 0x300000u
#define OWN	 0x50000000u

/* conformance/user/vcpu.S */
extern const char guest_code[], guest_code_end[], guest_call[], guest_work[];

/* The value after `name`=, "" if the word has no value, or NULL if it was not given. */
const char *word(const struct vmm *v, const char *name)
{
	size_t n = strlen(name);

	for (int i = 1; i < v->argc; i++)
		if (strncmp(v->argv[i], name, n) == 0 &&
		    (v->argv[i][n] == '\0' || v->argv[i][n] == '='))
			return v->argv[i] + n + (v->argv[i][n] == '=');
	return NULL;
}

static void *map(size_t size, int fd)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		err(3, "mmap");
	return at;
}

static void set_slot(const struct vmm *v, uint32_t slot, uint64_t ipa, uint64_t size, void *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	MUST(v->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

/* SCTLR_EL1 and the like: op0 3, op1 0. */
#define SYSTEM(crn, crm, op2) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | 0x13c000u | (crn) << 7 | (crm) << 3 | (op2))

int make_vcpu(const struct vmm *v, unsigned index)
{
	return MUST(v->vm, KVM_CREATE_VCPU, (void *)(uintptr_t)index);
}

void init_vcpu(const struct vmm *v, unsigned i)
{
	struct kvm_vcpu_init init = {.target = 0};

	MUST(v->vm, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (word(v, "off") != NULL && i > 0)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	MUST(v->vcpu[i], KVM_ARM_VCPU_INIT, &init);
}

/* Enable the MMU with an identity map of the GiB that contains RAM and NOWHERE. */
static void enable_mmu(struct vmm *v, unsigned i)
{
	const uint64_t block = RAM | 1 << 10 | 1; /* 1 GiB, AF, attribute 0 of MAIR */

	memcpy(v->ram + TABLE_AT + 8, &block, sizeof(block));
	set_register(v->vcpu[i], SYSTEM(2, 0, 0), RAM + TABLE_AT);
	set_register(v->vcpu[i], SYSTEM(2, 0, 2), 1 << 23 | 25); /* 39 bits, TTBR1 disabled */
	set_register(v->vcpu[i], SYSTEM(10, 2, 0), 0x44);	 /* Normal, Non-cacheable */
	set_register(v->vcpu[i], SYSTEM(1, 0, 0), 0x30d00801);	 /* M, and the RES1 bits */
	set_register(v->vcpu[i], CORE(regs.pc), RAM + (uint64_t)(guest_work - guest_code));
}

void load_vcpu(struct vmm *v, unsigned i)
{
	v->run[i] = map((size_t)MUST(v->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL), v->vcpu[i]);
	set_register(v->vcpu[i], CORE(regs.pc), RAM + (uint64_t)(guest_call - guest_code));
	if (word(v, "ran") != NULL)
		enable_mmu(v, i);
}

void scratch(struct vmm *v)
{
	v->vm = MUST(v->kvm, KVM_CREATE_VM, NULL);
	v->vcpu[0] = make_vcpu(v, 0);
	init_vcpu(v, 0);
	close(v->vcpu[0]);
	close(v->vm);
}

void make_vm(struct vmm *v)
{
	v->vm = MUST(v->kvm, KVM_CREATE_VM, NULL);
	if (word(v, "dup") != NULL) {
		int first = v->vm;

		v->vm = must(fcntl(first, F_DUPFD_CLOEXEC, 100), "F_DUPFD_CLOEXEC");
		close(first);
		must(open("/dev/null", O_RDONLY) == first ? 0 : -1,
		     "reusing the VM's first file number");
	}
	v->ram = map(RAM_SIZE, -1);
	memcpy(v->ram, guest_code, (size_t)(guest_code_end - guest_code));
	__builtin___clear_cache((char *)v->ram, (char *)v->ram + 0x1000);
	set_slot(v, 0, RAM, RAM_SIZE, v->ram);
	for (unsigned i = 0; i < v->vcpus; i++) {
		bool last = i == v->vcpus - 1;

		if (last && word(v, "late") != NULL)
			break;
		v->vcpu[i] = make_vcpu(v, i);
		if (last && word(v, "parked") != NULL)
			break;
		init_vcpu(v, i);
		load_vcpu(v, i);
	}
}

void load_fdt(const struct vmm *v, const char *path)
{
	int fd = must(open(path, O_RDONLY), path);

	must((int)read(fd, v->ram + FDT_AT, RAM_SIZE - FDT_AT), path);
	close(fd);
	set_register(v->vcpu[0], CORE(regs.regs[0]), RAM + FDT_AT);
}

void give_own(const struct vmm *v)
{
	set_slot(v, 1, OWN, 0x10000, map(0x10000, -1));
	for (unsigned i = 0; i < v->vcpus; i++) {
		uint64_t ipa = OWN + 64 * i;
		struct kvm_device_attr attr = {
			.group = KVM_ARM_VCPU_PVTIME_CTRL,
			.attr = KVM_ARM_VCPU_PVTIME_IPA,
			.addr = (uintptr_t)&ipa,
		};
		MUST(v->vcpu[i], KVM_SET_DEVICE_ATTR, &attr);
	}
}

/*
 * Use the last slot and the last but two, with one page far above RAM. So the highest free slot is
 * the last but one.
 */
void use_slots(const struct vmm *v)
{
	uint32_t slots = (uint32_t)MUST(v->kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_NR_MEMSLOTS);
	uint8_t *page = map(0x10000, -1);

	set_slot(v, slots - 1, 0x100000000, 0x10000, page);
	set_slot(v, slots - 3, 0x100010000, 0x10000, page);
}

void give_up(struct vmm *v)
{
	for (unsigned i = 0; i < v->vcpus; i++) {
		munmap(v->run[i], (size_t)MUST(v->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL));
		close(v->vcpu[i]);
	}
	close(v->vm);
	munmap(v->ram, RAM_SIZE);
}
