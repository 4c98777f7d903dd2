/* SPDX-License-Identifier: BSD-2-Clause */
#include "mmio.h"
#include "access.h"
#include "arch.h"
#include "esr.h"
#include "inject.h"
#include "sysregs.h"
#include "vm.h"

/* One transfer, little-endian, with a device. */
static enum vgic_result uart_access(struct vcpu *v, ipaddr_t ipa, unsigned size, bool write,
				    uint64_t *value)
{
	uint32_t offset = (uint32_t)(ipa.ipa - MAP_UART_BASE);

	/* Of registers of 32 bits, 64 are two. */
	for (unsigned half = 0; half < (size == 8 ? 2 : 1); half++) {
		if (write)
			vuart_write(v->vm, offset + 4 * half, (uint32_t)(*value >> 32 * half));
		else
			*value |= (uint64_t)vuart_read(v->vm, offset + 4 * half) << 32 * half;
	}
	return VGIC_DONE;
}

/* Reads are memory (flash.c), but for those that come with a write; and writes do nothing. */
static enum vgic_result flash_access(struct vcpu *v, ipaddr_t ipa, unsigned size, bool write,
				     uint64_t *value)
{
	(void)v, (void)ipa, (void)size;
	if (!write)
		*value = UINT64_MAX;
	return VGIC_DONE;
}

/* There is memory, which the guest may read and not write. */
static enum vgic_result pvtime_access(struct vcpu *v, ipaddr_t ipa, unsigned size, bool write,
				      uint64_t *value)
{
	(void)ipa, (void)size, (void)write, (void)value;
	if (v->vm->pvtime.pa && write)
		v->refused_writes++;
	return VGIC_FAULT;
}

static enum vgic_result device_access(struct vcpu *v, ipaddr_t ipa, unsigned size, bool write,
				      uint64_t *value)
{
	static const struct {
		uint64_t base, size;
		enum vgic_result (*access)(struct vcpu *, ipaddr_t, unsigned, bool, uint64_t *);
	} devices[] = {
		{MAP_UART_BASE, MAP_UART_SIZE, uart_access},
		{MAP_FLASH_BASE, MAP_FLASH_SIZE, flash_access},
		{MAP_PVTIME_BASE, MAP_PVTIME_SIZE, pvtime_access},
	};

	if (ipa.ipa - MAP_GICD_BASE < MAP_GICD_SIZE || vgic_covers(v->vm, ipa))
		return vgic_mmio(v, ipa, size, write, value);
	for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
		if (ipa.ipa - devices[i].base < devices[i].size)
			return devices[i].access(v, ipa, size, write, value);
	}
	return VGIC_FAULT;
}

static bool is_big_endian(const struct vcpu *v)
{
	bool el0 = !(v->regs.pstate & 0xc);

	if (v->regs.pstate & BIT(4)) /* AArch32: PSTATE.E */
		return v->regs.pstate & BIT(9);
	return read_sysreg(sctlr_el1) & (el0 ? SCTLR_E0E : SCTLR_EE);
}

/* The instruction at the guest's PC, which has just been fetched from there; false: its page is gone meanwhile. */
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

/* Transfer i of the access, which goes to `ipa`. */
static inline enum vgic_result transfer(struct vcpu *v, const struct access *a, unsigned i,
					ipaddr_t ipa, bool big_endian)
{
	uint64_t value = a->write ? access_get(a, i, &v->regs, big_endian) : 0;
	enum vgic_result result = device_access(v, ipa, a->size, a->write, &value);

	if (result == VGIC_DONE && !a->write)
		access_set(a, i, &v->regs, big_endian, value);
	return result;
}

/* The syndrome does not describe it: what does the instruction say? */
static enum vgic_result emulate_instruction(struct vcpu *v, uint64_t esr, ipaddr_t ipa)
{
	bool big_endian = is_big_endian(v);
	struct access a;
	uint32_t insn;

	if (esr & ISS_S1PTW)
		return VGIC_FAULT;
	if (esr & ISS_CM) /* of a device or of read-only memory: nothing to do */
		return VGIC_DONE;
	if (v->regs.pstate & BIT(4)) /* AArch32 EL0: its encodings are others */
		return VGIC_FAULT;
	if (!read_insn(v, &insn))
		return VGIC_RETRY; /* it will fault by itself */
	if (!access_decode(insn, &a)) {
		if (esr & ISS_WNR && ipa.ipa - MAP_PVTIME_BASE < MAP_PVTIME_SIZE)
			pvtime_access(v, ipa, 0, true, NULL);
		return VGIC_FAULT;
	}
	for (unsigned i = 0; i < a.count; i++) {
		ipaddr_t at = {ipa.ipa + (uint64_t)i * a.size};
		enum vgic_result result = transfer(v, &a, i, at, big_endian);

		if (result != VGIC_DONE)
			return result;
	}
	write_back(v, &a);
	return VGIC_DONE;
}

/* The syndrome describes it, as it does most. */
static enum vgic_result emulate(struct vcpu *v, uint64_t esr, ipaddr_t ipa)
{
	const struct access a = access_from_syndrome(esr);

	return transfer(v, &a, 0, ipa, is_big_endian(v));
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
		inject_external_abort(v, esr, far);
		break;
	}
}
