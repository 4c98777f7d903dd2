/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_PREPARE_H
#define CONFORMANCE_PREPARE_H

/* What several cases need before they can judge. On CPU 0, the others off. */
#include <stdbool.h>
#include <stdint.h>
#include "contention.h"
#include "gaps.h"

/*
 * Every CPU that has not done so yet registers. False, and a failed check, where one gets no
 * structure.
 */
bool every_structure(void);

/*
 * Start that CPU, which is off, and take the first reading that it makes after PV_TIME_ST. False,
 * and a failed check, where it does not come on or gets no structure.
 */
bool first_reading(unsigned index, struct reading *reading);

/*
 * All CPUs, which are registered, spin at the same time, if every counter is still 0. Whether any
 * is not 0 then. somebody_waits(): if not, the case has been skipped: nobody competes with this VM,
 * nor its vCPUs with each other.
 */
bool any_stolen(void);
bool somebody_waits(void);

/*
 * Whether `ns` can have been stolen in that many ticks: no more than elapsed, but for rounding
 * (gaps.h).
 */
bool can_be_stolen(uint64_t ns, uint64_t ticks);

/* Sleep by CPU_SUSPEND until `us` microseconds from now; what it returned: 0, or the PSCI error. */
int64_t suspend_us(uint64_t us);

#endif
