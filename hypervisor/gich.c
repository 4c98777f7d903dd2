/* SPDX-License-Identifier: BSD-2-Clause */
#include "gich.h"
#include "arch.h"

/*
 * Registers whose name contains a number, by encoding: ICH_LR<n>_EL2 is S3_4_C12_C12..13_n (IHI
 * 0069, 12.4).
 */
/* clang-format off */
#define EACH_LR(X)                                                                                 \
	X(0, s3_4_c12_c12_0) X(1, s3_4_c12_c12_1) X(2, s3_4_c12_c12_2) X(3, s3_4_c12_c12_3)        \
	X(4, s3_4_c12_c12_4) X(5, s3_4_c12_c12_5) X(6, s3_4_c12_c12_6) X(7, s3_4_c12_c12_7)        \
	X(8, s3_4_c12_c13_0) X(9, s3_4_c12_c13_1) X(10, s3_4_c12_c13_2) X(11, s3_4_c12_c13_3)      \
	X(12, s3_4_c12_c13_4) X(13, s3_4_c12_c13_5) X(14, s3_4_c12_c13_6) X(15, s3_4_c12_c13_7)

/* ICH_AP0R<n>_EL2, then ICH_AP1R<n>_EL2. */
#define EACH_APR(X)                                                                                \
	X(0, s3_4_c12_c8_0) X(1, s3_4_c12_c8_1) X(2, s3_4_c12_c8_2) X(3, s3_4_c12_c8_3)            \
	X(4, s3_4_c12_c9_0) X(5, s3_4_c12_c9_1) X(6, s3_4_c12_c9_2) X(7, s3_4_c12_c9_3)
/* clang-format on */

unsigned gich_lr_count(void)
{
	return (unsigned)FIELD(read_sysreg(ich_vtr_el2), 4, 0) + 1;
}

unsigned gich_priority_bits(void)
{
	return (unsigned)FIELD(read_sysreg(ich_vtr_el2), 31, 29) + 1;
}

uint64_t gich_read_lr(unsigned i)
{
#define READ(n, reg) \
	case n:      \
		return read_sysreg(reg);
	if (__builtin_expect(i == 0, true))
		return read_sysreg(s3_4_c12_c12_0);
	switch (i) {
		EACH_LR(READ)
	}
	return 0;
}

void gich_write_lr(unsigned i, uint64_t value)
{
#define WRITE(n, reg)                     \
	case n:                           \
		write_sysreg(reg, value); \
		return;
	if (__builtin_expect(i == 0, true)) {
		write_sysreg(s3_4_c12_c12_0, value);
		return;
	}
	switch (i) {
		EACH_LR(WRITE)
	}
}

uint64_t gich_read_hcr(void)
{
	return read_sysreg(ich_hcr_el2);
}

void gich_write_hcr(uint64_t value)
{
	write_sysreg(ich_hcr_el2, value);
}

uint64_t gich_read_vmcr(void)
{
	return read_sysreg(ich_vmcr_el2);
}

void gich_write_vmcr(uint64_t value)
{
	write_sysreg(ich_vmcr_el2, value);
}

/* The number of active-priority registers: 1, 2 or 4 for 5, 6 or 7 bits of preemption. */
static unsigned apr_count(void)
{
	unsigned bits = (unsigned)FIELD(read_sysreg(ich_vtr_el2), 28, 26) + 1;

	return bits <= 5 ? 1 : bits == 6 ? 2 : 4;
}

uint32_t gich_read_apr(unsigned group, unsigned n)
{
	if (n != 0 && n >= apr_count())
		return 0;
#define READ_APR(i, reg) \
	case i:          \
		return (uint32_t)read_sysreg(reg);
	switch (4 * group + n) {
		EACH_APR(READ_APR)
	}
	return 0;
}

void gich_write_apr(unsigned group, unsigned n, uint32_t value)
{
	if (n != 0 && n >= apr_count())
		return;
#define WRITE_APR(i, reg)                 \
	case i:                           \
		write_sysreg(reg, value); \
		return;
	switch (4 * group + n) {
		EACH_APR(WRITE_APR)
	}
}
