/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM's in-kernel GICv3. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

static bool set(struct vm *vm, int gic, uint32_t group, uint64_t attribute, const void *value)
{
	const struct kvm_device_attr attr = {
		.group = group, .attr = attribute, .addr = (uintptr_t)value};

	return VM_CALL(vm, gic, KVM_SET_DEVICE_ATTR, &attr);
}

static bool set_up(struct vm *vm, int gic)
{
	const uint64_t distributor = MAP_GICD_BASE, redistributors = MAP_GICR_BASE;
	const uint32_t intids = MAP_INTIDS;

	return set(vm, gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &distributor) &&
	       set(vm, gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
		   &redistributors) &&
	       set(vm, gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &intids) &&
	       set(vm, gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

bool gic_create(struct vm *vm)
{
	struct kvm_create_device device = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	if (!VM_CALL(vm, vm->fd, KVM_CREATE_DEVICE, &device))
		return false;
	vm->gic = (int)device.fd;
	return set_up(vm, vm->gic);
}

void gic_set_spi(struct vm *vm, unsigned intid, bool high)
{
	const struct kvm_irq_level level = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid,
		.level = high,
	};

	if (!VM_CALL(vm, vm->fd, KVM_IRQ_LINE, &level))
		vm_tell(vm, VM_FAILED);
}
