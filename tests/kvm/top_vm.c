/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM for tests/kvm/top_*.t, as QEMU takes too long to start:
 *
 *	top_vm VCPUS MS [-name NAME]
 *
 * Its vCPUs compute without end, in threads with the names that QEMU gives them. On SIGUSR1, its
 * thread for I/O computes for MS milliseconds of its own time, and prints "io TID NS": how long it
 * was really. On SIGUSR2, a vCPU's thread executes sleep(1), which is no VM.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/kvm/small_vm.h"
#include "tests/kvm/top_burn.h"

#define RAM_SIZE 0x10000u

/* Pages that could be merged are work for ksmd, a thread of the kernel. */
static int make_vm(void)
{
	uint32_t *ram =
		mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ram == MAP_FAILED)
		err(3, "mmap");
	must(madvise(ram, RAM_SIZE, MADV_MERGEABLE), "MADV_MERGEABLE");
	for (size_t i = 0; i < RAM_SIZE / sizeof(*ram); i++)
		ram[i] = 0x14000000; /* b . */
	return small_vm(ram, RAM_SIZE);
}

static void become_sleep(int number)
{
	(void)number;
	execl("/bin/sleep", "sleep", "1000", NULL);
	_exit(3);
}

static void *run_vcpu(void *vcpu)
{
	sigset_t usr2;

	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	pthread_sigmask(SIG_UNBLOCK, &usr2, NULL);
	for (;;)
		if (ioctl((int)(intptr_t)vcpu, KVM_RUN, NULL) < 0 && errno != EINTR)
			err(3, "KVM_RUN");
}

static void *do_io(void *ms)
{
	sigset_t usr1;
	int got;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	while (sigwait(&usr1, &got) == 0)
		tell("io", burn((uint64_t)(intptr_t)ms));
	return NULL;
}

/* A thread begins with the name of its maker, so that it never has another one. */
static void begin_thread(void *(*run)(void *), int argument, const char *name)
{
	pthread_t thread;

	must_be_0(pthread_setname_np(pthread_self(), name), name);
	must_be_0(pthread_create(&thread, NULL, run, (void *)(intptr_t)argument), "a thread");
	must_be_0(pthread_setname_np(pthread_self(), "top_vm"), "top_vm");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(3, "expected: top_vm VCPUS MS [-name NAME]");
	int vm = make_vm(), vcpus = atoi(argv[1]);
	sigset_t both;
	char name[24];

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGUSR2);
	sigprocmask(SIG_BLOCK, &both, NULL);
	signal(SIGUSR2, become_sleep);
	begin_thread(do_io, atoi(argv[2]), "io");
	for (int i = 0; i < vcpus; i++) {
		snprintf(name, sizeof(name), "CPU %d/KVM", i);
		begin_thread(run_vcpu, small_vcpu(vm, (unsigned)i), name);
	}
	for (;;)
		pause();
}
