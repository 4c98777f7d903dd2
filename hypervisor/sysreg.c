/* SPDX-License-Identifier: BSD-2-Clause */
#include "sysreg.h"
#include "arch.h"
#include "debug.h"
#include "esr.h"
#include "inject.h"
#include "vcpu.h"

/* ID registers are read by number: S3_0_C0_C1_0 to S3_0_C0_C7_7. */
static uint64_t read_id(unsigned crm, unsigned op2)
{
#define ROW(m) \
	CASE(m, 0) CASE(m, 1) CASE(m, 2) CASE(m, 3) CASE(m, 4) CASE(m, 5) CASE(m, 6) CASE(m, 7)
#define CASE(m, n)        \
	case (m)*8 + (n): \
		return read_sysreg(s3_0_c0_c##m##_##n);
	switch (crm * 8 + op2) {
		ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
	}
	return 0;
}

/* S3_0_C0_C1_0 to C7_7 (trapped by HCR_EL2.TID3). */
static bool id_access(uint32_t reg, bool write, uint64_t *value)
{
	unsigned crm = reg >> 1 & 15, op2 = reg >> 17 & 7;

	if ((reg & ~ISS_SYSREG(0, 0, 0, 15, 7)) != ISS_SYSREG(3, 0, 0, 0, 0) || crm < 1 ||
	    crm > 7 || write)
		return false;
	*value = idreg_visible(crm, op2, read_id(crm, op2));
	return true;
}

static bool sysreg_access(struct vcpu *v, uint32_t reg, bool write, uint64_t *value)
{
	switch (reg) {
	case ISS_SYSREG(3, 0, 12, 11, 5): /* ICC_SGI1R_EL1 */
	case ISS_SYSREG(3, 0, 12, 11,
			6): /* ICC_ASGI1R_EL1: the other security state's, here Group 0 */
	case ISS_SYSREG(3, 0, 12, 11, 7): /* ICC_SGI0R_EL1 */
		if (!write)
			return false;
		vgic_sgi(v, reg == ISS_SYSREG(3, 0, 12, 11, 5) ? 1 : 0, *value);
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
	return id_access(reg, write, value);
}

void sysreg_trap(struct vcpu *v, uint64_t esr)
{
	uint32_t reg = (uint32_t)esr & ISS_SYSREG_MASK;
	unsigned rt = ISS_SYSREG_RT(esr);
	bool write = !(esr & ISS_SYSREG_READ);
	uint64_t value = write && rt != 31 ? v->regs.x[rt] : 0;

	if (!sysreg_access(v, reg, write, &value)) {
		inject_undefined(v);
		return;
	}
	if (!write && rt != 31)
		v->regs.x[rt] = value;
	skip_instruction(v, esr);
}
