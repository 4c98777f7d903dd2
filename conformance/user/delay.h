/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_DELAY_H
#define CONFORMANCE_USER_DELAY_H

/*
 * What the calling thread waited for a CPU, as the host's scheduler counts it: run_delay of
 * Documentation/scheduler/sched-stats.rst. That is what is stolen from a vCPU while this thread
 * runs it.
 */
#include <stdbool.h>
#include <stdint.h>

/*
 * ns since the thread began, never less than before. Ends the program where the host does not count
 * it.
 */
uint64_t delay_ns(void);

/*
 * A process that wants the CPU that this one is pinned to, all the time, until it is ended. It ends
 * with this process, too.
 */
void competitor_begin(void);
void competitor_end(void);

/* Work here, till the thread has waited for `ns` more. */
void delay_grow(uint64_t ns);

#endif
