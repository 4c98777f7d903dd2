/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the guest's half of ports/linux uses of Linux, on a machine that tests/ports/linux_clock.c
 * makes up: it has two CPUs, and CPU shim_cpu runs. Whenever the code reads a clock, time may pass,
 * and CPUs may be kept waiting, before and after the reading. tests/ports/linux_clock.t gives the
 * code this file in place of each of Linux's headers.
 */
#ifndef LINUX_SHIM_H
#define LINUX_SHIM_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t u64;
typedef int64_t s64;

#define CONFIG_HARDLOCKUP_DETECTOR_STEAL 1
#define NSEC_PER_SEC			 1000000000L
#define SHIM_CPUS			 2

#define DEFINE_PER_CPU(type, name) __typeof__(type) name[SHIM_CPUS]
#define per_cpu(name, cpu)	   (name)[cpu]
#define this_cpu_ptr(name)	   (&(*(name))[shim_cpu])
#define READ_ONCE(x)		   (*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value)	   (*(volatile __typeof__(x) *)&(x) = (value))
#define min(a, b)		   ((a) < (b) ? (a) : (b))
#define smp_processor_id()	   shim_cpu
#define static_key_false(key)	   (*(key))
#define local_irq_save(flags)	   ((flags) = 1)
#define local_irq_restore(flags)   ((void)(flags))
#define smp_wmb()		   ((void)0)
#define smp_rmb()		   ((void)0)

extern int shim_cpu;
extern bool paravirt_steal_enabled;
extern int watchdog_thresh;

u64 local_clock(void);
u64 ktime_get_mono_fast_ns(void);
u64 paravirt_steal_clock(int cpu);
u64 running_clock(void);

#endif
