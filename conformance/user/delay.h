/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_DELAY_H
#define CONFORMANCE_USER_DELAY_H

/*
 * How long the calling thread has waited for a CPU, as the host's scheduler counts it: run_delay of
 * Documentation/scheduler/sched-stats.rst. While the thread runs a vCPU, that is what is stolen
 * from the vCPU.
 */
#include <stdbool.h>
#include <stdint.h>

/* In ns since the thread began; never decreases. Bails out if the host does not count it. */
uint64_t delay_ns(void);

/*
 * Pin this process to its CPU, and start a competitor there that spins until competitor_end(). The
 * competitor also ends with this process.
 */
void competitor_begin(void);
void competitor_end(void);

/* Spin until the thread has waited for `ns` more. */
void delay_grow(uint64_t ns);

#endif
