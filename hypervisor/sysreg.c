/* SPDX-License-Identifier: BSD-2-Clause */
#include "sysreg.h"
#include "arch.h"
#include "debug.h"
#include "esr.h"
#include "inject.h"
#include "vcpu.h"

#define ICC_SGI1R ISS_SYSREG(3, 0, 12, 11, 5)

/* ID registers are read by number: S3_0_C0_C1_0 to S3_0_C0_C7_7. */
static uint64_t read_id(unsigned crm, unsigned op2)
{
#define ROW(m) \
	CASE(m, 0) CASE(m, 1) CASE(m, 2) CASE(m, 3) CASE(m, 4) CASE(m, 5) CASE(m, 6) CASE(m, 7)
#define CASE(m, n)          \
	case 8 * (m) + (n): \
		return read_sysreg(s3_0_c0_c##m##_##n);
	switch (crm * 8 + op2) {
		ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
	}
	return 0;
}

/* S3_0_C0_C1_0 to C7_7 (trapped by HCR_EL2.TID3). */
static bool is_id(uint32_t reg)
{
	unsigned crm = reg >> 1 & 15;

	return (reg & ~ISS_SYSREG(0, 0, 0, 15, 7)) == ISS_SYSREG(3, 0, 0, 0, 0) && crm - 1 < 7;
}

static uint64_t id_value(uint32_t reg)
{
	unsigned crm = reg >> 1 & 7, op2 = reg >> 17 & 7;

	return idreg_visible(crm, op2, read_id(crm, op2));
}

/* Any register but the ID registers. False: it does not exist, or cannot be written or read. */
static bool sysreg_access(struct vcpu *v, uint32_t reg, bool write, uint64_t *value)
{
	switch (reg) {
	case ICC_SGI1R:
	/* ICC_ASGI1R_EL1: the other security state's, here Group 0 */
	case ISS_SYSREG(3, 0, 12, 11, 6):
	case ISS_SYSREG(3, 0, 12, 11, 7): /* ICC_SGI0R_EL1 */
		if (!write)
			return false;
		vgic_sgi(v, reg == ICC_SGI1R ? 1 : 0, *value);
		return true;
	case ISS_SYSREG(3, 0, 12, 11, 1): /* ICC_DIR_EL1 */
		if (!write)
			return false;
		vgic_dir(v, (uint32_t)*value & 0xffffff);
		return true;
	case ISS_SYSREG(3, 0, 1, 0, 1): /* ACTLR_EL1 */
		if (!write)
			*value = 0;
		return true;
	}
	if (reg >> 20 == 2)
		return debug_access(&v->debug, reg, write, value);
	return false;
}

static uint64_t read_reg(const struct vcpu *v, unsigned rt)
{
	return rt == 31 ? 0 : v->regs.x[rt];
}

static void write_reg(struct vcpu *v, unsigned rt, uint64_t value)
{
	if (rt != 31)
		v->regs.x[rt] = value;
}

/* Not inline, so that the cases before it in sysreg_trap() need no stack. */
static __attribute__((noinline)) void emulate(struct vcpu *v, uint32_t reg, unsigned rt, bool write)
{
	uint64_t value = write ? read_reg(v, rt) : 0;

	if (!sysreg_access(v, reg, write, &value)) {
		inject_undefined(v);
		return;
	}
	if (!write)
		write_reg(v, rt, value);
	skip_aarch64(v);
}

void sysreg_trap(struct vcpu *v, uint64_t esr)
{
	uint32_t reg = (uint32_t)esr & ISS_SYSREG_MASK;
	unsigned rt = ISS_SYSREG_RT(esr);
	bool write = !(esr & ISS_SYSREG_READ);

	if (reg == ICC_SGI1R && write) {
		skip_aarch64(v);
		vgic_sgi(v, 1, read_reg(v, rt));
	} else if (is_id(reg) && !write) {
		skip_aarch64(v);
		write_reg(v, rt, id_value(reg));
	} else {
		emulate(v, reg, rt, write);
	}
}
