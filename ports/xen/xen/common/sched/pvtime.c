/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores the totals of the vCPUs that wait for a CPU, so that another vCPU of
 * the domain sees them grow. One timer serves all CPUs, because a vCPU that
 * waits may be moved from CPU to CPU meanwhile. It runs from the moment at
 * which a vCPU begins to wait until a round finds that none does.
 */
#include <xen/init.h>
#include <xen/pvtime.h>
#include <xen/rcupdate.h>
#include <xen/sched.h>
#include <xen/timer.h>

#include "private.h"

/* A total is never older than PVTIME_STALE_NS, even if the timer is late. */
#define PERIOD (PVTIME_STALE_NS / 2)

static struct timer refresh_timer;

/* The timer is set, or will see every vCPU that waits now. */
bool __read_mostly pvtime_refreshing;

/* Callers may hold a schedule lock, as those of set_timer() may. */
void pvtime_start_refreshing(void)
{
    write_atomic(&pvtime_refreshing, true);
    set_timer(&refresh_timer, NOW() + PERIOD);
}

/* Store the total of a vCPU that waits. Returns whether it does. */
static bool refresh(struct vcpu *v)
{
    spinlock_t *lock = unit_schedule_lock_irq(v->sched_unit);
    bool waits = v->runstate.state == RUNSTATE_runnable;

    if ( waits )
    {
        s_time_t since = NOW() - v->runstate.state_entry_time;
        uint64_t total = v->runstate.time[RUNSTATE_runnable];

        pvtime_show(&v->arch.pvtime.view, total + max(since, (s_time_t)0));
    }
    unit_schedule_unlock_irq(lock, v->sched_unit);

    return waits;
}

static void cf_check refresh_all(void *unused)
{
    struct domain *d;
    struct vcpu *v;
    bool any = false;

    /*
     * Each vCPU is seen under its lock. One that begins to wait after that
     * finds the timer unset, and sets it.
     */
    write_atomic(&pvtime_refreshing, false);

    rcu_read_lock(&domlist_read_lock);
    rcu_read_lock(&sched_res_rculock);
    for_each_domain ( d )
        for_each_vcpu ( d, v )
            if ( v->arch.pvtime.shown && refresh(v) )
                any = true;
    rcu_read_unlock(&sched_res_rculock);
    rcu_read_unlock(&domlist_read_lock);

    if ( any )
        pvtime_start_refreshing();
}

static int __init cf_check pvtime_init(void)
{
    init_timer(&refresh_timer, refresh_all, NULL, 0);

    return 0;
}
presmp_initcall(pvtime_init);

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * indent-tabs-mode: nil
 * End:
 */
