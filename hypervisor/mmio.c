/* SPDX-License-Identifier: BSD-2-Clause */
#include "mmio.h"
#include "access.h"
#include "arch.h"
#include "esr.h"
#include "inject.h"
#include "records.h"
#include "sysregs.h"
#include "vm.h"
#include "machine/virtio_mmio.h"

static uint32_t virtio_read(struct vm *vm, uint32_t offset)
{
	(void)vm;
	return virtio_mmio_empty(offset);
}

/* Reads are memory accesses (dev/flash.c), except for reads that come with a write. */
static uint32_t flash_read(struct vm *vm, uint32_t offset)
{
	(void)vm, (void)offset;
	return UINT32_MAX;
}

static void ignore_write(struct vm *vm, uint32_t offset, uint32_t value)
{
	(void)vm, (void)offset, (void)value;
}

/* A window of 32-bit registers. */
struct device {
	uint64_t base, size;
	uint32_t (*read)(struct vm *vm, uint32_t offset);
	void (*write)(struct vm *vm, uint32_t offset, uint32_t value);
};

static const struct device devices[] = {
	{MAP_UART_BASE, MAP_UART_SIZE, vuart_read, vuart_write},
	{MAP_RTC_BASE, MAP_RTC_SIZE, vrtc_read, vrtc_write},
	{MAP_VIRTIO_BASE, MAP_VIRTIO_SIZE, virtio_read, ignore_write},
	{MAP_FLASH_BASE, MAP_FLASH_SIZE, flash_read, ignore_write},
};

/* An access of 64 bits goes to two registers. */
static enum vgic_result window_access(const struct device *d, struct vm *vm, struct mmio *m)
{
	uint32_t offset = (uint32_t)(m->ipa.ipa - d->base);

	for (unsigned half = 0; half < (m->size == 8 ? 2 : 1) && !m->ask; half++) {
		if (m->write)
			d->write(vm, offset + 4 * half, (uint32_t)(m->value >> 32 * half));
		else
			m->value |= (uint64_t)d->read(vm, offset + 4 * half) << 32 * half;
	}
	return VGIC_DONE;
}

static void count_refused_write(struct vcpu *v)
{
	if (v->vm->pvtime.pa)
		v->refused_writes++;
}

static enum vgic_result device_access(struct vcpu *v, struct mmio *m)
{
	if (m->ipa.ipa - MAP_GICD_BASE < MAP_GICD_SIZE || vgic_covers(v->vm, m->ipa))
		return vgic_mmio(v, m);
	for (unsigned i = 0; i < ARRAY_SIZE(devices); i++)
		if (m->ipa.ipa - devices[i].base < devices[i].size)
			return window_access(&devices[i], v->vm, m);
	/* This is memory, which the guest may read but not write. */
	if (m->write && m->ipa.ipa - MAP_PVTIME_BASE < MAP_PVTIME_SIZE)
		count_refused_write(v);
	return VGIC_FAULT;
}

static bool is_big_endian(const struct vcpu *v)
{
	bool el0 = !(v->regs.pstate & 0xc);

	if (v->regs.pstate & BIT(4)) /* AArch32: PSTATE.E */
		return v->regs.pstate & BIT(9);
	return read_sysreg(sctlr_el1) & (el0 ? SCTLR_E0E : SCTLR_EE);
}

/*
 * Read the instruction at the guest's PC, which the guest has just fetched from there. False: its
 * page has been unmapped meanwhile.
 */
static bool read_insn(struct vcpu *v, uint32_t *insn)
{
	uint64_t par = guest_translate(v->regs.pc), ipa;

	ipa = (par & UINT64_C(0x000ffffffffff000)) | (v->regs.pc & 0xfff);
	if (par & 1 || ipa < MAP_RAM_BASE || ipa - MAP_RAM_BASE > v->vm->ram_size - 4)
		return false;
	*insn = *(const uint32_t *)pa_ptr((paddr_t){v->vm->ram.pa + (ipa - MAP_RAM_BASE)});
	return true;
}

static void write_back(struct vcpu *v, const struct access *a)
{
	if (a->base == ACCESS_NO_REG)
		return;
	if (a->base < 31)
		v->regs.x[a->base] += (uint64_t)a->writeback;
	else if (v->regs.pstate & 1) /* SP_EL1 in EL1h, SP_EL0 otherwise */
		write_sysreg(sp_el1, read_sysreg(sp_el1) + (uint64_t)a->writeback);
	else
		write_sysreg(sp_el0, read_sysreg(sp_el0) + (uint64_t)a->writeback);
}

/*
 * Transfer i of the access, whose first transfer goes to `ipa`. ask: only check whether it can be
 * made.
 */
static inline __attribute__((always_inline)) enum vgic_result transfer(struct vcpu *v,
								       const struct access *a,
								       unsigned i, ipaddr_t ipa,
								       bool big_endian, bool ask)
{
	struct mmio m = {
		.ipa = {ipa.ipa + (uint64_t)i * a->size},
		.size = a->size,
		.write = a->write,
		.ask = ask,
		.value = a->write ? access_get(a, i, &v->regs, big_endian) : 0,
	};
	enum vgic_result result = device_access(v, &m);

	if (result == VGIC_DONE && !ask && !a->write)
		access_set(a, i, &v->regs, big_endian, m.value);
	return result;
}

/*
 * Make all transfers of the access, or none. First each is only asked for, the last one first: so a
 * transfer that goes nowhere is found before the distributor begins to take from other vCPUs what a
 * write clears.
 */
static COLD enum vgic_result transfer_all(struct vcpu *v, const struct access *a, ipaddr_t ipa,
					  bool big_endian)
{
	enum vgic_result result = VGIC_DONE;

	for (unsigned i = a->count; i-- > 0 && result != VGIC_FAULT;) {
		enum vgic_result one = transfer(v, a, i, ipa, big_endian, true);

		result = one == VGIC_DONE ? result : one;
	}
	for (unsigned i = 0; i < a->count && result == VGIC_DONE; i++)
		result = transfer(v, a, i, ipa, big_endian, false);
	return result;
}

/* The syndrome does not describe the access, so decode the instruction. */
static enum vgic_result emulate_instruction(struct vcpu *v, uint64_t esr, ipaddr_t ipa)
{
	bool big_endian = is_big_endian(v);
	enum vgic_result result;
	struct access a;
	uint32_t insn;

	if (esr & ISS_S1PTW)
		return VGIC_FAULT;
	if (esr & ISS_CM) /* cache maintenance on a device or read-only memory: nothing to do */
		return VGIC_DONE;
	if (v->regs.pstate & BIT(4)) /* AArch32 EL0 has other encodings */
		return VGIC_FAULT;
	if (!read_insn(v, &insn))
		return VGIC_RETRY; /* the guest will fault by itself */
	if (!access_decode(insn, &a)) {
		if (esr & ISS_WNR && ipa.ipa - MAP_PVTIME_BASE < MAP_PVTIME_SIZE)
			count_refused_write(v);
		return VGIC_FAULT;
	}
	result = transfer_all(v, &a, ipa, big_endian);
	if (result != VGIC_DONE)
		return result;
	write_back(v, &a);
	return VGIC_DONE;
}

/* The syndrome describes the access, as it mostly does. */
static enum vgic_result emulate(struct vcpu *v, uint64_t esr, ipaddr_t ipa)
{
	const struct access a = access_from_syndrome(esr);

	return transfer(v, &a, 0, ipa, is_big_endian(v), false);
}

/* Whether there is anything at this address, even if it cannot be accessed in this way. */
static bool is_anything(const struct vm *vm, ipaddr_t ipa)
{
	for (unsigned i = 0; i < ARRAY_SIZE(devices); i++)
		if (ipa.ipa - devices[i].base < devices[i].size)
			return true;
	return ipa.ipa - MAP_GICD_BASE < MAP_GICD_SIZE || vgic_covers(vm, ipa) ||
	       (vm->pvtime.pa && ipa.ipa - MAP_PVTIME_BASE < MAP_PVTIME_SIZE);
}

void mmio_refuse(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa)
{
	if (!is_anything(v->vm, ipa) &&
	    !__atomic_exchange_n(&v->vm->told_nowhere, true, __ATOMIC_RELAXED))
		report_nowhere(v, ipa.ipa);
	inject_external_abort(v, esr, far);
}

void mmio_abort(struct vcpu *v, uint64_t esr, uint64_t far, ipaddr_t ipa)
{
	bool described = (esr & (ISS_ISV | ISS_S1PTW | ISS_CM)) == ISS_ISV;

	switch (described ? emulate(v, esr, ipa) : emulate_instruction(v, esr, ipa)) {
	case VGIC_DONE:
		skip_instruction(v, esr);
		break;
	case VGIC_RETRY:
		break;
	case VGIC_FAULT:
		mmio_refuse(v, esr, far, ipa);
		break;
	}
}
