/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_FACTS_H
#define TOOLS_PROBE_FACTS_H

/*
 * What `pvtime probe` finds out about a machine: as a host of VMs (host.c, vms.c), and as a guest
 * (guest.c). missing.c derives what is missing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/probe/pids.h"
#include "tools/probe/vm_name.h"

#define PROBE_LINE 160u

enum probe_answer { PROBE_NO, PROBE_YES, PROBE_UNKNOWN };

/*
 * What the kernel's log says about stolen time. Old lines may be gone, and reading it may take
 * privileges.
 */
struct probe_log {
	bool readable;
	enum probe_mode { PROBE_MODE_UNKNOWN, PROBE_NVHE, PROBE_VHE, PROBE_PROTECTED } mode;
	unsigned exception_level; /* at which the CPUs were started: 1 or 2; 0: unknown */
	bool using;		  /* the log has "using stolen time PV" */
	char refused[PROBE_LINE]; /* why the guest's kernel could not use stolen time, or "" */
};

/* The state of /dev/kvm, and its answers. */
struct probe_kvm {
	enum probe_kvm_state {
		PROBE_KVM_THERE,
		PROBE_KVM_NONE,
		PROBE_KVM_DENIED,
		PROBE_KVM_BROKEN
	} state;
	int error;	 /* errno, if /dev/kvm is not usable */
	bool steal_time; /* KVM offers stolen time to its VMs */
};

/* How a thread was matched to a vCPU, in the order of certainty. */
enum probe_by {
	PROBE_BY_IOCTL, /* it waits in KVM_RUN on the vCPU's file */
	PROBE_BY_NAME,	/* its name contains the vCPU's number */
	PROBE_BY_ORDER, /* the unmatched threads and vCPUs correspond in order of creation */
	PROBE_BY_TIME,	/* it has run guest code; its vCPU is unknown */
};

struct probe_vcpu {
	unsigned tid;
	bool known;  /* `id` is valid */
	unsigned id; /* vCPU number within its VM */
	enum probe_by by;
	uint64_t age_ns; /* since the thread was created, in steps of 10 ms */
	bool accounted;	 /* ran_ns and waited_ns are valid */
	uint64_t ran_ns, waited_ns;
};

/* Waiting for the CPU quota of the thread's own cgroup, and not for other threads. */
struct probe_quota {
	uint64_t throttled_ns;	 /* 0: none, or unknown */
	char cgroup[PROBE_LINE]; /* the cgroup with the quota, below /sys/fs/cgroup */
	char max[48];		 /* the cgroup's cpu.max now, or "" */
};

struct probe_vm {
	unsigned pid;
	char command[32];
	char name[PROBE_NAME]; /* "": it has none */
	bool readable;	       /* its open files can be inspected */
	unsigned vms, files;   /* open files of VMs, and of different vCPUs */
	/*
	 * Whether it has mapped a region that libpvtime-kvm made, which is known by its name. A
	 * region that the VMM itself made, or `pvtime exec`, looks like any other memory, so
	 * PROBE_NO does not mean that the guest has no stolen time.
	 */
	enum probe_answer libpvtime_kvm;
	struct probe_quota quota; /* the longest quota wait of any of its vCPUs */
	struct probe_vcpu *vcpu;
	size_t count;
};

struct probe_vms {
	struct probe_vm *vm;
	size_t count;
	/* processes whose files cannot be inspected, and that are not known to be VMs */
	unsigned unreadable;
};

struct probe_cpu {
	unsigned cpu;
	uint64_t steal_ticks;
};

struct probe_guest {
	bool is;		  /* known to be a guest */
	char because[PROBE_LINE]; /* why it counts as a guest */
	bool xen;
	enum probe_answer discovered; /* on arm64 only; else unknown */
	enum probe_answer
		paravirt; /* the kernel has the code; checked only if nothing was discovered */
	struct probe_cpu *cpu;
	size_t count;
	uint64_t ticks; /* stolen from all CPUs together, in units of 1/tick_hz s */
};

struct probe_facts {
	char machine[65], release[65]; /* from uname(2) */
	bool arm64, x86_64;	       /* on any other machine, what KVM offers is unknown */
	unsigned tick_hz;	       /* USER_HZ */
	struct probe_kvm kvm;
	enum probe_accounting {
		PROBE_ACCOUNTED,
		PROBE_ACCOUNT_OFF,
		PROBE_ACCOUNT_ABSENT
	} accounting;
	bool in_namespace;    /* VMs outside this PID namespace are not visible */
	bool asked_protected; /* the kernel's command line has "kvm-arm.mode=protected" */
	struct probe_log log;
	struct probe_vms vms;
	struct probe_guest guest;
};

/* Read the kernel's log from ROOT/dev/kmsg. */
void probe_log(struct probe_log *log, int root);

/* Ask /dev/kvm of this machine, by ioctls. */
void probe_kvm(struct probe_kvm *kvm);

/* Whether /proc shows only the processes of a PID namespace, such as a container's. */
bool probe_in_namespace(int root);

/* What a host needs besides KVM: whether the scheduler accounts for waits, and KVM's mode. */
void probe_host(struct probe_facts *facts, int root);

/* What the machine shows as a guest. Call probe_log() first, whose result this uses. */
void probe_guest(struct probe_facts *facts, int root);

/*
 * Find the VMs of the machine, or only those of some processes. It stops at the first such process
 * without a VM: then facts->vms.count is its place in `only`. false: out of memory.
 */
bool probe_vms(struct probe_facts *facts, int root, const struct probe_pids *only);

void probe_facts_free(struct probe_facts *facts);

#endif
