/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_TOP_BURN_H
#define TESTS_KVM_TOP_BURN_H

/* For top_vm.c and top_thief.c: a thread that computes for a known time. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "tests/kvm/must.h"

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t), "clock_gettime");
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Compute for that time, by the kernel's count of the thread's run time; return how long it was. */
static inline uint64_t burn(uint64_t ms)
{
	uint64_t from = clock_ns(CLOCK_THREAD_CPUTIME_ID), now = from;

	while (now - from < ms * 1000000)
		now = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return now - from;
}

static inline void tell(const char *what, uint64_t ns)
{
	printf("%s %d %llu\n", what, gettid(), (unsigned long long)ns);
	fflush(stdout);
}

#endif
