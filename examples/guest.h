/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLES_GUEST_H
#define EXAMPLES_GUEST_H

#include <pvtime/guest.h>

#define OS_CPUS 4u

/* What the operating system provides. */

/* An SMCCC call by the conduit that PSCI's node in the FDT names, `hvc` or `smc`; returns x0. */
int64_t os_smccc(uint32_t fid, uint64_t arg1);

/* Map 64 bytes: Normal write-back, inner shareable, read-only. Returns NULL if there is no room. */
const struct pvtime_stolen *os_map_stolen(uint64_t ipa);
void os_unmap_stolen(const struct pvtime_stolen *page);

/* Return when no other CPU is still in a call of steal_clock() that began before: RCU does this. */
void os_wait_for_readers(void);

/* CNTVCT_EL0, read in order with loads, as pvtime_counter() reads it; and CNTFRQ_EL0, in Hz. */
uint64_t os_counter(void);
uint32_t os_counter_hz(void);

/*
 * What the operating system gains. The steal_ functions that return int return an enum
 * pvtime_guest_error.
 */
int steal_init(void);
int steal_cpu_online(unsigned int cpu);
void steal_cpu_offline(unsigned int cpu);
uint64_t steal_clock(unsigned int cpu);
uint64_t task_time_ns(unsigned int cpu, uint64_t elapsed_ns);
void watchdog_start(struct pvtime_deadline *d, unsigned int cpu, uint64_t budget_ns);
bool watchdog_passed(const struct pvtime_deadline *d, unsigned int cpu);

#endif
