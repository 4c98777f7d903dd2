/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores the totals of the vCPUs that wait for a CPU, so that another vCPU of
 * the domain sees them grow.
 *
 * This happens in rounds over all vCPUs, as schedulers move a vCPU from CPU to
 * CPU while it waits. The scheduler runs on each busy CPU at the end of every
 * slice, and makes a round if one is due: no timer, and no cost between two
 * rounds but a comparison. Only if a CPU begins a slice of more than
 * PVTIME_LONG_SLICE does a timer make rounds as well: it is set when a vCPU
 * begins to wait, and a round that finds none waiting does not set it again.
 *
 * A round passes over vCPUs that have not waited for FRESH yet. So a total is
 * at most FRESH, PERIOD and a slice old.
 */
#include <xen/init.h>
#include <xen/pvtime.h>
#include <xen/rcupdate.h>
#include <xen/sched.h>
#include <xen/timer.h>

#include "private.h"

#define PERIOD MILLISECS(51)
#define FRESH MILLISECS(8)

static struct timer refresh_timer;
static bool armed;

s_time_t __read_mostly pvtime_round_due = STIME_MAX;
bool __read_mostly pvtime_slices_are_long;

/* A domain has stolen time: there is something to do from now on. */
void pvtime_begin_rounds(void)
{
    BUILD_BUG_ON(FRESH + PERIOD + PVTIME_LONG_SLICE > PVTIME_STALE_NS);

    if ( read_atomic(&pvtime_round_due) == STIME_MAX )
        write_atomic(&pvtime_round_due, NOW());
}

/* Callers may hold a schedule lock, as those of set_timer() may. */
void pvtime_arm(void)
{
    /* The vCPU's state is visible before the timer is seen to be set. */
    smp_mb();
    if ( read_atomic(&armed) )
        return;
    write_atomic(&armed, true);
    set_timer(&refresh_timer, NOW() + PERIOD);
}

/*
 * A CPU begins a long slice. If it becomes idle, nobody waits for it, unless
 * the scheduler took it from a vCPU that would run (RTDS without budget).
 */
void pvtime_long_slice(const struct sched_unit *prev,
                       const struct sched_unit *next)
{
    if ( is_idle_unit(next) &&
         (is_idle_unit(prev) ||
          prev->vcpu_list->runstate.state != RUNSTATE_runnable) )
        return;
    write_atomic(&pvtime_slices_are_long, true);
    pvtime_arm();
}

static void refresh(struct vcpu *v)
{
    spinlock_t *lock = unit_schedule_lock_irq(v->sched_unit);

    if ( v->runstate.state == RUNSTATE_runnable )
    {
        s_time_t since = NOW() - v->runstate.state_entry_time;
        uint64_t total = v->runstate.time[RUNSTATE_runnable];

        pvtime_show(&v->arch.pvtime.view, total + max(since, (s_time_t)0));
    }
    unit_schedule_unlock_irq(lock, v->sched_unit);
}

/*
 * Returns whether any vCPU waits. The look without a lock may be wrong about a
 * vCPU that changes just then: it has begun to wait, and the next round is
 * soon enough, or it has its CPU, and refresh() sees that.
 */
static bool make_round(s_time_t now)
{
    struct domain *d;
    struct vcpu *v;
    bool any = false;

    rcu_read_lock(&domlist_read_lock);
    for_each_domain ( d )
    {
        if ( d->arch.pvtime.region == NULL )
            continue;
        for_each_vcpu ( d, v )
        {
            if ( read_atomic(&v->runstate.state) != RUNSTATE_runnable )
                continue;
            any = true;
            if ( now - read_atomic(&v->runstate.state_entry_time) > FRESH &&
                 v->arch.pvtime.shown )
                refresh(v);
        }
    }
    rcu_read_unlock(&domlist_read_lock);

    return any;
}

/* The caller holds sched_res_rculock. */
void pvtime_round(s_time_t now)
{
    write_atomic(&pvtime_round_due, now + PERIOD);
    make_round(now);
}

static void cf_check refresh_timer_fn(void *unused)
{
    bool any;

    /* A vCPU that begins to wait after that finds the timer unset. */
    write_atomic(&armed, false);
    smp_mb();

    rcu_read_lock(&sched_res_rculock);
    any = make_round(NOW());
    rcu_read_unlock(&sched_res_rculock);

    if ( any )
        pvtime_arm();
}

static int __init cf_check pvtime_init(void)
{
    init_timer(&refresh_timer, refresh_timer_fn, NULL, 0);

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
