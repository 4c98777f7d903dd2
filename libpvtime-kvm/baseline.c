/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes KVM publish without running the guest. KVM publishes on its way into the guest, and takes
 * the thread's run_delay as its new baseline. A stopped vCPU (as PSCI CPU_OFF leaves it) sleeps
 * first. When a signal wakes it up, KVM_RUN continues to the publish, and then returns to user
 * space because of the signal.
 *
 * The signal comes from a timer. This thread blocks it, but KVM_RUN does not, so it cannot get lost
 * and no handler runs. If the signal is pending before KVM_RUN sleeps, KVM_RUN of Linux 6.1 returns
 * without publishing. So the library tries again with later and later signals.
 *
 * KVM has published if the counter has changed. If there was nothing to publish, the counter stays,
 * but the thread has slept in KVM_RUN. It sleeps there for no other reason, except in a vCPU's
 * first KVM_RUN, which prepares things. So the first try ignores that sign.
 *
 * A KVM that keeps the total itself can be told a new one, so that a rebase needs no KVM_RUN.
 */
#include <errno.h>
#include <string.h>
#include "libpvtime-kvm/internal.h"
#include "libpvtime-kvm/sys.h"
#include "libpvtime-kvm/uapi.h"

#define FIRST_WAIT_NS 50000u
#define LAST_WAIT_NS  1000000000u

/* What stop() changes in this thread and this vCPU, for go_on() to restore. */
struct stop {
	int fd, signo;
	sigset_t signals;
	timer_t timer;
	struct kvm_mp_state state;
};

/* Let only `signo` interrupt KVM_RUN. */
static int set_run_mask(int fd, int signo)
{
	const uint64_t blocked = ~(1ull << (signo - 1));
	union {
		struct kvm_signal_mask mask;
		uint8_t bytes[sizeof(struct kvm_signal_mask) + sizeof(blocked)];
	} argument = {.mask = {.len = sizeof(blocked)}};

	memcpy(argument.bytes + offsetof(struct kvm_signal_mask, sigset), &blocked,
	       sizeof(blocked));
	return pvtk_ioctl(fd, KVM_SET_SIGNAL_MASK, &argument);
}

/* Every signal that interrupts the thread interrupts KVM_RUN again, which is the default. */
static int clear_run_mask(int fd)
{
	return pvtk_ioctl(fd, KVM_SET_SIGNAL_MASK, NULL);
}

static int stop(struct stop *s)
{
	struct kvm_mp_state stopped = {.mp_state = KVM_MP_STATE_STOPPED};
	int err = pvtk_signal_block(s->signo, &s->signals);

	if (err)
		return err;
	err = pvtk_timer_create(s->signo, &s->timer);
	if (err)
		goto no_timer;
	err = pvtk_ioctl(s->fd, KVM_GET_MP_STATE, &s->state);
	if (err < 0)
		goto no_mask;
	err = set_run_mask(s->fd, s->signo);
	if (err < 0)
		goto no_mask;
	err = pvtk_ioctl(s->fd, KVM_SET_MP_STATE, &stopped);
	if (err >= 0)
		return 0;
	clear_run_mask(s->fd);
no_mask:
	pvtk_timer_delete(s->timer);
no_timer:
	pvtk_signal_unblock(&s->signals);
	return err;
}

/* Undo all that stop() did, even after an error. Returns the first error. */
static int go_on(struct stop *s)
{
	int err = pvtk_ioctl(s->fd, KVM_SET_MP_STATE, &s->state);
	int mask_err = clear_run_mask(s->fd);

	pvtk_timer_delete(s->timer);
	pvtk_signal_discard(s->signo);
	pvtk_signal_unblock(&s->signals);
	return err < 0 ? err : mask_err < 0 ? mask_err : 0;
}

/* KVM_RUN until the signal arrives, `ns` from now. */
static int run_till_signal(struct stop *s, uint64_t ns)
{
	int err = pvtk_timer_start(s->timer, ns);

	if (err)
		return err;
	int result = pvtk_ioctl(s->fd, KVM_RUN, NULL);
	err = pvtk_timer_start(s->timer, 0);
	pvtk_signal_discard(s->signo);
	if (result >= 0)
		return -EBUSY;
	return result == -EINTR ? err : result;
}

static int run_till_published(struct pvtime_kvm *k, uint32_t index, struct stop *s)
{
	const uint64_t before = pvtk_load(k, index);

	for (uint64_t ns = FIRST_WAIT_NS; ns < LAST_WAIT_NS; ns *= 2) {
		uint64_t sleeps = pvtk_sleeps();
		int err = run_till_signal(s, ns);

		if (err)
			return err;
		if (pvtk_load(k, index) != before)
			return 0;
		if (ns > FIRST_WAIT_NS && pvtk_sleeps() > sleeps)
			return 0;
	}
	return -ETIMEDOUT;
}

/* Whether the vCPU can be published: 0 or an error. */
static int usable(const struct pvtime_kvm *k, uint32_t index, int signo)
{
	int fd = pvtk_vcpu_fd(k, index);

	if (fd < 0)
		return fd;
	if (!k->registered || signo == SIGKILL || signo == SIGSTOP)
		return -EINVAL;
	return pvtime_kvm_vcpu_check(k, index);
}

int pvtime_kvm_vcpu_publish(struct pvtime_kvm *k, uint32_t index, int signo)
{
	int err = usable(k, index, signo);

	if (err)
		return err;
	struct stop s = {.fd = k->vcpu_fd[index], .signo = signo};
	err = stop(&s);
	if (err)
		return err;
	err = run_till_published(k, index, &s);
	int undo_err = go_on(&s);
	return err ? err : undo_err;
}

/*
 * Where KVM keeps the total, this becomes what the structure shows: after a restore or a migration
 * the saved counter, which KVM has not looked at yet, and otherwise what KVM published last. A
 * guest that can write to its structure can choose no more than KVM has counted.
 */
static int rebase_total(struct pvtime_kvm *k, uint32_t index)
{
	uint64_t total, shown = pvtk_load(k, index);
	int err = pvtk_get_total(k->vcpu_fd[index], &total);

	if (err)
		return err;
	return pvtk_set_total(k->vcpu_fd[index], total && total < shown ? total : shown);
}

int pvtime_kvm_vcpu_rebase(struct pvtime_kvm *k, uint32_t index, int signo)
{
	int err = usable(k, index, signo);

	if (err)
		return err;
	err = rebase_total(k, index);
	if (err != -ENXIO)
		return err;
	uint64_t ns = pvtk_load(k, index);
	err = pvtime_kvm_vcpu_publish(k, index, signo);
	/* Even after an error, because KVM may have published before it. */
	pvtk_store(k, index, ns);
	return err;
}
