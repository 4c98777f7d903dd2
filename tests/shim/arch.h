/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ARCH_H
#define ARCH_H

/*
 * hypervisor/arch.h for tests on the host: the same names, with registers in memory. A source finds
 * the header beside it before any -I, so this file is included by -include, and its guard excludes
 * the real one. It is included in every source of the test, so it defines nothing else.
 */
#include <stdint.h>

/* The register of this name, in lower case; 0 until it is written. */
uint64_t *fake_sysreg(const char *name);
/* Set all registers and all counts of operations to 0. */
void fake_reset(void);
/*
 * The number of executions of a barrier or maintenance operation, such as "tlbi vmalle1" or "isb".
 */
unsigned fake_operations(const char *name);
void fake_operation(const char *name);

#define STR_(x)			 #x
#define STR(x)			 STR_(x)
#define read_sysreg(reg)	 (*fake_sysreg(STR(reg)))
#define write_sysreg(reg, value) ((void)(*fake_sysreg(STR(reg)) = (value)))

#define isb()	   fake_operation("isb")
#define dsb(scope) fake_operation("dsb " #scope)
#define wfi()	   fake_operation("wfi")
#define tlbi(what) fake_operation("tlbi " #what)
#define ic(what)   fake_operation("ic " #what)

static inline uint64_t counter(void)
{
	return read_sysreg(cntpct_el0);
}

/* Seams: a test that reaches one of these defines it. */
struct vcpu;
unsigned guest_enter(struct vcpu *v);
uint64_t guest_translate(uint64_t va);
void dcache_clean(const void *from, uint64_t size);
void dcache_zero(uint64_t a);

#endif
