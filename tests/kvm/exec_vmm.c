/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM for tests/kvm/exec*.t. It gives no stolen time itself, except with the word own. It runs
 * one vCPU after the other. Each vCPU calls PV_TIME_ST, and the VMM prints the result: "vcpu N
 * x0=ANSWER". Words add the following, in this order:
 *
 *   vcpus=N       the number of vCPUs, by default 1
 *   daemon        the started process ends at once, and a child of it continues
 *   scratch       first make a VM with a vCPU and never run it, as QEMU does to query the CPU's
 *                 features
 *   dup           duplicate the VM's file and close the first one; another file takes its number
 *   twin          a child makes its own VM, whose files have the same numbers, and runs it first:
 *                 "twin STATUS"
 *   helper        a child closes the VM's files, and makes no VM
 *   fdt=FILE      load the file into RAM, with its address in x0 of vCPU 0
 *   own           give stolen time at 0x50000000 itself
 *   deny          remove the calls for stolen time from the guest
 *   slots         use the last memory slot and the last but two: the last but one is free
 *   child         print how many children of this process there are to wait for: "children N"
 *   tracer        print whether this process is traced: "traced" or "untraced"
 *   rights        print its rights: "euid N, CAP_NET_ADMIN 0" or 1
 *   pause         print "ready PID" and wait for SIGUSR1: "got SIGUSR1"
 *   ran           the guest is a restored one: its MMU is on, and it makes no calls
 *   burn          compute until this thread has waited 200 ms for a CPU; needs a competitor
 *   late          make the last vCPU when the others have run
 *   parked        make the last vCPU with the others, and initialise it when they have run
 *   off           a thread runs the last vCPU, which is off, before x0 of vCPU 0 is set
 *   confine       install a seccomp filter that kills for any system call not needed afterwards
 *   extra         make one such call
 *   attack=US     the first KVM_RUN's instruction is overwritten US microseconds after it, with a
 *                 call that makes the directory /tmp/escaped
 *   calls=N       when all vCPUs have run, make N system calls that do nothing: "calls N ticks T",
 *                 in ticks of the counter
 *   reboot        when all vCPUs have run, destroy the VM and make another, as Cloud Hypervisor
 *                 does; twice
 *   masked        run the vCPUs with SIGUSR2 blocked and pending: "pending USR2" if it is still
 *                 pending at the end
 *   stolen        print the stolen time in each vCPU's structure, in ns: "stolen N"
 *   maps          print the number of mappings before and after the run: "maps BEFORE AFTER"
 *   loop          run the vCPUs for ever, after each has printed its answer
 *   exit=N        the exit status, by default 0
 *   abort         end by SIGABRT
 *
 * If the first word is one of those in exec_vmm.h, the VMM starts the command after it in that way
 * instead.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/exec_vmm.h"
#include "tests/kvm/register.h"

static void run_all(struct vmm *v);

/* Fork a child that closes the VM's files and, with `twin`, makes and runs its own VM. */
static void have_child(struct vmm *v, bool twin)
{
	int status;
	pid_t child = must(fork(), "fork");

	if (child == 0) {
		for (unsigned i = 0; i < v->vcpus; i++)
			close(v->vcpu[i]);
		close(v->vm);
		if (twin) {
			make_vm(v);
			run_all(v);
		}
		_exit(0);
	}
	must(waitpid(child, &status, 0), "waitpid");
	if (twin)
		say("twin %d\n", status);
}

struct asleep {
	struct vmm *vmm;
	pid_t tid;
};

static void *run_off(void *at)
{
	struct asleep *asleep = at;

	__atomic_store_n(&asleep->tid, gettid(), __ATOMIC_RELEASE);
	ioctl(asleep->vmm->vcpu[asleep->vmm->vcpus - 1], KVM_RUN, NULL);
	return NULL;
}

/* Start the thread of the last vCPU, and wait until it sleeps in KVM_RUN or is stopped there. */
static void start_off(struct vmm *v)
{
	static struct asleep asleep;
	char path[64], stat[64] = "";
	pthread_t thread;

	asleep.vmm = v;
	must(-pthread_create(&thread, NULL, run_off, &asleep), "a thread");
	while (__atomic_load_n(&asleep.tid, __ATOMIC_ACQUIRE) == 0)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", asleep.tid);
	do {
		int fd = must(open(path, O_RDONLY), path);
		ssize_t n = read(fd, stat, sizeof(stat) - 1);
		stat[n > 0 ? n : 0] = '\0';
		close(fd);
	} while (strncmp(stat, "29 ", 3) !=
		 0); /* 29 is ioctl; before that, the file has "running" */
}

/* Run the vCPU until it stores to NOWHERE, and return the stored value. */
static uint64_t run_vcpu(const struct vmm *v, unsigned index)
{
	const struct kvm_run *run = v->run[index];
	uint64_t stored;

	while (ioctl(v->vcpu[index], KVM_RUN, NULL) < 0)
		if (errno != EINTR)
			err(3, "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write ||
	    run->mmio.phys_addr != NOWHERE)
		errx(3, "KVM_RUN ended with reason %u", run->exit_reason);
	memcpy(&stored, run->mmio.data, sizeof(stored));
	return stored;
}

/* With late or parked, finish making vCPU i, which runs after all others. */
static void plug_in(struct vmm *v, unsigned i)
{
	if (word(v, "late") != NULL)
		v->vcpu[i] = make_vcpu(v, i);
	if (word(v, "late") == NULL && word(v, "parked") == NULL)
		return;
	init_vcpu(v, i);
	load_vcpu(v, i);
}

static void run_all(struct vmm *v)
{
	unsigned on = word(v, "off") != NULL ? v->vcpus - 1 : v->vcpus;

	for (unsigned i = 0; i < on; i++) {
		if (i == on - 1)
			plug_in(v, i);
		say("vcpu %u x0=%#llx\n", i, (unsigned long long)run_vcpu(v, i));
	}
	if (word(v, "loop") != NULL)
		for (unsigned i = 0;; i = (i + 1) % on)
			run_vcpu(v, i);
}

static void run_masked(struct vmm *v)
{
	sigset_t usr2;

	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	raise(SIGUSR2);
	run_all(v);
	sigpending(&usr2);
	if (sigismember(&usr2, SIGUSR2))
		say("pending USR2\n");
}

static void reboot(struct vmm *v)
{
	for (int i = 0; i < 2; i++) {
		give_up(v);
		make_vm(v);
		run_all(v);
	}
}

static void prepare(struct vmm *v)
{
	const char *fdt = word(v, "fdt");

	if (word(v, "daemon") != NULL)
		be_daemon();
	v->kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	if (word(v, "scratch") != NULL)
		scratch(v);
	make_vm(v);
	if (word(v, "twin") != NULL || word(v, "helper") != NULL)
		have_child(v, word(v, "twin") != NULL);
	if (fdt != NULL && word(v, "off") == NULL)
		load_fdt(v, fdt);
	if (word(v, "own") != NULL)
		give_own(v);
	if (word(v, "deny") != NULL)
		set_register(v->vcpu[0], KVM_REG_ARM_STD_HYP_BMAP, 0);
	if (word(v, "slots") != NULL)
		use_slots(v);
	if (word(v, "child") != NULL)
		count_children();
	if (word(v, "tracer") != NULL)
		tell_tracer();
	if (word(v, "rights") != NULL)
		tell_rights();
	if (word(v, "pause") != NULL)
		wait_for_signal();
	if (word(v, "burn") != NULL)
		wait_for_cpu();
	if (word(v, "off") != NULL)
		start_off(v);
	if (fdt != NULL && word(v, "off") != NULL)
		load_fdt(v, fdt);
}

int main(int argc, char **argv)
{
	struct vmm v = {.argc = argc, .argv = argv};
	unsigned maps = 0;

	if (argc > 2)
		start_otherwise(argv[1], argv + 2);
	const char *vcpus = word(&v, "vcpus"), *status = word(&v, "exit");
	v.vcpus = vcpus != NULL ? (unsigned)atoi(vcpus) : 1;
	if (v.vcpus < 1 || v.vcpus > VCPUS_MAX)
		errx(3, "vcpus=%u; expected 1 to %d", v.vcpus, VCPUS_MAX);
	prepare(&v);
	if (word(&v, "attack") != NULL)
		prepare_attack((unsigned)atoi(word(&v, "attack")));
	if (word(&v, "maps") != NULL)
		maps = count_maps();
	if (word(&v, "confine") != NULL)
		confine();
	if (word(&v, "extra") != NULL)
		getppid();
	if (word(&v, "attack") != NULL)
		attack(__NR_ioctl, v.vcpu[0], KVM_RUN, 0);
	if (word(&v, "masked") != NULL)
		run_masked(&v);
	else
		run_all(&v);
	if (word(&v, "stolen") != NULL)
		tell_stolen(v.vcpus);
	if (word(&v, "calls") != NULL)
		time_calls((unsigned)atoi(word(&v, "calls")));
	if (word(&v, "reboot") != NULL)
		reboot(&v);
	if (word(&v, "maps") != NULL)
		say("maps %u %u\n", maps, count_maps());
	if (word(&v, "abort") != NULL)
		abort();
	_exit(status != NULL ? atoi(status) : 0);
}
