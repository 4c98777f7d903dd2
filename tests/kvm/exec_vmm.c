/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM for tests/kvm/exec*.t, which knows nothing of stolen time unless it is told to. It runs one
 * vCPU after the other; each asks for its structure (PV_TIME_ST), and what it is answered is
 * printed: "vcpu N x0=ANSWER". Words say what it does on the way, in this order:
 *
 *   vcpus=N       how many vCPUs, 1 by default
 *   daemon        the process that was started ends at once, and a child of it goes on
 *   scratch       first a VM with a vCPU that is never run, as QEMU makes one to ask what the CPU
 *                 has
 *   dup           the VM's file is used by a copy, and the first one closed, its number taken by
 *                 another file
 *   twin          a child has a VM of its own, whose files have the same numbers, and runs it
 *                 first: "twin STATUS"
 *   helper        a child closes the VM's files, and has none
 *   fdt=FILE      the file at the end of the RAM, its address in x0 of vCPU 0
 *   own           stolen time at 0x50000000, by itself
 *   deny          the calls for it are taken from the guest
 *   slots         every memory slot there is, but one, is used
 *   child         whether there is a child of this process to wait for: "children N"
 *   tracer        whether it is watched: "traced" or "untraced"
 *   rights        with what rights it runs: "euid N, CAP_NET_ADMIN 0" or 1
 *   pause         print "ready PID" and wait for SIGUSR1: "got SIGUSR1"
 *   ran           the guest is one that was restored: its MMU is on, and it asks for nothing
 *   burn          wait for a CPU, in the end, for 200 ms: there is a competitor
 *   late          the last vCPU is made when the others have run
 *   parked        it is made with them, and initialised when they have run
 *   off           a thread runs the last vCPU, which is off, before vCPU 0 has its x0
 *   confine       a seccomp filter that kills for any system call that is not needed from here on
 *   extra         make one such call
 *   attack=US     the first KVM_RUN's instruction is changed so long after it, to a call that makes
 *                 the directory /tmp/escaped
 *   calls=N       when they have all run, make so many system calls that do nothing: "calls N ticks
 *                 T" of the counter
 *   reboot        when they have all run, the VM is given up, and another one made, as Cloud
 *                 Hypervisor does it; twice
 *   masked        vCPUs run with SIGUSR2 blocked and pending: "pending USR2" if it still is in the
 *                 end
 *   stolen        what is in the structures, in ns: "stolen N" for each vCPU
 *   maps          how many mappings there were before, and how many after: "maps BEFORE AFTER"
 *   loop          vCPUs run till the end of time, when all have been asked once
 *   exit=N        the status, 0 by default
 *   abort         end by SIGABRT
 *
 * and how a command is to be started (exec_vmm.h), with the command behind it.
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

static void run_all(struct vmm *v);

/* A child that closes the VM's files, and may have a VM of its own then. */
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

/* Till it sleeps in KVM_RUN, or somebody has stopped it there. */
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
	} while (strncmp(stat, "29 ", 3) != 0); /* ioctl; "running" before it */
}

/* Till it stores somewhere. */
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

/* It runs when the others have. */
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
