/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_EXCEPTION_H
#define GUEST_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

/* ESR_EL1.EC (DDI 0487, D17.2.37). */
#define ESR_EC(esr)	    ((unsigned)((esr) >> 26) & 0x3f)
#define ESR_EC_UNKNOWN	    0x00u
#define ESR_EC_INSN_ABORT   0x21u /* taken from EL1, like the next one */
#define ESR_EC_DATA_ABORT   0x25u
#define ESR_EC_SERROR	    0x2fu
#define ESR_WNR		    (1u << 6)
#define ESR_FSC(esr)	    (0x3f & (unsigned)(esr))
#define ESR_FSC_EXTERNAL    0x10u /* synchronous external abort, not on a table walk */
#define ESR_FSC_PERMISSION  0x0cu /* to 0x0f, by level */
#define ESR_FSC_TRANSLATION 0x04u /* to 0x07 */

/* A fault that a test provoked: what the exception registers said. */
struct fault {
	bool taken;
	uint64_t esr, far;
};

struct fault_expectation {
	bool active;
	struct fault fault;
};

/*
 * Between these two calls on one CPU, a synchronous exception or an SError is recorded and is not
 * fatal. The instruction that caused it is skipped; after an instruction abort, the CPU returns to
 * the caller (x30). fault_end() returns the first fault.
 */
void fault_expect(void);
struct fault fault_end(void);

/* One access of 1, 2, 4 or 8 bytes, with a fault expected. A fault leaves *value unchanged. */
struct fault fault_read(uint64_t address, unsigned bytes, uint64_t *value);
struct fault fault_write(uint64_t address, unsigned bytes, uint64_t value);

/*
 * The same with other kinds of store. The pair stores 16 bytes; post-index and exclusive store 8.
 * DC ZVA: only if DCZID_EL0 permits it.
 */
struct fault fault_write_pair(uint64_t address, uint64_t low, uint64_t high);
struct fault fault_write_post_index(uint64_t address, uint64_t value);
struct fault fault_write_exclusive(uint64_t address); /* stores the value that it loaded */
struct fault fault_write_zva(uint64_t address);

/* An instruction fetch: calls the address, at which there must be no code. */
struct fault fault_execute(uint64_t address);

static inline void irq_enable(void)
{
	__asm__ volatile("msr daifclr, #2" : : : "memory");
}

static inline void irq_disable(void)
{
	__asm__ volatile("msr daifset, #2" : : : "memory");
}

#endif
