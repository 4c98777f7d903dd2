/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM for tests/kvm/exec*.t, which knows nothing of stolen time unless it is told to. It runs one vCPU after the other; each
 * asks for its structure (PV_TIME_ST), and what it is answered is printed: "vcpu N x0=ANSWER". Words say what it does on the
 * way, in this order:
 *
 *   vcpus=N       how many vCPUs, 1 by default
 *   daemon        the process that was started ends at once, and a child of it goes on
 *   scratch       first a VM with a vCPU that is never run, as QEMU makes one to ask what the CPU has
 *   dup           the VM's file is used by a copy, and the first one closed, its number taken by another file
 *   twin          a child has a VM of its own, whose files have the same numbers, and runs it first: "twin STATUS"
 *   helper        a child closes the VM's files, and has none
 *   fdt=FILE      the file at the end of the RAM, its address in x0 of vCPU 0
 *   own           stolen time at 0x50000000, by itself
 *   deny          the calls for it are taken from the guest
 *   slots         every memory slot there is, but one, is used
 *   child         whether there is a child of this process to wait for: "children N"
 *   tracer        whether it is watched: "traced" or "untraced"
 *   pause         print "ready PID" and wait for SIGUSR1: "got SIGUSR1"
 *   late          the last vCPU is made when the others have run
 *   parked        it is made with them, and initialised when they have run
 *   off           a thread runs the last vCPU, which is off, before vCPU 0 has its x0
 *   confine       a seccomp filter that kills for any system call that is not needed from here on
 *   extra         make one such call
 *   masked        vCPUs run with SIGUSR2 blocked and pending: "pending USR2" if it still is in the end
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
#include "kvm/uapi.h"
#include "tests/kvm/exec_vmm.h"

#define RAM	  0x40000000u /* IPA */
#define RAM_SIZE  0x400000u
#define FDT_AT	  0x200000u /* in RAM */
#define OWN	  0x50000000u
#define NOWHERE	  0x60000000u /* where vcpu.S stores what it was answered */
#define VCPUS_MAX 8

/* conformance/user/vcpu.S */
extern const char guest_code[], guest_code_end[], guest_call[];

struct vmm {
	int argc;
	char **argv;
	int kvm, vm;
	unsigned vcpus;
	int vcpu[VCPUS_MAX];
	struct kvm_run *run[VCPUS_MAX];
	uint8_t *ram;
};

/* What follows the word, "" if nothing does, or NULL: it was not given. */
static const char *word(const struct vmm *v, const char *name)
{
	size_t n = strlen(name);

	for (int i = 1; i < v->argc; i++)
		if (strncmp(v->argv[i], name, n) == 0 &&
		    (v->argv[i][n] == '\0' || v->argv[i][n] == '='))
			return v->argv[i] + n + (v->argv[i][n] == '=');
	return NULL;
}

static void *map(size_t size, int fd)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		err(3, "mmap");
	return at;
}

static void set_slot(const struct vmm *v, uint32_t slot, uint64_t ipa, uint64_t size, void *memory)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = ipa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	MUST(v->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static void set_register(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	MUST(vcpu, KVM_SET_ONE_REG, &reg);
}

#define CORE(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))

static int make_vcpu(const struct vmm *v, unsigned index)
{
	return MUST(v->vm, KVM_CREATE_VCPU, (void *)(uintptr_t)index);
}

static void init_vcpu(const struct vmm *v, unsigned i)
{
	struct kvm_vcpu_init init = {.target = 0};

	MUST(v->vm, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (word(v, "off") != NULL && i > 0)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	MUST(v->vcpu[i], KVM_ARM_VCPU_INIT, &init);
}

static void load_vcpu(struct vmm *v, unsigned i)
{
	v->run[i] = map((size_t)MUST(v->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL), v->vcpu[i]);
	set_register(v->vcpu[i], CORE(regs.pc), RAM + (uint64_t)(guest_call - guest_code));
}

static void scratch(struct vmm *v)
{
	v->vm = MUST(v->kvm, KVM_CREATE_VM, NULL);
	v->vcpu[0] = make_vcpu(v, 0);
	init_vcpu(v, 0);
	close(v->vcpu[0]);
	close(v->vm);
}

static void make_vm(struct vmm *v)
{
	v->vm = MUST(v->kvm, KVM_CREATE_VM, NULL);
	if (word(v, "dup") != NULL) {
		int first = v->vm;

		v->vm = must(fcntl(first, F_DUPFD_CLOEXEC, 100), "F_DUPFD_CLOEXEC");
		close(first);
		must(open("/dev/null", O_RDONLY) == first ? 0 : -1, "the number of the first file");
	}
	v->ram = map(RAM_SIZE, -1);
	memcpy(v->ram, guest_code, (size_t)(guest_code_end - guest_code));
	__builtin___clear_cache((char *)v->ram, (char *)v->ram + 0x1000);
	set_slot(v, 0, RAM, RAM_SIZE, v->ram);
	for (unsigned i = 0; i < v->vcpus; i++) {
		bool last = i == v->vcpus - 1;

		if (last && word(v, "late") != NULL)
			break;
		v->vcpu[i] = make_vcpu(v, i);
		if (last && word(v, "parked") != NULL)
			break;
		init_vcpu(v, i);
		load_vcpu(v, i);
	}
}

static void load_fdt(const struct vmm *v, const char *path)
{
	int fd = must(open(path, O_RDONLY), path);

	must((int)read(fd, v->ram + FDT_AT, RAM_SIZE - FDT_AT), path);
	close(fd);
	set_register(v->vcpu[0], CORE(regs.regs[0]), RAM + FDT_AT);
}

static void give_own(const struct vmm *v)
{
	set_slot(v, 1, OWN, 0x10000, map(0x10000, -1));
	for (unsigned i = 0; i < v->vcpus; i++) {
		uint64_t ipa = OWN + 64 * i;
		struct kvm_device_attr attr = {
			.group = KVM_ARM_VCPU_PVTIME_CTRL,
			.attr = KVM_ARM_VCPU_PVTIME_IPA,
			.addr = (uintptr_t)&ipa,
		};
		MUST(v->vcpu[i], KVM_SET_DEVICE_ATTR, &attr);
	}
}

/* All but the last but one: pages of one mapping, far above. */
static void use_slots(const struct vmm *v)
{
	uint32_t slots = (uint32_t)MUST(v->kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_NR_MEMSLOTS);
	uint8_t *page = map(0x10000, -1);

	set_slot(v, slots - 1, 0x100000000, 0x10000, page);
	set_slot(v, slots - 3, 0x100010000, 0x10000, page);
}

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
	if (word(v, "pause") != NULL)
		wait_for_signal();
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
	if (word(&v, "maps") != NULL)
		maps = count_maps();
	if (word(&v, "confine") != NULL)
		confine();
	if (word(&v, "extra") != NULL)
		getppid();
	if (word(&v, "masked") != NULL)
		run_masked(&v);
	else
		run_all(&v);
	if (word(&v, "maps") != NULL)
		say("maps %u %u\n", maps, count_maps());
	if (word(&v, "abort") != NULL)
		abort();
	_exit(status != NULL ? atoi(status) : 0);
}
