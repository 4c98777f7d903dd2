/* SPDX-License-Identifier: BSD-2-Clause */
#include "debug.h"
#include "arch.h"
#include "esr.h"

#define MDSCR_ON   (BIT(15) | BIT(13)) /* MDE, KDE */
#define OSLSR_OSLM BIT(3)	       /* the OS lock is implemented */
#define OSLSR_OSLK BIT(1)

/* The names of breakpoint and watchpoint registers contain their number. */
#define EACH_PAIR(X) \
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

static unsigned breakpoints(void)
{
	return (unsigned)FIELD(read_sysreg(id_aa64dfr0_el1), 15, 12) + 1;
}

static unsigned watchpoints(void)
{
	return (unsigned)FIELD(read_sysreg(id_aa64dfr0_el1), 23, 20) + 1;
}

static void pairs_load(const struct debug_regs *d)
{
	unsigned b = breakpoints(), w = watchpoints();

#define LOAD(n)                                           \
	if (n < b) {                                      \
		write_sysreg(dbgbvr##n##_el1, d->bvr[n]); \
		write_sysreg(dbgbcr##n##_el1, d->bcr[n]); \
	}                                                 \
	if (n < w) {                                      \
		write_sysreg(dbgwvr##n##_el1, d->wvr[n]); \
		write_sysreg(dbgwcr##n##_el1, d->wcr[n]); \
	}
	EACH_PAIR(LOAD)
}

void debug_reset(struct debug_regs *d)
{
	*d = (struct debug_regs){.os_locked = true};
}

/*
 * The OS lock prevents debug exceptions. While MDE and KDE are off, breakpoints and watchpoints of
 * another vCPU may stay in the hardware, where they have no effect.
 */
void debug_load(const struct debug_regs *d)
{
	uint64_t mdscr = d->os_locked ? 0 : d->mdscr;

	if (mdscr & MDSCR_ON)
		pairs_load(d);
	write_sysreg(mdscr_el1, mdscr);
}

static void access(uint64_t *reg, bool write, uint64_t *value)
{
	if (write)
		*reg = *value;
	else
		*value = *reg;
}

/* DBGBVR, DBGBCR, DBGWVR, DBGWCR: op1 0, CRn 0, CRm is the number, op2 4 to 7. */
static bool access_pair(struct debug_regs *d, uint32_t reg, bool write, uint64_t *value)
{
	unsigned n = reg >> 1 & 15, op2 = reg >> 17 & 7;
	uint64_t *const arrays[] = {d->bvr, d->bcr, d->wvr, d->wcr};

	if ((reg & ~ISS_SYSREG(0, 0, 0, 15, 7)) != ISS_SYSREG(2, 0, 0, 0, 0) || op2 < 4 ||
	    n >= (op2 < 6 ? breakpoints() : watchpoints()))
		return false;
	access(&arrays[op2 - 4][n], write, value);
	return true;
}

bool debug_access(struct debug_regs *d, uint32_t reg, bool write, uint64_t *value)
{
	switch (reg) {
	case ISS_SYSREG(2, 0, 0, 2, 2): /* MDSCR_EL1 */
		access(&d->mdscr, write, value);
		break;
	case ISS_SYSREG(2, 0, 1, 0, 4): /* OSLAR_EL1 */
		if (!write)
			return false;
		d->os_locked = *value & 1;
		break;
	case ISS_SYSREG(2, 0, 1, 1, 4): /* OSLSR_EL1 */
		if (write)
			return false;
		*value = OSLSR_OSLM | (d->os_locked ? OSLSR_OSLK : 0);
		return true;
	case ISS_SYSREG(2, 0, 1, 0, 0):	 /* MDRAR_EL1 */
	case ISS_SYSREG(2, 0, 7, 14, 6): /* DBGAUTHSTATUS_EL1 */
	case ISS_SYSREG(2, 3, 0, 1, 0):	 /* MDCCSR_EL0 */
		if (write)
			return false;
		*value = 0; /* no debug ROM, and no external debugger */
		return true;
	case ISS_SYSREG(2, 0, 1, 3, 4): /* OSDLR_EL1 */
	case ISS_SYSREG(2, 0, 1, 4, 4): /* DBGPRCR_EL1 */
	case ISS_SYSREG(2, 0, 0, 2, 0): /* MDCCINT_EL1 */
	case ISS_SYSREG(2, 0, 0, 0, 2): /* OSDTRRX_EL1 */
	case ISS_SYSREG(2, 0, 0, 3, 2): /* OSDTRTX_EL1 */
	case ISS_SYSREG(2, 0, 0, 6, 2): /* OSECCR_EL1 */
	case ISS_SYSREG(2, 0, 7, 8, 6): /* DBGCLAIMSET_EL1 */
	case ISS_SYSREG(2, 0, 7, 9, 6): /* DBGCLAIMCLR_EL1 */
	case ISS_SYSREG(2, 3, 0, 4, 0): /* DBGDTR_EL0 */
	case ISS_SYSREG(2, 3, 0, 5, 0): /* DBGDTRRX_EL0, DBGDTRTX_EL0 */
		if (!write)
			*value = 0; /* there is no debugger at the other end */
		return true;
	default:
		if (!access_pair(d, reg, write, value))
			return false;
	}
	if (write)
		debug_load(d);
	return true;
}
