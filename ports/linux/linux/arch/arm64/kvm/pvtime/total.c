// SPDX-License-Identifier: BSD-2-Clause
/*
 * The attribute KVM_ARM_VCPU_PVTIME_TOTAL, with which user space saves and
 * restores a vCPU's stolen time; and the thread that the vCPU's waits are those
 * of.
 */
#include <linux/kvm_host.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

/*
 * Called in KVM_RUN where the vCPU's thread is not the one of the last time. A
 * round may have shown a wait of the last thread that the total lacks. What was
 * shown stands, so the total takes it in. Otherwise the next waits would not
 * show until they are longer.
 */
void kvm_pvtime_new_thread(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	struct task_struct *old;

	spin_lock(&steal->lock);
	old = steal->task;
	steal->task = get_task_struct(current);
	steal->total =
		max_t(u64, steal->total, pvtime_get_stolen_ns(&steal->view));
	steal->last_steal = READ_ONCE(current->sched_info.run_delay);
	spin_unlock(&steal->lock);

	if (old)
		put_task_struct(old);
}

void kvm_pvtime_destroy(struct kvm_vcpu *vcpu)
{
	if (vcpu->arch.steal.task)
		put_task_struct(vcpu->arch.steal.task);
}

/*
 * The total with all waits of the thread that have ended, also since it has left
 * KVM_RUN. They are charged, so that what was read stands, whichever thread runs
 * the vCPU next.
 */
static u64 current_total(struct kvm_vcpu_steal *steal)
{
	lockdep_assert_held(&steal->lock);
	if (!steal->to_begin && steal->task) {
		u64 delay = READ_ONCE(steal->task->sched_info.run_delay);

		steal->total += delay - steal->last_steal;
		steal->last_steal = delay;
	}
	return max_t(u64, steal->total, pvtime_get_stolen_ns(&steal->view));
}

int kvm_pvtime_get_total(struct kvm_vcpu *vcpu, u64 __user *user)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	u64 total;

	if (!kvm_arm_is_pvtime_enabled(&vcpu->arch))
		return -ENXIO;

	spin_lock(&steal->lock);
	total = current_total(steal);
	spin_unlock(&steal->lock);
	return put_user(total, user);
}

/*
 * The vCPU's next KVM_RUN stores the total, and charges nothing that was before
 * it.
 */
int kvm_pvtime_set_total(struct kvm_vcpu *vcpu, u64 __user *user)
{
	struct kvm_vcpu_steal *steal = &vcpu->arch.steal;
	u64 total;

	if (!kvm_arm_is_pvtime_enabled(&vcpu->arch))
		return -ENXIO;
	if (get_user(total, user))
		return -EFAULT;
	if (total > S64_MAX)
		return -EINVAL; /* nothing has waited for 292 years */

	spin_lock(&steal->lock);
	steal->total = total;
	steal->to_begin = true;
	steal->adopt = false;
	pvtime_restart(&steal->view, total);
	spin_unlock(&steal->lock);
	return 0;
}
