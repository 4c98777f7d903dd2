/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's half of the tests' KVM. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pvtime/abi.h>
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/unit/libpvtime-kvm/fake.h"

struct fake fake;

_Noreturn void fake_wrong(const char *what)
{
	printf("Bail out! %s\n", what);
	fflush(stdout);
	abort();
}

void fake_start(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.latency_ns = 1000;
	fake.frequency = 62500000;
	fake.wake_ns = 16;
	fake.run_delay = 123456789;
	for (unsigned v = 0; v < FAKE_VMS; v++) {
		fake.vms[v].bitmap = 1;
		for (unsigned i = 0; i < FAKE_VCPUS; i++)
			fake.vms[v].vcpus[i].ipa = UINT64_MAX;
	}
}

/* 0, or the error with which this call must fail. */
int fake_fails(unsigned long request)
{
	if (++fake.calls != fake.fail_at)
		return 0;
	fake.failed = true;
	fake.failed_request = request;
	return -fake.fail_error;
}

static struct fake_vm *vm_of(int fd)
{
	return fd >= FAKE_VM(0) && fd < FAKE_VM(FAKE_VMS) ? &fake.vms[fd - FAKE_VM(0)] : NULL;
}

static struct fake_vm *vm_of_vcpu(int fd)
{
	return fd >= FAKE_VCPU(0, 0) && fd < FAKE_VCPU(FAKE_VMS, 0)
		       ? &fake.vms[(fd - FAKE_VCPU(0, 0)) / 16]
		       : NULL;
}

static struct fake_vcpu *vcpu_of(int fd)
{
	struct fake_vm *vm = vm_of_vcpu(fd);

	return vm ? &vm->vcpus[(fd - FAKE_VCPU(0, 0)) % 16] : NULL;
}

/* The slot that has the VM's memory at `ipa`; NULL: none has. */
static struct fake_slot *slot_at(struct fake_vm *vm, uint64_t ipa)
{
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		struct fake_slot *slot = &vm->slots[i];

		if (slot->size && ipa >= slot->base && ipa - slot->base < slot->size)
			return slot;
	}
	return NULL;
}

/* The first KVM_RUN takes what is in the structure, if user space has not set the total. */
static void publish_total(struct fake_vcpu *vcpu, struct pvtime_stolen *page)
{
	if (!vcpu->begun) {
		vcpu->total = vcpu->set ? vcpu->total : page->stolen_ns;
		vcpu->last_steal = fake.run_delay;
		vcpu->begun = true;
	}
	vcpu->total += fake.run_delay - vcpu->last_steal;
	page->stolen_ns = vcpu->total;
}

static void publish(struct fake_vm *vm, struct fake_vcpu *vcpu)
{
	struct fake_slot *slot = vcpu->ipa != UINT64_MAX ? slot_at(vm, vcpu->ipa) : NULL;

	if (!slot)
		return;
	struct pvtime_stolen *page = (void *)(slot->memory + (vcpu->ipa - slot->base));
	if (fake.keeps_total)
		publish_total(vcpu, page);
	else
		page->stolen_ns += fake.run_delay - vcpu->last_steal;
	vcpu->last_steal = fake.run_delay;
	slot->dirty |= slot->log_dirty;
}

void fake_run(unsigned vm, unsigned vcpu, uint64_t wait_ns)
{
	fake.run_delay += wait_ns;
	publish(&fake.vms[vm], &fake.vms[vm].vcpus[vcpu]);
	fake.vms[vm].ran = true;
}

static int set_slot(struct fake_vm *vm, const struct kvm_userspace_memory_region *r)
{
	if (r->slot >= FAKE_SLOTS || r->guest_phys_addr % 4096 || r->memory_size % 4096)
		return -EINVAL;
	struct fake_slot *slot = &vm->slots[r->slot];
	uint8_t *memory = (uint8_t *)(uintptr_t)r->userspace_addr;
	bool log_dirty = r->flags & KVM_MEM_LOG_DIRTY_PAGES;
	bool read_only = r->flags & KVM_MEM_READONLY;
	if (r->flags & ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY))
		return -EINVAL;
	if (!r->memory_size) {
		if (!slot->size)
			return -EINVAL;
		slot->size = 0;
		return 0;
	}
	if (slot->size) { /* only the log can change */
		if (slot->read_only != read_only || slot->base != r->guest_phys_addr ||
		    slot->size != r->memory_size || slot->memory != memory)
			return -EINVAL;
		slot->log_dirty = log_dirty;
		slot->dirty &= log_dirty;
		return 0;
	}
	for (unsigned i = 0; i < FAKE_SLOTS; i++)
		if (vm->slots[i].size &&
		    r->guest_phys_addr < vm->slots[i].base + vm->slots[i].size &&
		    vm->slots[i].base < r->guest_phys_addr + r->memory_size)
			return -EEXIST;
	*slot = (struct fake_slot){r->guest_phys_addr, r->memory_size, memory,
				   log_dirty,	       read_only,      false};
	return 0;
}

static int total(struct fake_vcpu *vcpu, unsigned long request, uint64_t *value)
{
	if (request == KVM_HAS_DEVICE_ATTR)
		return 0;
	if (vcpu->ipa == UINT64_MAX)
		return -ENXIO;
	if (request == KVM_GET_DEVICE_ATTR) {
		*value = vcpu->total + (vcpu->begun ? fake.run_delay - vcpu->last_steal : 0);
		return 0;
	}
	vcpu->total = *value;
	vcpu->set = true;
	vcpu->begun = false;
	return 0;
}

/* In the order of arch/arm64/kvm/pvtime.c. */
static int attribute(int fd, unsigned long request, const struct kvm_device_attr *attr)
{
	struct fake_vcpu *vcpu = vcpu_of(fd);
	uint64_t *value = (uint64_t *)(uintptr_t)attr->addr;

	if (fake.keeps_total && !fake.no_stolen_time && attr->group == KVM_ARM_VCPU_PVTIME_CTRL &&
	    attr->attr == KVM_ARM_VCPU_PVTIME_TOTAL)
		return total(vcpu, request, value);
	if (attr->group != KVM_ARM_VCPU_PVTIME_CTRL || attr->attr != KVM_ARM_VCPU_PVTIME_IPA ||
	    fake.no_stolen_time)
		return -ENXIO;
	if (request == KVM_HAS_DEVICE_ATTR)
		return 0;
	if (!value)
		return -EFAULT;
	if (request == KVM_GET_DEVICE_ATTR) {
		*value = vcpu->ipa;
		return 0;
	}
	if (*value % 64)
		return -EINVAL;
	if (vcpu->ipa != UINT64_MAX)
		return -EEXIST;
	const struct fake_slot *slot = slot_at(vm_of_vcpu(fd), *value);
	if (!slot || (slot->read_only && !fake.keeps_total))
		return -EINVAL;
	vcpu->ipa = *value;
	return 0;
}

static int bitmap(int fd, unsigned long request, const struct kvm_one_reg *reg)
{
	struct fake_vm *vm = vm_of_vcpu(fd);
	uint64_t *value = (uint64_t *)(uintptr_t)reg->addr;

	if (vcpu_of(fd)->uninitialised)
		return -ENOEXEC;
	if (fake.no_bitmap || reg->id != 0x6030000000160001ull)
		return -ENOENT;
	if (request == KVM_GET_ONE_REG) {
		*value = vm->bitmap;
		return 0;
	}
	if (*value & ~3ull) /* bit 1 stands for a call that Linux does not have yet */
		return -EINVAL;
	if (vm->ran && *value != vm->bitmap)
		return -EBUSY;
	vm->bitmap = *value;
	return 0;
}

static int set_run_mask(struct fake_vcpu *vcpu, const struct kvm_signal_mask *mask)
{
	vcpu->run_mask = 0;
	if (!mask)
		return 0;
	if (mask->len != sizeof(vcpu->run_mask))
		return -EINVAL;
	memcpy(&vcpu->run_mask, mask->sigset, sizeof(vcpu->run_mask));
	return 0;
}

static int run(int fd)
{
	struct fake_vm *vm = vm_of_vcpu(fd);
	struct fake_vcpu *vcpu = vcpu_of(fd);
	bool other_sleep = fake.runs < fake.first_sleeps;

	fake.runs++;
	if (vcpu->uninitialised)
		return -ENOEXEC;
	vm->ran = true;
	fake.sleeps += other_sleep;
	if (fake.exits) {
		fake.exits--;
		return 0;
	}
	if (vcpu->mp_state != KVM_MP_STATE_STOPPED) {
		fake.entries++;
		publish(vm, vcpu);
		return 0;
	}
	if (!fake.timer_ns)
		fake_wrong("KVM_RUN of a stopped vCPU, and nothing will ever end it");
	if (fake.blocked != fake.timer_signal)
		fake_wrong("a signal whose handler would run, or that could be lost");
	if (vcpu->run_mask != ~(1ull << (fake.timer_signal - 1)))
		fake_wrong("KVM_RUN is interrupted by other signals than the timer's");
	bool early = fake.timer_ns < fake.latency_ns;
	fake.timer_ns = 0;
	fake.pending = fake.timer_signal;
	if (!early) {
		fake.sleeps++;
		fake.run_delay += fake.wake_ns;
	}
	if (!early || fake.early_publishes)
		publish(vm, vcpu);
	return -EINTR;
}

static int vcpu_ioctl(int fd, unsigned long request, void *argument)
{
	struct fake_vcpu *vcpu = vcpu_of(fd);
	struct kvm_mp_state *state = argument;
	const struct arm_vcpu_events *events = argument;

	switch (request) {
	case KVM_HAS_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_SET_DEVICE_ATTR:
		return attribute(fd, request, argument);
	case KVM_GET_ONE_REG:
	case KVM_SET_ONE_REG:
		return bitmap(fd, request, argument);
	case KVM_GET_MP_STATE:
		state->mp_state = vcpu->mp_state;
		return 0;
	case KVM_SET_MP_STATE:
		vcpu->mp_state = state->mp_state;
		return 0;
	case ARM_SET_VCPU_EVENTS:
		vcpu->aborts += events->ext_dabt_pending;
		return 0;
	case KVM_SET_SIGNAL_MASK:
		return set_run_mask(vcpu, argument);
	case KVM_RUN:
		return run(fd);
	default:
		return -ENOTTY;
	}
}

int pvtk_ioctl(int fd, unsigned long request, void *argument)
{
	int err = fake_fails(request);

	if (err)
		return err;
	if (vcpu_of(fd))
		return vcpu_ioctl(fd, request, argument);
	if (!vm_of(fd))
		return -EBADF;
	switch (request) {
	case KVM_CHECK_EXTENSION:
		return (uintptr_t)argument == KVM_CAP_STEAL_TIME && !fake.no_stolen_time;
	case KVM_SET_USER_MEMORY_REGION:
		return set_slot(vm_of(fd), argument);
	default:
		return -ENOTTY;
	}
}
