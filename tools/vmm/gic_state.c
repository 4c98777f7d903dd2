/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the GICv3 in the kernel (Documentation/virt/kvm/devices/arm-vgic-v3.rst). What is
 * not here is constant, or of LPIs, which these VMs have none of.
 */
#include <errno.h>
#include <string.h>
#include "tools/vmm/state.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define SPIS (MAP_INTIDS - 32)

/*
 * Registers of 32 bits that follow each other. Levels go before what is pending, and enabling comes
 * last.
 */
struct registers {
	uint32_t offset, count;
};

/* GICD, behind the private interrupts' part of each (IHI 0069, 12.9). */
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

/* GICR, RD_base and SGI_base (12.11). */
static const struct registers redistributor[] = {
	{0x0014, 1},  /* WAKER */
	{0x10080, 1}, /* IGROUPR0 */
	{0x10c04, 1}, /* ICFGR1 */
	{0x10400, 8}, /* IPRIORITYR */
	{0x10200, 1}, /* ISPENDR0 */
	{0x10300, 1}, /* ISACTIVER0 */
	{0x10100, 1}, /* ISENABLER0 */
};

/* The CPU interface, as op0, op1, CRn, CRm, op2. */
#define ICC(op1, crn, crm, op2) (3u << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
static const uint32_t interface[] = {
	ICC(0, 12, 12, 5), /* SRE_EL1, before all others */
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

/* One value of `size` bytes. */
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

/* The levels of 32 interrupts' lines; private ones are a vCPU's. */
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
