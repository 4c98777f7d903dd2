/* SPDX-License-Identifier: BSD-2-Clause */
/* libpvtime-kvm/sys.c on the real system, whatever it is: it needs no KVM. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "libpvtime-kvm/sys.h"
#include "tests/tap.h"

#define SIZE 65536u

static void test_memory(void)
{
	void *memory = NULL;
	int fd = pvtk_memfd("pvtime");

	tap_ok(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC,
	       "a memfd is made that other programs do not inherit");
	tap_is_i64(pvtk_fill(fd, SIZE), 0, "the memfd gets all its pages");
	tap_is_i64(pvtk_seal(fd), 0, "the memfd is sealed");
	tap_ok(ftruncate(fd, SIZE - 4096) < 0 && errno == EPERM, "a sealed memfd does not shrink");
	tap_ok(ftruncate(fd, SIZE + 4096) < 0 && errno == EPERM, "a sealed memfd does not grow");
	tap_is_i64(pvtk_seal(fd), -EPERM, "a sealed memfd's seals cannot be changed");
	tap_is_i64(pvtk_map(fd, SIZE, &memory), 0, "the memfd is mapped");
	memset(memory, 0x5a, SIZE);
	uint8_t last = 0;
	tap_ok(pread(fd, &last, 1, SIZE - 1) == 1 && last == 0x5a,
	       "a write to the mapping is in the memfd");
	tap_is_i64(pvtk_unmap(memory, SIZE), 0, "the mapping is removed");
	pvtk_close(fd);
	tap_ok(fcntl(fd, F_GETFD) < 0, "the memfd is closed");
	tap_is_i64(pvtk_fill(fd, SIZE), -EBADF, "pvtk_fill() fails on a closed memfd");
	tap_is_i64(pvtk_seal(fd), -EBADF, "pvtk_seal() fails on a closed memfd");
	tap_is_i64(pvtk_map(fd, SIZE, &memory), -EBADF, "pvtk_map() fails on a closed memfd");
	tap_is_i64(pvtk_unmap(NULL, 0), -EINVAL, "pvtk_unmap() fails on nothing");
	tap_is_i64(pvtk_ioctl(-1, FIONREAD, NULL), -EBADF,
		   "pvtk_ioctl() fails without a descriptor");
	uint8_t *zero = pvtk_alloc(SIZE);
	tap_ok(zero && zero[0] == 0 && memcmp(zero, zero + 1, SIZE - 1) == 0,
	       "allocated memory is zeroed");
	pvtk_free(zero);
}

/* Waits until the signal is pending for this thread; false: it does not come. */
static bool becomes_pending(int signo)
{
	const struct timespec tick = {0, 1000000};
	sigset_t pending;

	for (unsigned i = 0; i < 5000; i++) {
		sigpending(&pending);
		if (sigismember(&pending, signo))
			return true;
		nanosleep(&tick, NULL);
	}
	return false;
}

static bool is_pending(int signo)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, signo);
}

static void *sleeping(void *unused)
{
	const struct timespec time = {0, 1000000};
	uint64_t before = pvtk_sleeps();

	nanosleep(&time, NULL);
	return pvtk_sleeps() > before ? unused : NULL;
}

static void test_signal(void)
{
	sigset_t before, mask, first;
	timer_t timer;

	pthread_sigmask(SIG_SETMASK, NULL, &first);
	tap_is_i64(pvtk_signal_block(0, &before), -EINVAL, "signal 0 cannot be blocked");
	tap_is_i64(pvtk_signal_block(65, &before), -EINVAL, "signal 65 cannot be blocked");
	tap_is_i64(pvtk_signal_block(SIGUSR1, &before), 0, "a signal is blocked");
	tap_is_i64(pvtk_timer_create(SIGUSR1, &timer), 0, "a timer is made");
	pvtk_signal_discard(SIGUSR1);
	tap_ok(!is_pending(SIGUSR1), "no signal is sent before the timer is started");
	tap_is_i64(pvtk_timer_start(timer, 1000), 0, "the timer is started");
	tap_ok(becomes_pending(SIGUSR1), "the timer sends its signal");
	pvtk_signal_discard(SIGUSR1);
	tap_ok(!is_pending(SIGUSR1), "the pending signal is discarded");
	tap_is_i64(pvtk_timer_start(timer, 3600000000000ull), 0,
		   "the timer is started for an hour");
	tap_is_i64(pvtk_timer_start(timer, 0), 0, "the timer is stopped");
	tap_ok(!is_pending(SIGUSR1), "a stopped timer sends nothing");
	tap_is_i64(pvtk_timer_start(timer, 1500000000), 0,
		   "the timer can be started for more than a second");
	pvtk_timer_delete(timer);
	pvtk_signal_discard(SIGUSR1);
	pvtk_signal_unblock(&before);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	tap_ok(sigismember(&mask, SIGUSR1) == sigismember(&first, SIGUSR1),
	       "the signal is blocked or not, as before");
	tap_is_i64(pvtk_timer_create(0x1000, &timer), -EINVAL,
		   "a timer of an invalid signal is refused");
}

/* Sleeps are counted for each thread. */
static void test_sleeps(void)
{
	uint64_t before = pvtk_sleeps();
	pthread_t thread;
	void *slept = NULL;
	int yes;

	pthread_create(&thread, NULL, sleeping, &yes);
	pthread_join(thread, &slept);
	tap_ok(slept == &yes, "a thread that sleeps is counted as having slept");
	tap_ok(sleeping(&yes) == &yes && pvtk_sleeps() > before,
	       "the first thread is counted as having slept as well");
}

int main(void)
{
	test_memory();
	test_signal();
	test_sleeps();
	return tap_done();
}
