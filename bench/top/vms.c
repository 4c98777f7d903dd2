/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load vms VMS VCPUS BUNCH WORK: a process for each VM, a thread for each vCPU. Once a second each
 * vCPU wakes up, executes WORK rounds of a loop of two instructions, and waits again for an
 * interrupt (WFI). BUNCH vCPUs wake up at the same time, the bunches at equal distances; with BUNCH
 * 0 none wakes up. It prints "running" when all vCPUs run.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "bench/top/load.h"

#define STACK 131072u /* the least that Linux on arm64 allows */

static struct {
	unsigned vms, vcpus, bunch, work;
	int started; /* an eventfd: adds 1 for each vCPU */
} load;

struct vcpu {
	int fd;
	unsigned index; /* among all vCPUs */
};

/* When in each second the vCPU wakes up. */
static uint64_t phase_ns(unsigned index)
{
	return NS_PER_S * (index / load.bunch * load.bunch) / ((uint64_t)load.vms * load.vcpus);
}

static void *run_thread(void *at)
{
	const struct vcpu *vcpu = at;
	const uint64_t one = 1;
	char name[32];

	snprintf(name, sizeof(name), "CPU %u/KVM", vcpu->index % load.vcpus);
	prctl(PR_SET_NAME, name);
	if (load.bunch > 0)
		interrupt_at(NS_PER_S + phase_ns(vcpu->index), NS_PER_S);
	if (write(load.started, &one, sizeof(one)) != sizeof(one))
		err(3, "eventfd");
	for (;;)
		run_vcpu(vcpu->fd);
}

/* The process of one VM. */
static void run_vm(unsigned vm)
{
	pthread_attr_t attributes;
	int fd = make_vm();

	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
	must_be_0(pthread_attr_init(&attributes), "pthread_attr_init");
	must_be_0(pthread_attr_setstacksize(&attributes, STACK), "a stack");
	for (unsigned i = 0; i < load.vcpus; i++) {
		struct vcpu *vcpu = malloc(sizeof(*vcpu));
		pthread_t thread;

		if (vcpu == NULL)
			err(3, "malloc");
		*vcpu = (struct vcpu){make_vcpu(fd, i, load.work), vm * load.vcpus + i};
		must_be_0(pthread_create(&thread, &attributes, run_thread, vcpu), "a thread");
	}
	for (;;)
		pause();
}

static void vm_ended(int number)
{
	(void)number;
	_exit(3);
}

void run_vms(char **words)
{
	uint64_t started = 0, more;

	const struct sigaction action = {.sa_handler = vm_ended};

	load.vms = number(words[0], 10000);
	load.vcpus = number(words[1], 512);
	load.bunch = number(words[2], 10000);
	load.work = number(words[3], 1000000000);
	must(sigaction(SIGCHLD, &action, NULL), "sigaction");
	load.started = must(eventfd(0, 0), "eventfd");
	for (unsigned i = 0; i < load.vms; i++)
		if (must(fork(), "fork") == 0)
			run_vm(i);
	while (started < (uint64_t)load.vms * load.vcpus) {
		if (read(load.started, &more, sizeof(more)) != sizeof(more))
			err(3, "eventfd");
		started += more;
	}
	puts("running");
	fflush(stdout);
	for (;;)
		pause();
}
