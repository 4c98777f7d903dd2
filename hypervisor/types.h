/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TYPES_H
#define TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Physical and intermediate physical addresses are types of their own, so that the compiler stops
 * one from being used as the other. EL2 maps memory one to one: a paddr_t is also the pointer's
 * value.
 */
typedef struct {
	uint64_t pa;
} paddr_t;

typedef struct {
	uint64_t ipa;
} ipaddr_t;

static inline paddr_t pa_from(const volatile void *p)
{
	return (paddr_t){(uintptr_t)p};
}

static inline void *pa_ptr(paddr_t p)
{
	return (void *)(uintptr_t)p.pa;
}

#define BIT(n) (UINT64_C(1) << (n))
/* Bits hi..lo of a value, both included. */
#define FIELD(value, hi, lo) (((uint64_t)(value) >> (lo)) & (UINT64_MAX >> (63 - ((hi) - (lo)))))

#define KIB UINT64_C(0x400)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)

#define PAGE_SIZE UINT64_C(4096)

/* A function that rarely runs: kept out of its callers, which then save fewer registers. */
#define COLD __attribute__((cold, noinline))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
/* The structure whose `member` is at address `p`. */
#define CONTAINER_OF(p, type, member) ((type *)(void *)(((char *)(p)) - offsetof(type, member)))

static inline uint64_t align_up(uint64_t v, uint64_t to)
{
	return (v + to - 1) & ~(to - 1);
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
