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
 * A round passes over vCPUs that have not waited for FRESH yet. The next round
 * is due before the total of any vCPU is older than LATEST, and comes at most a
 * slice later.
 */
#include <xen/init.h>
#include <xen/pvtime.h>
#include <xen/rcupdate.h>
#include <xen/sched.h>
#include <xen/timer.h>

#include "private.h"

#define FRESH MILLISECS(20)
#define LATEST MILLISECS(64)

static struct timer refresh_timer;
static bool armed, once_more;

s_time_t __read_mostly pvtime_round_due = STIME_MAX;
bool __read_mostly pvtime_slices_are_long;

/* A domain has stolen time: there is something to do from now on. */
void pvtime_begin_rounds(void)
{
    BUILD_BUG_ON(LATEST + PVTIME_LONG_SLICE > PVTIME_STALE_NS);

    if ( read_atomic(&pvtime_round_due) == STIME_MAX )
        write_atomic(&pvtime_round_due, NOW());
    /* Pairs with that of pvtime_long_slice(), for the vCPUs that wake up now. */
    smp_mb();
}

/* Callers may hold a schedule lock, as those of set_timer() may. */
void pvtime_arm(void)
{
    /* The vCPU's state is visible before the timer is seen to be set. */
    smp_mb();
    if ( read_atomic(&armed) )
        return;
    write_atomic(&armed, true);
    set_timer(&refresh_timer, NOW() + LATEST);
}

/*
 * A CPU begins a long slice. If it becomes idle, nobody waits for it, unless
 * the scheduler took it from a vCPU that would run (RTDS without budget). While
 * no domain has stolen time, the timer stays unset; pvtime_wake() sets it later.
 */
void pvtime_long_slice(const struct sched_unit *prev,
                       const struct sched_unit *next)
{
    if ( is_idle_unit(next) && (is_idle_unit(prev) || !unit_runnable(prev)) )
        return;
    write_atomic(&pvtime_slices_are_long, true);
    smp_mb();
    if ( read_atomic(&pvtime_round_due) == STIME_MAX )
        return;
    /* A round just now would not see yet that the vCPUs of prev wait. */
    write_atomic(&once_more, true);
    pvtime_arm();
}

static void refresh(struct vcpu *v)
{
    /* Read once: a move to another cpupool gives the vCPU another unit. */
    struct sched_unit *unit = read_atomic(&v->sched_unit);
    spinlock_t *lock = unit_schedule_lock_irq(unit);

    if ( v->arch.pvtime.shown && v->runstate.state == RUNSTATE_runnable )
    {
        s_time_t since = NOW() - v->runstate.state_entry_time;
        uint64_t total = v->runstate.time[RUNSTATE_runnable];

        pvtime_show(&v->arch.pvtime.view, total + max(since, (s_time_t)0));
    }
    unit_schedule_unlock_irq(lock, unit);
}

/*
 * Make a round at the time `now`. Returns whether any vCPU waits. The look
 * without a lock may be wrong about a vCPU that changes just then: it has begun
 * to wait, and the next round is soon enough, or it has its CPU, and refresh()
 * sees that. The caller holds sched_res_rculock.
 */
bool pvtime_round(s_time_t now)
{
    s_time_t oldest = now;
    struct domain *d;
    struct vcpu *v;
    bool any = false;

    /* Until the end of this round, other CPUs make none. */
    write_atomic(&pvtime_round_due, now + LATEST);

    rcu_read_lock(&domlist_read_lock);
    for_each_domain ( d )
    {
        if ( d->arch.pvtime.region == NULL )
            continue;
        for_each_vcpu ( d, v )
        {
            s_time_t since;

            if ( read_atomic(&v->runstate.state) != RUNSTATE_runnable )
                continue;
            any = true;
            since = read_atomic(&v->runstate.state_entry_time);
            if ( now - since > FRESH )
                refresh(v);
            else if ( since < oldest )
                oldest = since;
        }
    }
    rcu_read_unlock(&domlist_read_lock);

    write_atomic(&pvtime_round_due, oldest + LATEST);

    return any;
}

static void cf_check refresh_timer_fn(void *unused)
{
    bool any, again;

    /* A vCPU that begins to wait after that finds the timer unset. */
    write_atomic(&armed, false);
    smp_mb();
    again = read_atomic(&once_more);
    if ( again )
        write_atomic(&once_more, false);

    rcu_read_lock(&sched_res_rculock);
    any = pvtime_round(NOW());
    rcu_read_unlock(&sched_res_rculock);

    if ( any || again )
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
