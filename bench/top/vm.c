/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "bench/top/load.h"
#include "tests/kvm/small_vm.h"

#define PAGE 4096u

/* Executed by all vCPUs of all VMs, with `work` in x0. */
static const uint32_t code[] = {
	0xaa0003e1, /* 1:	mov	x1, x0 */
	0xb4000061, /* 2:	cbz	x1, 3f */
	0xd1000421, /*		sub	x1, x1, #1 */
	0x17fffffe, /*		b	2b */
	0xd503207f, /* 3:	wfi */
	0x17fffffb, /*		b	1b */
};

static void *code_page(void)
{
	static void *page;

	if (page == NULL) {
		page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			err(3, "mmap");
		memcpy(page, code, sizeof(code));
		__builtin___clear_cache(page, (char *)page + sizeof(code));
	}
	return page;
}

int make_vm(void)
{
	return small_vm(code_page(), PAGE);
}

int make_vcpu(int vm, unsigned index, uint64_t work)
{
	int vcpu = small_vcpu(vm, index);

	set_register(vcpu, CORE(regs.regs[0]), work);
	return vcpu;
}

void run_vcpu(int vcpu)
{
	if (ioctl(vcpu, KVM_RUN, NULL) == 0)
		errx(3, "KVM_RUN ended, and the guest does nothing that ends it");
	if (errno != EINTR)
		err(3, "KVM_RUN");
}

static void interrupted(int number)
{
	(void)number;
}

void interrupt_at(uint64_t first_ns, uint64_t then_ns)
{
	const struct sigaction action = {.sa_handler = interrupted};
	const struct itimerspec time = {
		.it_value = {(time_t)(first_ns / NS_PER_S), (long)(first_ns % NS_PER_S)},
		.it_interval = {(time_t)(then_ns / NS_PER_S), (long)(then_ns % NS_PER_S)},
	};
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
	timer_t timer;

	event._sigev_un._tid = gettid();
	must(sigaction(SIGALRM, &action, NULL), "sigaction");
	must(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
	must(timer_settime(timer, 0, &time, NULL), "timer_settime");
}

/* The thread sleeps in KVM_RUN for a moment: `pvtime top` recognises it when it is switched out. */
void become_vcpu(void)
{
	int vm = make_vm();
	int vcpu = make_vcpu(vm, 0, 0);

	interrupt_at(NS_PER_S / 50, 0);
	run_vcpu(vcpu);
	close(vcpu);
	close(vm);
}
