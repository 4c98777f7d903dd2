/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_SYSREG_H
#define GUEST_SYSREG_H

#include <stdint.h>

/* System registers by the assembler's name, as a string, or as "S<op0>_<op1>_<Cn>_<Cm>_<op2>". */
#define sysreg_read(name)                                                      \
	({                                                                     \
		uint64_t value_;                                               \
		__asm__ volatile("mrs %0, " name : "=r"(value_) : : "memory"); \
		value_;                                                        \
	})
#define sysreg_write(name, value) \
	__asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)) : "memory")

#define isb()	  __asm__ volatile("isb" : : : "memory")
#define dsb(what) __asm__ volatile("dsb " #what : : : "memory")

/*
 * For a loop that waits for another CPU: a hypervisor that runs both vCPUs may run the other one
 * first.
 */
static inline void cpu_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

/* Convert between little-endian, which every device is, and the byte order of this image. */
static inline uint32_t le32(uint32_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(x) : x;
}

static inline uint64_t le64(uint64_t x)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(x) : x;
}

/*
 * Access to device registers, with the simple addressing for which a hypervisor gets a valid
 * syndrome (ESR_EL2.ISV).
 */
static inline uint32_t mmio_read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return le32(value);
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(le32(value)), "r"(address) : "memory");
}

static inline uint8_t mmio_read8(uint64_t address)
{
	uint8_t value;

	__asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline uint64_t mmio_read64(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return le64(value);
}

static inline void mmio_write64(uint64_t address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "r"(le64(value)), "r"(address) : "memory");
}

#endif
