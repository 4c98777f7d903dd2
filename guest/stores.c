/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of store with a syndrome of their own, or without a valid one (ESR_EL2.ISV). */
#include "exception.h"

struct fault fault_write_pair(uint64_t address, uint64_t low, uint64_t high)
{
	fault_expect();
	__asm__ volatile("stp %0, %1, [%2]" : : "r"(low), "r"(high), "r"(address) : "memory");
	return fault_end();
}

struct fault fault_write_post_index(uint64_t address, uint64_t value)
{
	uint64_t moving = address;

	fault_expect();
	__asm__ volatile("str %1, [%0], #8" : "+r"(moving) : "r"(value) : "memory");
	return fault_end();
}

struct fault fault_write_exclusive(uint64_t address)
{
	uint64_t value;
	uint32_t failed;

	fault_expect();
	__asm__ volatile("ldxr %0, [%2]\n\tstxr %w1, %0, [%2]"
			 : "=&r"(value), "=&r"(failed)
			 : "r"(address)
			 : "memory");
	return fault_end();
}

struct fault fault_write_zva(uint64_t address)
{
	fault_expect();
	__asm__ volatile("dc zva, %0" : : "r"(address) : "memory");
	return fault_end();
}
