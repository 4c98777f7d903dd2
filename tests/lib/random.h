/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_LIB_RANDOM_H
#define TESTS_LIB_RANDOM_H

/* xorshift64*: the same numbers in every run and on every machine. The seed must not be 0. */
#include <stdint.h>

static inline uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545F4914F6CDD1Du;
}

/* A number from 0 to n - 1. */
static inline uint64_t random_below(uint64_t *seed, uint64_t n)
{
	return next_random(seed) % n;
}

#endif
