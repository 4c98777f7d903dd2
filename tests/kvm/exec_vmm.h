/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_EXEC_VMM_H
#define TESTS_KVM_EXEC_VMM_H

/*
 * The interfaces between the files of the VMM of tests/kvm/exec*.t. exec_process.c and
 * exec_attack.c do not deal with VMs.
 */
#include <err.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include "tests/kvm/must.h"

#define MUST(fd, request, argument) must(ioctl(fd, request, argument), #request)

#define VCPUS_MAX 8
#define NOWHERE	  0x60000000u /* IPA without memory, to which vcpu.S stores each answer */

struct vmm {
	int argc;
	char **argv;
	int kvm, vm;
	unsigned vcpus;
	int vcpu[VCPUS_MAX];
	struct kvm_run *run[VCPUS_MAX];
	uint8_t *ram;
};

/* The value after `name`=, "" if the word has no value, or NULL if it was not given. */
const char *word(const struct vmm *v, const char *name);

/* exec_guest.c: make the VM and its vCPUs as the words say that exec_vmm.c lists. */
void make_vm(struct vmm *v);
void give_up(struct vmm *v);
int make_vcpu(const struct vmm *v, unsigned index);
void init_vcpu(const struct vmm *v, unsigned i);
void load_vcpu(struct vmm *v, unsigned i);
void scratch(struct vmm *v);
void load_fdt(const struct vmm *v, const char *path);
void give_own(const struct vmm *v);
void use_slots(const struct vmm *v);

/*
 * Execute the command in one of these ways; return if `how` is another word.
 *
 *   drop       without CAP_SYS_ADMIN
 *   nobody     as a user without any capability
 *   ignore     with SIGCHLD ignored
 *   unoffered  as on a host whose KVM offers no stolen time, according to KVM_CHECK_EXTENSION
 *   capable    execute nothing, but give the file that the command names the file capability
 *              CAP_NET_ADMIN
 *   thread     from the second thread of this process, which has a VM that is never run
 */
void start_otherwise(const char *how, char **command);

/*
 * Allow only write, exit_group, rt_sigreturn, rt_sigpending and KVM_RUN; all else kills (seccomp).
 */
void confine(void);

/* Print to standard output with write() alone, which that filter allows. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* End this process; its child returns once the parent is gone. */
void be_daemon(void);

/* Print "traced" or "untraced". */
void tell_tracer(void);

/* Print "euid N, CAP_NET_ADMIN 1", or 0 if that capability is not effective. */
void tell_rights(void);

/* Print "children N", the number of children of this process that can be waited for. */
void count_children(void);

/* Print "ready PID", wait for SIGUSR1, and print "got SIGUSR1". */
void wait_for_signal(void);

/* Compute until this thread has waited for a CPU for 200 ms. */
void wait_for_cpu(void);

/* Print "stolen N" for each of `vcpus` structures; the function finds their mapping. */
void tell_stolen(unsigned vcpus);

/*
 * Start the attacking thread. attack() makes a system call; `us` after it has begun, the attacking
 * thread overwrites its instruction with a jump to another call.
 */
void prepare_attack(unsigned us);
long attack(long number, long a, unsigned long b, long c);

/* Print "calls N ticks T", the time of N system calls that do nothing. */
void time_calls(unsigned calls);

/* The number of mappings of this process. */
unsigned count_maps(void);

#endif
