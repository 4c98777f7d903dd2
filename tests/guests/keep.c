/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every system register that this guest can read and change keeps its value while other vCPUs have
 * the CPU: no value of another vCPU appears, and no value of its own is lost. The word id=N makes
 * the values differ between guests. A register that the hypervisor does not switch shows only if
 * the other guests write it, too; so run this guest several times in one lab.
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/exception.h"
#include "guest/start.h"
#include "guest/sysreg.h"
#include "guest/timer.h"

#define REGISTERS 0x8000u /* op0 2 and 3: a bit of op0, op1, CRn, CRm, op2 */
#define WAIT_MS	  400u

#define MRS 0xd5200000u
#define MSR 0xd5000000u
#define RET 0xd65f03c0u
#define ISB 0xd5033fdfu

static uint32_t code[4] __attribute__((aligned(64)));
static uint64_t kept[REGISTERS];
static bool writable[REGISTERS];

static uint32_t encoding(uint32_t i)
{
	return (2u | i >> 14) << 19 | (i & 0x3fff) << 5;
}

/* Execute one MRS or MSR with x0. Returns false if it takes an exception. */
static bool execute(uint32_t insn, uint64_t *value)
{
	uint64_t result = *value;

	code[0] = insn;
	code[1] = ISB;
	code[2] = RET;
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"(code)
			 : "memory");
	fault_expect();
	__asm__ volatile("mov x0, %0\n\tblr %1\n\tmov %0, x0"
			 : "+&r"(result)
			 : "r"(code)
			 : "x0", "x30", "memory");
	if (fault_end().taken)
		return false;
	*value = result;
	return true;
}

/*
 * Registers that change by themselves, that this program depends on, or that trigger an action
 * instead of holding a value.
 */
static bool spared(uint32_t e)
{
	static const uint32_t registers[] = {
		0x181000, 0x182000,
		0x182020, 0x182040, /* SCTLR_EL1, TTBR0_EL1, TTBR1_EL1, TCR_EL1 */
		0x18a200, 0x18c000,
		0x18c040, 0x18d080, /* MAIR_EL1, VBAR_EL1, RMR_EL1, TPIDR_EL1 */
		0x184000, 0x184020,
		0x185200, 0x186000, /* SPSR_EL1, ELR_EL1, ESR_EL1, FAR_EL1 */
		0x184200, 0x184240,
		0x184260, 0x184280, /* SPSel, CurrentEL, PAN, UAO */
		0x1b4200, 0x1b4220, /* NZCV, DAIF */
		0x1b2400, 0x1b2420, /* RNDR, RNDRRS */
		0x1be200, 0x1be300, /* CNTP_TVAL_EL0, CNTV_TVAL_EL0 */
	};
	unsigned crm = e >> 8 & 15, op2 = e >> 5 & 7;

	for (unsigned i = 0; i < sizeof registers / sizeof registers[0]; i++)
		if (registers[i] == e)
			return true;
	if ((e & 0x1fff00) == 0x1be000) /* counters */
		return true;
	if ((e & 0x1cf000) ==
	    0x189000) /* performance monitors: pairs that set and clear, and a selector */
		return true;
	/* ICC_*: IAR, EOIR, HPPIR, SGIR, DIR, RPR; and BPR, as some values crash QEMU 7.2. */
	return (e & 0x1ff000) == 0x18c000 && (crm == 11 || ((crm == 8 || crm == 12) && op2 <= 3));
}

/*
 * Can this register be read and changed? If so, it now holds `pattern`, as far as its bits are
 * writable.
 */
static bool change_one(uint32_t e, uint64_t pattern)
{
	uint64_t other = ~pattern, before = 0, after = 0;

	return execute(MRS | e, &before) && execute(MSR | e, &other) && execute(MRS | e, &before) &&
	       execute(MSR | e, &pattern) && execute(MRS | e, &after) && before != after;
}

/* Change all registers, and remember the resulting value of each. */
static unsigned change(uint64_t pattern)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < REGISTERS; i++)
		writable[i] = !spared(encoding(i)) && change_one(encoding(i), pattern);
	/* Read each back at once: later the value might already be another guest's. */
	for (uint32_t i = 0; i < REGISTERS; i++)
		if (writable[i] && execute(MSR | encoding(i), &pattern))
			n += execute(MRS | encoding(i), &kept[i]);
	return n;
}

/*
 * Count the registers whose value has changed. Write each again, so that another guest that shares
 * the register sees the value.
 */
static unsigned look(void)
{
	unsigned lost = 0;

	for (uint32_t i = 0; i < REGISTERS; i++) {
		uint32_t e = encoding(i);
		uint64_t now = 0;

		if (!writable[i])
			continue;
		execute(MRS | e, &now);
		execute(MSR | e, &kept[i]);
		if (now == kept[i])
			continue;
		tap_print("# S%u_%u_c%u_c%u_%u: 0x%lx is now 0x%lx\n", e >> 19 & 3, e >> 16 & 7,
			  e >> 12 & 15, e >> 8 & 15, e >> 5 & 7, kept[i], now);
		writable[i] = false; /* report each register once */
		lost++;
	}
	return lost;
}

int main(void)
{
	unsigned n = change(board_arg("id", 1) * 0x1111111111111111u), lost = 0;
	uint64_t end = counter_virtual() + timer_ticks(WAIT_MS);

	while (counter_virtual() < end)
		lost += look();
	tap_ok(n > 30, "the guest can change more than 30 registers (%u)", n);
	tap_is_u64(lost, 0, "no register loses its value while other vCPUs run");
	return tap_done();
}
