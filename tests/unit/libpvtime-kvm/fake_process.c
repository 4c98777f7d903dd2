/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's half of the tests' KVM: memory, descriptors, timers, signals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "libpvtime-kvm/sys.h"
#include "tests/unit/libpvtime-kvm/fake.h"

#define FIRST_MEMFD 300

void *pvtk_alloc(size_t size)
{
	if (fake_fails(0))
		return NULL;
	fake.allocs++;
	return calloc(1, size);
}

void pvtk_free(void *memory)
{
	fake.allocs -= memory != NULL;
	free(memory);
}

int pvtk_memfd(const char *name)
{
	int err = fake_fails(0);

	(void)name;
	return err ? err : FIRST_MEMFD + (int)fake.fds++;
}

int pvtk_fill(int fd, size_t size)
{
	(void)fd;
	(void)size;
	return fake_fails(0);
}

int pvtk_seal(int fd)
{
	(void)fd;
	return fake_fails(0);
}

void pvtk_close(int fd)
{
	(void)fd;
	fake.fds--;
}

int pvtk_map(int fd, size_t size, void **memory)
{
	int err = fake_fails(0);

	(void)fd;
	if (err)
		return err;
	*memory = aligned_alloc(4096, size);
	memset(*memory, 0, size);
	fake.maps++;
	return 0;
}

int pvtk_unmap(void *memory, size_t size)
{
	int err = fake_fails(0);

	(void)size;
	if (err)
		return err;
	for (unsigned v = 0; v < FAKE_VMS; v++)
		for (unsigned i = 0; i < FAKE_SLOTS; i++)
			if (fake.vms[v].slots[i].size && fake.vms[v].slots[i].memory == memory)
				fake_wrong("memory is unmapped that a VM can reach");
	free(memory);
	fake.maps--;
	return 0;
}

/* The fake thread's mask has one signal; *before keeps it. */
int pvtk_signal_block(int signo, sigset_t *before)
{
	int err = fake_fails(0);

	if (err)
		return err;
	if (signo < 1 || signo > 64)
		return -EINVAL;
	memcpy(before, &fake.blocked, sizeof(fake.blocked));
	fake.blocked = signo;
	return 0;
}

void pvtk_signal_unblock(const sigset_t *before)
{
	if (fake.pending)
		fake_wrong("a signal is unblocked that is pending");
	memcpy(&fake.blocked, before, sizeof(fake.blocked));
}

void pvtk_signal_discard(int signo)
{
	if (fake.pending == signo)
		fake.pending = 0;
}

int pvtk_timer_create(int signo, timer_t *timer)
{
	int err = fake_fails(0);

	if (err)
		return err;
	memset(timer, 0, sizeof(*timer));
	fake.timer_signal = signo;
	fake.timers++;
	return 0;
}

int pvtk_timer_start(timer_t timer, uint64_t ns)
{
	int err = fake_fails(0);

	(void)timer;
	if (!err)
		fake.timer_ns = ns;
	return err;
}

void pvtk_timer_delete(timer_t timer)
{
	(void)timer;
	fake.timer_ns = 0;
	fake.timers--;
}

uint64_t pvtk_sleeps(void)
{
	return fake.sleeps;
}

uint32_t pvtk_frequency(void)
{
	return fake.frequency;
}

const char *fake_leak(void)
{
	for (unsigned v = 0; v < FAKE_VMS; v++)
		for (unsigned i = 0; i < FAKE_SLOTS; i++)
			if (fake.vms[v].slots[i].size)
				return "a slot";
	return fake.fds	      ? "a descriptor"
	       : fake.maps    ? "a mapping"
	       : fake.allocs  ? "memory"
	       : fake.timers  ? "a timer"
	       : fake.blocked ? "a blocked signal"
	       : fake.pending ? "a pending signal"
			      : NULL;
}
