/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stolen time (Arm DEN0057A): a guest reads in a structure of each vCPU how
 * long that vCPU was runnable without running.
 */
#ifndef __XEN_PVTIME_H__
#define __XEN_PVTIME_H__

#include <xen/sched.h>

struct cpu_user_regs;
struct dt_device_node;
struct rangeset;

#ifdef CONFIG_PVTIME

/*
 * The life of a domain. The region is allocated when its place must be known,
 * and mapped before the domain first runs.
 */
void pvtime_domain_config(struct domain *d, const struct dt_device_node *node);
int pvtime_exclude_region(struct domain *d, struct rangeset *free,
                          unsigned int shift);
void pvtime_domain_start(struct domain *d);
void pvtime_domain_destroy(struct domain *d);

/*
 * Whether a write of the current vCPU to this address, which stage 2 did not
 * permit, gets an abort.
 */
bool pvtime_refuse_write(paddr_t gpa);

/* The calls. */
int pvtime_arch_feature(uint32_t call);
bool pvtime_call(struct cpu_user_regs *regs);

void pvtime_dump_vcpu(struct vcpu *v);

/* Store the total for a vCPU that has become current. */
static inline void pvtime_switch_in(struct vcpu *v)
{
    if ( v->arch.pvtime.shown )
        pvtime_show(&v->arch.pvtime.view, v->runstate.time[RUNSTATE_runnable]);
}

/*
 * The totals of vCPUs that wait are stored in rounds; common/sched/pvtime.c
 * says when. A long slice is one of more than 2^25 ns, which is 33.6 ms: then
 * the comparison is one instruction. The default slices of credit, credit2 and
 * RTDS are shorter; those of null have no end.
 */
#define PVTIME_LONG_SHIFT 25
#define PVTIME_LONG_SLICE (1L << PVTIME_LONG_SHIFT)

extern s_time_t pvtime_round_due;
extern bool pvtime_slices_are_long;
void pvtime_begin_rounds(void);
bool pvtime_round(s_time_t now);
void pvtime_long_slice(const struct sched_unit *prev,
                       const struct sched_unit *next);
void pvtime_arm(void);

/*
 * A CPU gets a slice, which has no end if prev->next_time is negative. The
 * vCPUs of prev still have their old runstates.
 */
static inline void pvtime_slice(const struct sched_unit *prev,
                                const struct sched_unit *next)
{
    if ( unlikely(prev->next_time >> PVTIME_LONG_SHIFT) )
        pvtime_long_slice(prev, next);
}

/* The scheduler has run, and holds no lock. */
static inline void pvtime_scheduled(s_time_t now)
{
    if ( unlikely(now >= read_atomic(&pvtime_round_due)) )
        pvtime_round(now);
}

/* A vCPU may begin to wait. Called with its schedule lock. */
static inline void pvtime_wake(const struct vcpu *v)
{
    if ( unlikely(read_atomic(&pvtime_slices_are_long)) &&
         v->arch.pvtime.shown )
        pvtime_arm();
}

#else /* !CONFIG_PVTIME */

/*
 * Macros, because even an empty inline function may change the code that the
 * compiler makes of its caller, and Xen without stolen time stays as it was.
 */
#define pvtime_domain_config(d, node) ((void)0)
#define pvtime_exclude_region(d, free, shift) 0
#define pvtime_domain_start(d) ((void)0)
#define pvtime_domain_destroy(d) ((void)0)
#define pvtime_refuse_write(gpa) false
#define pvtime_arch_feature(call) (-1) /* NOT_SUPPORTED */
#define pvtime_call(regs) false
#define pvtime_dump_vcpu(v) ((void)0)
#define pvtime_switch_in(v) ((void)0)
#define pvtime_slice(prev, next) ((void)0)
#define pvtime_scheduled(now) ((void)0)
#define pvtime_wake(v) ((void)0)

#endif /* CONFIG_PVTIME */

#endif /* __XEN_PVTIME_H__ */
