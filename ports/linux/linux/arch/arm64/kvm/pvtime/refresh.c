// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rounds that bring the structures of waiting vCPUs up to date, for the other
 * vCPUs of the VM.
 *
 * A vCPU that waits for a CPU cannot store what it waits. So a VM has a timer,
 * which is started where a vCPU is preempted or woken up, if it is not started
 * yet. It makes a kernel thread look at all vCPUs of the VM, and store the
 * totals of those that wait. Only while there are any, the timer is started
 * again.
 *
 * The thread is of a real-time class: what keeps the vCPUs waiting must not
 * keep it waiting, too. It stores in the memory of user space, without page
 * faults. Where the memory is not there, it leaves the store to the vCPU, and
 * so it leaves a dirty ring: the vCPU publishes before it enters the guest or
 * leaves KVM_RUN.
 */
#include <linux/kthread.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>

#include "compat.h"
#include "place.h"

#define ROUND_NS (40 * NSEC_PER_MSEC)

/*
 * The scheduler's clocks of two CPUs may differ a little: show so much less
 * than the wait so far.
 */
#define MARGIN_NS NSEC_PER_MSEC

static struct kthread_worker *worker;

/*
 * Whether a thread waits for a CPU; and its run_delay, with this wait. Its
 * state cannot change.
 */
static int waits(struct task_struct *task, void *delay)
{
	u64 queued = task->sched_info.last_queued;
	u64 now = local_clock();
	u64 *ns = delay;

	*ns = task->sched_info.run_delay;
	if (!queued)
		return READ_ONCE(task->__state) == TASK_WAKING;
	if (now > queued + MARGIN_NS)
		*ns += now - queued - MARGIN_NS;
	return true;
}

/* Whether the vCPU waits; and if so, its total with this wait. */
static bool vcpu_waits(struct kvm_vcpu_steal *steal, u64 *total)
{
	u64 delay;

	lockdep_assert_held(&steal->lock);
	if (steal->fresh || !steal->task ||
	    !task_call_func(steal->task, waits, &delay))
		return false;
	*total = steal->total + delay - steal->last_steal;
	return true;
}

static bool must_refresh(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	bool must;
	u64 total;

	if (READ_ONCE(vcpu->cpu) != -1 ||
	    !kvm_arm_is_pvtime_enabled(&vcpu->arch))
		return false;

	spin_lock(&steal->lock);
	must = vcpu_waits(steal, &total);
	spin_unlock(&steal->lock);
	return must;
}

/*
 * A dirty ring is that of a loaded vCPU. There is none here, so only a bitmap
 * can be marked.
 */
static void mark_dirty(const struct place *place)
{
	if (place->slot->dirty_bitmap)
		set_bit_le(place->gfn - place->slot->base_gfn,
			   place->slot->dirty_bitmap);
}

/* The total itself stays, until the vCPU knows how long it has waited. */
static void refresh(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	struct place place = find_place(vcpu);
	u64 total;

	if (!place.page)
		return;

	spin_lock(&steal->lock);
	if (vcpu_waits(steal, &total)) {
		pvtime_show(&steal->view, total);
		if (store_counter(steal, place.page))
			mark_dirty(&place);
	}
	spin_unlock(&steal->lock);
}

/* Returns whether any vCPU waits. */
static bool refresh_all(struct kvm *kvm)
{
	struct mm_struct *mm = NULL;
	struct kvm_vcpu *vcpu;
	unsigned long i;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	kvm_for_each_vcpu(i, vcpu, kvm) {
		if (!must_refresh(vcpu))
			continue;
		if (!mm) {
			if (!mmget_not_zero(kvm->mm))
				break; /* the process is ending */
			mm = kvm->mm;
			kthread_use_mm(mm);
		}
		refresh(vcpu);
	}
	srcu_read_unlock(&kvm->srcu, idx);

	if (mm) {
		kthread_unuse_mm(mm);
		mmput_async(mm); /* the last reference is not dropped here */
	}
	return mm;
}

static void make_round(struct kthread_work *work)
{
	struct kvm *kvm = container_of(work, struct kvm, arch.pvtime.work);

	if (READ_ONCE(kvm->arch.pvtime.stopped))
		return;

	/*
	 * Whoever begins to wait from here on starts the timer. The barrier, and
	 * the one in test_and_set_bit(), let the round see all others.
	 */
	clear_bit(0, &kvm->arch.pvtime.started);
	smp_mb__after_atomic();
	if (refresh_all(kvm))
		kvm_pvtime_start_timer(kvm);
}

static enum hrtimer_restart timer_expired(struct hrtimer *timer)
{
	struct kvm *kvm = container_of(timer, struct kvm, arch.pvtime.timer);

	if (!READ_ONCE(kvm->arch.pvtime.stopped))
		kthread_queue_work(worker, &kvm->arch.pvtime.work);
	return HRTIMER_NORESTART;
}

/*
 * Called with the lock of a run queue held, where a vCPU is preempted, and in
 * interrupts, where one is woken up. The worker's lock must not be taken there,
 * but a timer may be started.
 */
void kvm_pvtime_start_timer(struct kvm *kvm)
{
	struct kvm_pvtime *pvtime = &kvm->arch.pvtime;

	if (worker && !READ_ONCE(pvtime->stopped) &&
	    !test_and_set_bit(0, &pvtime->started))
		hrtimer_start(&pvtime->timer, ns_to_ktime(ROUND_NS),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

void kvm_arch_vcpu_woken(struct kvm_vcpu *vcpu)
{
	if (kvm_arm_is_pvtime_enabled(&vcpu->arch))
		kvm_pvtime_start_timer(vcpu->kvm);
}

void kvm_pvtime_init_vm(struct kvm *kvm)
{
	kthread_init_work(&kvm->arch.pvtime.work, make_round);
	hrtimer_setup(&kvm->arch.pvtime.timer, timer_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/*
 * No rounds from here on. A round that is being made may start the timer until
 * the first line is done, and the timer may queue a round until the second one
 * is. This is called before the VM's vCPUs are destroyed, and again after it: a
 * last wake-up may have started the timer in between.
 */
void kvm_pvtime_stop(struct kvm *kvm)
{
	WRITE_ONCE(kvm->arch.pvtime.stopped, true);
	kthread_cancel_work_sync(&kvm->arch.pvtime.work);
	hrtimer_cancel(&kvm->arch.pvtime.timer);
	kthread_cancel_work_sync(&kvm->arch.pvtime.work);
}

static int __init start_worker(void)
{
	struct kthread_worker *w;

	if (!is_hyp_mode_available())
		return 0;
	w = kthread_run_worker(0, "kvm-pvtime");
	if (IS_ERR(w))
		return PTR_ERR(w);
	sched_set_fifo_low(w->task);
	worker = w;
	return 0;
}
late_initcall(start_worker);
