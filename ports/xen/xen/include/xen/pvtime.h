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

/* Store the totals of the vCPUs that wait, again and again while any does. */
extern bool pvtime_refreshing;
void pvtime_start_refreshing(void);

/* Called with the schedule lock of the vCPU, before its runstate changes. */
static inline void pvtime_runstate_change(const struct vcpu *v, int new_state)
{
    if ( new_state == RUNSTATE_runnable && v->arch.pvtime.shown &&
         unlikely(!read_atomic(&pvtime_refreshing)) )
        pvtime_start_refreshing();
}

#else /* !CONFIG_PVTIME */

static inline void pvtime_domain_config(struct domain *d,
                                        const struct dt_device_node *node)
{
}

static inline int pvtime_exclude_region(struct domain *d, struct rangeset *free,
                                        unsigned int shift)
{
    return 0;
}

static inline void pvtime_domain_start(struct domain *d)
{
}

static inline void pvtime_domain_destroy(struct domain *d)
{
}

static inline bool pvtime_refuse_write(paddr_t gpa)
{
    return false;
}

static inline int pvtime_arch_feature(uint32_t call)
{
    return -1; /* NOT_SUPPORTED */
}

static inline bool pvtime_call(struct cpu_user_regs *regs)
{
    return false;
}

static inline void pvtime_dump_vcpu(struct vcpu *v)
{
}

static inline void pvtime_switch_in(struct vcpu *v)
{
}

static inline void pvtime_runstate_change(const struct vcpu *v, int new_state)
{
}

#endif /* CONFIG_PVTIME */

#endif /* __XEN_PVTIME_H__ */
