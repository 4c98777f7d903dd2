/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "bench/top/load.h"
#include "libpvtime-kvm/uapi.h"

#define RAM  0x40000000u /* IPA */
#define PAGE 4096u
#define CORE(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))

/* Executed by all vCPUs of all VMs, with `work` in x0. */
static const uint32_t code[] = {
	0xaa0003e1, /* 1:	mov	x1, x0 */
	0xb4000061, /* 2:	cbz	x1, 3f */
	0xd1000421, /*		sub	x1, x1, #1 */
	0x17fffffe, /*		b	2b */
	0xd503207f, /* 3:	wfi */
	0x17fffffb, /*		b	1b */
};

static int kvm = -1;

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
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = RAM,
		.memory_size = PAGE,
		.userspace_addr = (uintptr_t)code_page(),
	};

	if (kvm < 0)
		kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	return vm;
}

static void set_register(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	must(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

int make_vcpu(int vm, unsigned index, uint64_t work)
{
	struct kvm_vcpu_init init = {.target = 0};
	int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, (unsigned long)index), "KVM_CREATE_VCPU");

	must(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	must(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	set_register(vcpu, CORE(regs.pc), RAM);
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
