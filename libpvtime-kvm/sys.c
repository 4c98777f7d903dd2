/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "libpvtime-kvm/sys.h"

/* glibc before 2.38 has no public name for this field. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define NS_PER_S 1000000000u

static int result(int value)
{
	return value < 0 ? -errno : value;
}

int pvtk_ioctl(int fd, unsigned long request, void *argument)
{
	return result(ioctl(fd, request, argument));
}

void *pvtk_alloc(size_t size)
{
	return calloc(1, size);
}

void pvtk_free(void *memory)
{
	free(memory);
}

int pvtk_memfd(const char *name)
{
	return result(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

int pvtk_fill(int fd, size_t size)
{
	int err;

	do
		err = result(fallocate(fd, 0, 0, (off_t)size));
	while (err == -EINTR);
	return err;
}

int pvtk_seal(int fd)
{
	return result(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
}

/* The result is ignored, because Linux has released the descriptor even if close() fails. */
void pvtk_close(int fd)
{
	close(fd);
}

int pvtk_map(int fd, size_t size, void **memory)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	*memory = at;
	return 0;
}

int pvtk_unmap(void *memory, size_t size)
{
	return result(munmap(memory, size));
}

static int set_of(int signo, sigset_t *set)
{
	sigemptyset(set);
	return result(sigaddset(set, signo));
}

int pvtk_signal_block(int signo, sigset_t *before)
{
	sigset_t set;
	int err = set_of(signo, &set);

	return err ? err : -pthread_sigmask(SIG_BLOCK, &set, before);
}

void pvtk_signal_unblock(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

void pvtk_signal_discard(int signo)
{
	static const struct timespec now = {0, 0};
	sigset_t set;

	if (set_of(signo, &set) == 0)
		sigtimedwait(&set, NULL, &now);
}

int pvtk_timer_create(int signo, timer_t *timer)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = signo,
	};

	event.sigev_notify_thread_id = gettid();
	return result(timer_create(CLOCK_MONOTONIC, &event, timer));
}

int pvtk_timer_start(timer_t timer, uint64_t ns)
{
	const struct itimerspec once = {
		.it_value = {.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)},
	};

	return result(timer_settime(timer, 0, &once, NULL));
}

void pvtk_timer_delete(timer_t timer)
{
	timer_delete(timer);
}

uint64_t pvtk_sleeps(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? (uint64_t)usage.ru_nvcsw : 0;
}

uint32_t pvtk_frequency(void)
{
	uint64_t hz = 0;

#ifdef __aarch64__
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
#endif
	return (uint32_t)hz;
}
