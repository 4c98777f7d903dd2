// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rounds that bring the structures of waiting vCPUs up to date, for the other
 * vCPUs of the VM.
 *
 * A vCPU that waits for a CPU cannot store what it waits. So another vCPU of
 * the VM does, before it enters the guest: whoever can look at the structures
 * can be made to refresh them first. While no vCPU is in the guest, nobody
 * looks.
 *
 * A VM has a timer, which starts where a vCPU is preempted or woken up, or
 * leaves KVM_RUN, if it does not run yet. When it expires, a round is due: one
 * of the vCPUs that have a CPU is asked to make it, or else the first one that
 * gets a CPU makes it. The timer starts again while vCPUs wait, or can begin to
 * without KVM being told.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/clock.h>
#include <linux/wait.h>

#include "compat.h"
#include "place.h"

/*
 * When a round is due. The timer may wait for the tick after that, so that it
 * mostly needs no interrupt of its own; but not for long: a vCPU that is asked
 * at a tick may lose its CPU there, and the next one is asked after as much
 * again. That must not take 100 ms.
 */
#define ROUND_NS (40 * NSEC_PER_MSEC)
#define SLACK_NS min(TICK_NSEC, 8 * NSEC_PER_MSEC)

/*
 * The scheduler's clocks of two CPUs may differ a little: show so much less
 * than the wait so far. Where it still charges less than was shown, as it may
 * begin the thread's turn at its last tick, the next wait makes up for that.
 */
#define MARGIN_NS NSEC_PER_MSEC

/*
 * Whether a thread waits for a CPU; and its run_delay, with this wait.
 * task_call_func() keeps its state as it is. One that sleeps does not wait,
 * whatever last_queued says.
 */
static int waits(struct task_struct *task, void *delay)
{
	unsigned int state = READ_ONCE(task->__state);
	u64 queued = task->sched_info.last_queued;
	u64 now = local_clock();
	u64 *ns = delay;

	*ns = task->sched_info.run_delay;
	if (state != TASK_RUNNING || !queued)
		return state == TASK_WAKING;
	if (now > queued + MARGIN_NS)
		*ns += now - queued - MARGIN_NS;
	return true;
}

/* What a round finds of a vCPU that has no CPU */
enum found {
	RESTS, /* it has not begun, sleeps in WFI, or its thread has ended */
	AWAY, /* its thread is outside the guest, and can begin to wait unseen */
	WAITS,
};

/* Where the vCPU waits, show its total with this wait. */
static enum found show_wait(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	u64 delay;

	lockdep_assert_held(&steal->lock);
	if (steal->to_begin || steal->adopt || !steal->task)
		return RESTS;
	if (task_call_func(steal->task, waits, &delay)) {
		/* The total stays, until the vCPU knows how long it waited. */
		pvtime_show(&steal->view,
			    steal->total + delay - steal->last_steal);
		return WAITS;
	}
	if ((steal->task->flags & PF_EXITING) || kvm_vcpu_is_blocking(vcpu))
		return RESTS;
	return AWAY;
}

/* If the vCPU was reset meanwhile, the page is user space's, and stays. */
static bool store(struct kvm_vcpu_steal *steal,
		  struct pvtime_stolen __user *page)
{
	bool stored;

	spin_lock(&steal->lock);
	stored =
		!steal->to_begin && !steal->adopt && store_counter(steal, page);
	spin_unlock(&steal->lock);
	return stored;
}

/*
 * A page may be there, but write-protected: after a fork, for one. A page that
 * is not there is left alone (FOLL_NOWAIT): this vCPU must not wait for another
 * one's page. Its own vCPU does, when it gets a CPU.
 */
static bool make_writable(struct pvtime_stolen __user *page)
{
	struct page *pinned;

	if (!page || get_user_pages_unlocked((unsigned long)page, 1, &pinned,
					     FOLL_WRITE | FOLL_NOWAIT) != 1)
		return false;
	put_page(pinned);
	return true;
}

/* Refresh the structure of a vCPU, if it waits. */
static enum found refresh(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	struct place place;
	enum found found;
	bool stored;

	spin_lock(&steal->lock);
	found = show_wait(vcpu);
	spin_unlock(&steal->lock);
	if (found != WAITS)
		return found;

	place = find_place(vcpu);
	stored = store(steal, place.page) ||
		 (make_writable(place.page) && store(steal, place.page));
	if (stored)
		mark_page_dirty_in_slot(vcpu->kvm, place.slot, place.gfn);
	return WAITS;
}

/* Ask a vCPU that has a CPU to publish, and to make a round if one is due. */
static void ask_to_publish(struct kvm_vcpu *vcpu)
{
	kvm_make_request(KVM_REQ_RECORD_STEAL, vcpu);
	kvm_vcpu_kick(vcpu);
}

/* Returns whether another round will be needed. */
static bool refresh_all(struct kvm *kvm)
{
	struct kvm_vcpu *me = kvm_get_running_vcpu(), *vcpu;
	bool again = false;
	unsigned long i;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_vcpu(i, vcpu, kvm) {
		cond_resched();
		if (!kvm_arm_is_pvtime_enabled(&vcpu->arch))
			continue;
		if (READ_ONCE(vcpu->cpu) != -1) {
			/* It may not be loaded again for long. */
			if (vcpu != me && READ_ONCE(vcpu->arch.steal.missed))
				ask_to_publish(vcpu);
			continue;
		}
		/* A ring that is nearly full is for what this vCPU stores. */
		again |= !ring_has_room(me, me->dirty_ring.soft_limit) ||
			 refresh(vcpu) != RESTS;
	}
	srcu_read_unlock(&kvm->srcu, idx);
	return again;
}

/*
 * Make the round that is due, if any. Called by a vCPU's thread, in KVM_RUN.
 * Whoever begins to wait meanwhile starts the timer.
 */
void kvm_pvtime_make_round(struct kvm *kvm)
{
	struct kvm_pvtime *pvtime = &kvm->arch.pvtime;

	if (test_bit(KVM_PVTIME_DUE, &pvtime->flags) &&
	    test_and_clear_bit(KVM_PVTIME_DUE, &pvtime->flags) &&
	    refresh_all(kvm))
		kvm_pvtime_start_timer(kvm);
}

/* A vCPU that has a CPU, this one if possible; or NULL */
static struct kvm_vcpu *find_loaded(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu = kvm_get_running_vcpu();
	unsigned long i;

	if (vcpu && vcpu->kvm == kvm && READ_ONCE(vcpu->cpu) != -1)
		return vcpu;
	kvm_for_each_vcpu(i, vcpu, kvm)
		if (READ_ONCE(vcpu->cpu) != -1)
			return vcpu;
	return NULL;
}

static enum hrtimer_restart timer_expired(struct hrtimer *timer)
{
	struct kvm *kvm = container_of(timer, struct kvm, arch.pvtime.timer);
	struct kvm_pvtime *pvtime = &kvm->arch.pvtime;
	struct kvm_vcpu *vcpu;

	if (test_bit(KVM_PVTIME_STOPPED, &pvtime->flags))
		return HRTIMER_NORESTART;

	set_bit(KVM_PVTIME_DUE, &pvtime->flags);
	clear_bit(KVM_PVTIME_STARTED, &pvtime->flags);
	/*
	 * A vCPU that gets a CPU from here on looks for a due round after that.
	 * One that leaves its CPU without having made the round starts the
	 * timer: see kvm_pvtime_put().
	 */
	smp_mb__after_atomic();
	vcpu = find_loaded(kvm);
	if (vcpu)
		ask_to_publish(vcpu);
	return HRTIMER_NORESTART;
}

/*
 * Called in KVM_RUN, but also with the lock of a run queue held, where a vCPU is
 * preempted, and in interrupts, where one is woken up.
 */
void kvm_pvtime_start_timer(struct kvm *kvm)
{
	struct kvm_pvtime *pvtime = &kvm->arch.pvtime;

	if (test_bit(KVM_PVTIME_STARTED, &pvtime->flags))
		return;
	preempt_disable(); /* a flag without a timer would end all rounds */
	if (!test_and_set_bit(KVM_PVTIME_STARTED, &pvtime->flags))
		hrtimer_start_range_ns(&pvtime->timer, ns_to_ktime(ROUND_NS),
				       SLACK_NS, HRTIMER_MODE_REL_PINNED_HARD);
	preempt_enable();
}

/* A vCPU that sleeps in WFI does not wait before it is woken up. */
static bool may_wait(struct kvm_vcpu *vcpu)
{
	return kvm_arm_is_pvtime_enabled(&vcpu->arch) &&
	       (!kvm_vcpu_is_blocking(vcpu) || READ_ONCE(vcpu->preempted));
}

/*
 * A vCPU leaves its CPU. Either timer_expired() sees this, or what that has set
 * is seen here: if the vCPU was asked for a round, it may not have made it.
 */
void kvm_pvtime_put(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;

	if (!kvm_pvtime_is_used(kvm))
		return;
	smp_mb(); /* between vcpu->cpu and the flags */
	if (may_wait(vcpu) || test_bit(KVM_PVTIME_DUE, &kvm->arch.pvtime.flags))
		kvm_pvtime_start_timer(kvm);
}

void kvm_arch_vcpu_woken(struct kvm_vcpu *vcpu)
{
	if (kvm_arm_is_pvtime_enabled(&vcpu->arch))
		kvm_pvtime_start_timer(vcpu->kvm);
}

void kvm_pvtime_init_vm(struct kvm *kvm)
{
	hrtimer_setup(&kvm->arch.pvtime.timer, timer_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/*
 * No rounds from here on. This is called before the VM's vCPUs are destroyed,
 * so that the timer does not look at them, and again after it: a last wake-up
 * may have started the timer in between.
 */
void kvm_pvtime_stop(struct kvm *kvm)
{
	set_bit(KVM_PVTIME_STOPPED, &kvm->arch.pvtime.flags);
	hrtimer_cancel(&kvm->arch.pvtime.timer);
}
