/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_PREPARE_H
#define CONFORMANCE_PREPARE_H

/*
 * What several cases need before they can judge. All functions are for CPU 0, with the other CPUs
 * off.
 */
#include <stdbool.h>
#include <stdint.h>
#include "contention.h"
#include "gaps.h"

/*
 * Register every CPU that is not registered yet. False, with a failed check, if one of them gets no
 * structure.
 */
bool every_structure(void);

/*
 * Start a CPU, which must be off, and get its first reading after PV_TIME_ST. False, with a failed
 * check, if it does not start or gets no structure.
 */
bool first_reading(unsigned index, struct reading *reading);

/*
 * any_stolen(): if every counter is still 0, all CPUs, which must be registered, spin at the same
 * time. True if any counter is then not 0. somebody_waits(): the same, and skips the case if all
 * counters are 0: then neither the host's other work nor its own vCPUs compete with this VM.
 */
bool any_stolen(void);
bool somebody_waits(void);

/*
 * Whether `ns` can have been stolen in that many ticks: no more than elapsed, except for rounding
 * (gaps.h).
 */
bool can_be_stolen(uint64_t ns, uint64_t ticks);

/*
 * Take this CPU's pending interrupts, because neither WFI nor CPU_SUSPEND would wait with one: an
 * SGI, and perhaps the timer interrupt of an earlier sleep, which may be stopped at the timer but
 * already be at the CPU interface. This one function is for every CPU.
 */
void take_interrupts(void);

/* Sleep by CPU_SUSPEND for `us` microseconds. Returns 0, or the PSCI error. */
int64_t suspend_us(uint64_t us);

#endif
