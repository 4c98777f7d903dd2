/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ARCH_H
#define ARCH_H

/*
 * System registers, barriers and maintenance of the PE that this code runs on. AArch64 only: tests
 * on the host use tests/shim/arch.h.
 */
#include "types.h"

struct vcpu;

#define STR_(x) #x
#define STR(x)	STR_(x)

#define read_sysreg(reg)                                              \
	({                                                            \
		uint64_t value_;                                      \
		__asm__ volatile("mrs %0, " STR(reg) : "=r"(value_)); \
		value_;                                               \
	})
#define write_sysreg(reg, value)                                                         \
	do {                                                                             \
		uint64_t written_ = (value);                                             \
		__asm__ volatile("msr " STR(reg) ", %x0" : : "rZ"(written_) : "memory"); \
	} while (0)

#define isb()	   __asm__ volatile("isb" : : : "memory")
#define dsb(scope) __asm__ volatile("dsb " #scope : : : "memory")
#define wfi()	   __asm__ volatile("wfi" : : : "memory")
#define tlbi(what) __asm__ volatile("tlbi " #what : : : "memory")
#define ic(what)   __asm__ volatile("ic " #what : : : "memory")

/* The system counter, CNTPCT_EL0. The ISB keeps the read behind earlier instructions. */
static inline uint64_t counter(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

/*
 * Translate by stage 1 of the guest whose vCPU is loaded: the PAR_EL1 of a read of `va` at EL1. EL1
 * may read all that EL0 may read or execute. The guest's own PAR_EL1 is preserved.
 */
static inline uint64_t guest_translate(uint64_t va)
{
	uint64_t saved = read_sysreg(par_el1), par;

	__asm__ volatile("at s1e1r, %0" : : "r"(va));
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(par_el1, saved);
	return par;
}

/*
 * Enter the guest whose vCPU is loaded, until an exception takes it to EL2. Returns the kind of
 * exit (EXIT_*, asm.h). guest_enter in switch.S takes the vCPU in x0 and returns the kind of exit
 * in x3. Of EL2's general registers it preserves only x29 and SP, so the compiler saves those that
 * it needs, which are few.
 */
static inline unsigned guest_enter(struct vcpu *v)
{
	register struct vcpu *x0 __asm__("x0") = v;
	register uint64_t x3 __asm__("x3");

	__asm__ volatile("bl guest_enter"
			 : "+r"(x0), "=r"(x3)
			 :
			 : "x1", "x2", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
			   "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22",
			   "x23", "x24", "x25", "x26", "x27", "x28", "x30", "cc", "memory");
	return (unsigned)x3;
}

static inline uint64_t dcache_line(void)
{
	return UINT64_C(4) << FIELD(read_sysreg(ctr_el0), 19, 16);
}

/* Clean and invalidate to the point of coherency: a guest sees this with its MMU and caches off. */
static inline void dcache_clean(const void *from, uint64_t size)
{
	uint64_t line = dcache_line(), end = (uint64_t)from + size;

	for (uint64_t a = (uint64_t)from & ~(line - 1); a < end; a += line)
		__asm__ volatile("dc civac, %0" : : "r"(a) : "memory");
	dsb(sy);
}

/* Clear the block at `a`, of the size in DCZID_EL0. */
static inline void dcache_zero(uint64_t a)
{
	__asm__ volatile("dc zva, %0" : : "r"(a) : "memory");
}

static inline uint32_t mmio_read32(uint64_t pa)
{
	uint32_t v;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(pa) : "memory");
	return v;
}

static inline void mmio_write32(uint64_t pa, uint32_t v)
{
	__asm__ volatile("str %w0, [%1]" : : "rZ"(v), "r"(pa) : "memory");
}

static inline uint64_t mmio_read64(uint64_t pa)
{
	uint64_t v;

	__asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(pa) : "memory");
	return v;
}

static inline void mmio_write64(uint64_t pa, uint64_t v)
{
	__asm__ volatile("str %x0, [%1]" : : "rZ"(v), "r"(pa) : "memory");
}

#endif
