/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_LINUX_TURNS_H
#define TESTS_LINUX_TURNS_H

/* Threads: which of them has a CPU, and for how long. */
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "conformance/user/user.h"

static inline void nap(long ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/*
 * Pin the calling thread. A priority above 0 is a real-time one. It comes first: else a thread of a
 * lower one that never sleeps could keep it from the CPU.
 */
static inline void be_on(size_t cpu, int priority)
{
	const struct sched_param param = {.sched_priority = priority};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if ((priority != 0 && sched_setscheduler(0, SCHED_FIFO, &param) != 0) ||
	    sched_setaffinity(0, sizeof(set), &set) != 0)
		bail_out("a thread's CPU and priority");
}

static inline pthread_t start(void *(*work)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, NULL) != 0)
		bail_out("a thread");
	return thread;
}

#endif
