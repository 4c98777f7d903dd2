/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_EXEC_VMM_H
#define TESTS_KVM_EXEC_VMM_H

/*
 * The VMM of tests/kvm/exec*.t: what its parts have of each other. exec_start.c, exec_process.c and
 * exec_attack.c have nothing to do with VMs.
 */
#include <err.h>
#include <stdint.h>
#include <sys/ioctl.h>

static inline int must(int result, const char *what)
{
	if (result < 0)
		err(3, "%s", what);
	return result;
}

#define MUST(fd, request, argument) must(ioctl(fd, request, argument), #request)

#define VCPUS_MAX 8
#define NOWHERE	  0x60000000u /* IPA: where vcpu.S stores what it was answered */

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
const char *word(const struct vmm *v, const char *name);

/* exec_guest.c: the VM and its vCPUs, as the words are that exec_vmm.c lists, and no more of it. */
void make_vm(struct vmm *v);
void give_up(struct vmm *v);
int make_vcpu(const struct vmm *v, unsigned index);
void init_vcpu(const struct vmm *v, unsigned i);
void load_vcpu(struct vmm *v, unsigned i);
void set_register(int vcpu, uint64_t id, uint64_t value);
void scratch(struct vmm *v);
void load_fdt(const struct vmm *v, const char *path);
void give_own(const struct vmm *v);
void use_slots(const struct vmm *v);

/*
 * Execute the command in one of these ways; if `how` is none of them, return.
 *
 *   drop       without CAP_SYS_ADMIN
 *   nobody     as a user without any capability
 *   ignore     with SIGCHLD ignored
 *   unoffered  on a host whose KVM offers no stolen time: KVM_CHECK_EXTENSION says so
 *   capable    nothing is executed: the file that the command names gets the file capability
 *              CAP_NET_ADMIN
 *   thread     by the second thread of this process, which has a VM that is never run
 */
void start_otherwise(const char *how, char **command);

/* A seccomp filter that kills, but for write, the ways to end, and ioctl for KVM_RUN alone. */
void confine(void);

/* To standard output, by write() alone, which that filter lets pass. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* This process ends, and a child of it goes on, when its parent is gone. */
void be_daemon(void);

/* "traced" or "untraced". */
void tell_tracer(void);

/* "euid N, CAP_NET_ADMIN 0" or 1, whether that is in effect. */
void tell_rights(void);

/* "children N": those of this process that can be waited for. */
void count_children(void);

/* "ready PID"; when SIGUSR1 has come, "got SIGUSR1". */
void wait_for_signal(void);

/* Compute until this thread has waited for a CPU for 200 ms. */
void wait_for_cpu(void);

/* "stolen N": the numbers of so many structures, wherever this process has them. */
void tell_stolen(unsigned vcpus);

/*
 * The thread that calls this makes a system call by attack(), of which another thread makes another
 * one `us` later.
 */
void prepare_attack(unsigned us);
long attack(long number, long a, unsigned long b, long c);

/* "calls N ticks T": how long so many system calls take that do nothing. */
void time_calls(unsigned calls);

/* The mappings of this process. */
unsigned count_maps(void);

#endif
