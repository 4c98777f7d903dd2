/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ARCH_H
#define ARCH_H

/*
 * hypervisor/arch.h for tests on the host: the same names, over registers that are in memory. A
 * source finds the header beside it before any -I, so this one comes by -include, and its guard
 * keeps the other out. It comes to every source of the test, and so defines nothing else.
 */
#include <stdint.h>

/* The register of this name, lower case; 0 until it is written. */
uint64_t *fake_sysreg(const char *name);
/* All registers 0, no operation has happened. */
void fake_reset(void);
/* How often a barrier or maintenance operation, as "tlbi vmalle1" or "isb", has happened. */
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

/* Seams, of the tests that come to them. */
struct vcpu;
unsigned guest_enter(struct vcpu *v);
uint64_t guest_translate(uint64_t va);
void dcache_clean(const void *from, uint64_t size);
void dcache_zero(uint64_t a);

#endif
