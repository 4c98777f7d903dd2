/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of KVM's in-kernel GICv3 (Documentation/virt/kvm/devices/arm-vgic-v3.rst). Registers
 * that are not listed are constant, or belong to LPIs, which these VMs do not have.
 */
#include <errno.h>
#include <string.h>
#include "tools/vmm/state.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define SPIS (MAP_INTIDS - 32)

/*
 * Consecutive 32-bit registers. The order matters: line levels before pending bits, enable bits
 * last.
 */
struct registers {
	uint32_t offset, count;
};

/* GICD registers; each entry begins after the part for private interrupts (IHI 0069, 12.9). */
static const struct registers distributor[] = {
	{0x084, SPIS / 32}, /* IGROUPR */
	{0xc08, SPIS / 16}, /* ICFGR */
	{0x420, SPIS / 4},  /* IPRIORITYR */
	{0x6100, SPIS * 2}, /* IROUTER */
	{0x204, SPIS / 32}, /* ISPENDR */
	{0x304, SPIS / 32}, /* ISACTIVER */
	{0x104, SPIS / 32}, /* ISENABLER */
	{0x000, 1},	    /* CTLR */
};

/* GICR registers in RD_base and SGI_base (IHI 0069, 12.11). */
static const struct registers redistributor[] = {
	{0x0014, 1},  /* WAKER */
	{0x10080, 1}, /* IGROUPR0 */
	{0x10c04, 1}, /* ICFGR1 */
	{0x10400, 8}, /* IPRIORITYR */
	{0x10200, 1}, /* ISPENDR0 */
	{0x10300, 1}, /* ISACTIVER0 */
	{0x10100, 1}, /* ISENABLER0 */
};

/* The CPU interface's registers, encoded as op0, op1, CRn, CRm, op2. */
#define ICC(op1, crn, crm, op2) (3u << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
static const uint32_t interface[] = {
	ICC(0, 12, 12, 5), /* SRE_EL1 must be the first */
	ICC(0, 12, 12, 4), /* CTLR_EL1 */
	ICC(0, 4, 6, 0),   /* PMR_EL1 */
	ICC(0, 12, 8, 3),  /* BPR0_EL1 */
	ICC(0, 12, 12, 3), /* BPR1_EL1 */
	ICC(0, 12, 8, 4),  /* AP0R0_EL1 */
	ICC(0, 12, 9, 0),  /* AP1R0_EL1 */
	ICC(0, 12, 12, 6), /* IGRPEN0_EL1 */
	ICC(0, 12, 12, 7), /* IGRPEN1_EL1 */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Save or restore one value of `size` bytes. */
static bool one(struct state *s, struct vm *vm, uint32_t group, uint64_t attribute, size_t size)
{
	uint64_t value = 0;
	const struct kvm_device_attr attr = {
		.group = group, .attr = attribute, .addr = (uintptr_t)&value};

	if (s->saving && !VM_CALL(vm, vm->gic, KVM_GET_DEVICE_ATTR, &attr))
		return false;
	if (!state_bytes(s, &value, size))
		return false;
	return s->saving || VM_CALL(vm, vm->gic, KVM_SET_DEVICE_ATTR, &attr) ||
	       vm_fail(vm, "GIC, group %u, 0x%llx", group, (unsigned long long)attribute);
}

static bool all(struct state *s, struct vm *vm, uint32_t group, uint64_t cpu,
		const struct registers *registers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < registers[i].count; j++)
			if (!one(s, vm, group, cpu | (registers[i].offset + 4 * j), 4))
				return false;
	return true;
}

/* The line levels of 32 interrupts; `cpu` is the vCPU for private ones. */
static bool levels(struct state *s, struct vm *vm, uint64_t cpu, uint32_t intid)
{
	return one(s, vm, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
		   cpu |
			   (uint64_t)VGIC_LEVEL_INFO_LINE_LEVEL
				   << KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT |
			   intid,
		   4);
}

static bool state_of_cpu(struct state *s, struct vm *vm, unsigned vcpu)
{
	uint64_t cpu = (uint64_t)vcpu << KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT; /* Aff0 */

	if (!levels(s, vm, cpu, 0) ||
	    !all(s, vm, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, cpu, redistributor, COUNT(redistributor)))
		return false;
	for (size_t i = 0; i < COUNT(interface); i++)
		if (!one(s, vm, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, cpu | interface[i], 8))
			return false;
	return true;
}

bool state_of_gic(struct state *s, struct vm *vm)
{
	for (uint32_t intid = 32; intid < MAP_INTIDS; intid += 32)
		if (!levels(s, vm, 0, intid))
			return false;
	if (!all(s, vm, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, distributor, COUNT(distributor)))
		return false;
	for (unsigned i = 0; i < vm->made; i++)
		if (!state_of_cpu(s, vm, i))
			return false;
	return true;
}
