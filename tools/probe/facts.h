/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_FACTS_H
#define TOOLS_PROBE_FACTS_H

/*
 * What `pvtime probe` finds out of a machine: as a host of VMs (host.c, vms.c), and as a guest
 * (guest.c). What of that is missing is told by missing.c.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_LINE 160u

enum probe_answer { PROBE_NO, PROBE_YES, PROBE_UNKNOWN };

/* What the kernel's log has of stolen time; it may be gone, or not be for everybody. */
struct probe_log {
	bool readable;
	enum probe_mode { PROBE_MODE_UNKNOWN, PROBE_NVHE, PROBE_VHE, PROBE_PROTECTED } mode;
	unsigned exception_level; /* at which its CPUs were started: 1 or 2; 0: unknown */
	bool using;		  /* "using stolen time PV" */
	char refused[PROBE_LINE]; /* why the guest's kernel could not use it, or "" */
};

/* /dev/kvm, opened and asked. */
struct probe_kvm {
	enum probe_kvm_state {
		PROBE_KVM_THERE,
		PROBE_KVM_NONE,
		PROBE_KVM_DENIED,
		PROBE_KVM_BROKEN
	} state;
	int error;	 /* errno, where it is not there */
	bool steal_time; /* KVM_CAP_STEAL_TIME */
};

/* How a thread was found to be a certain vCPU, the surest first. */
enum probe_by {
	PROBE_BY_IOCTL, /* it waits in KVM_RUN on that vCPU's file */
	PROBE_BY_NAME,	/* the thread has the vCPU's number in its name */
	PROBE_BY_ORDER, /* it is left over, and so is the vCPU; VMMs make them in order */
	PROBE_BY_TIME,	/* it has run a guest's code; which vCPU it is, is unknown */
};

struct probe_vcpu {
	unsigned tid;
	bool known;  /* `id` is */
	unsigned id; /* of the vCPU in its VM */
	enum probe_by by;
	uint64_t age_ns; /* since the thread was made, to the tick of 10 ms */
	bool accounted;	 /* the next two are */
	uint64_t ran_ns, waited_ns;
};

/* Waiting for a quota of one's own cgroup, not for others. */
struct probe_quota {
	uint64_t throttled_ns;	 /* 0: none, or nobody can tell */
	char cgroup[PROBE_LINE]; /* whose quota, below /sys/fs/cgroup */
	char max[48];		 /* its cpu.max now, or "" */
};

struct probe_vm {
	unsigned pid;
	char command[32];
	bool readable;	     /* its files may be looked at */
	unsigned vms, files; /* open files of VMs and of different vCPUs */
	/*
	 * It has mapped a region that libpvtime-kvm made, which has a name. Regions that a VMM has
	 * made itself, or that `pvtime exec` has put there, cannot be told from other memory: "no"
	 * does not say that the guest has no stolen time.
	 */
	enum probe_answer libpvtime_kvm;
	struct probe_quota quota; /* of any of its vCPUs, the one that has been longest */
	struct probe_vcpu *vcpu;
	size_t count;
};

struct probe_vms {
	struct probe_vm *vm;
	size_t count;
	/* processes whose files may not be looked at, and that are no VM as far as is known */
	unsigned unreadable;
};

struct probe_cpu {
	unsigned cpu;
	uint64_t steal_ticks;
};

struct probe_guest {
	bool is;		  /* a guest, as far as can be known */
	char because[PROBE_LINE]; /* why it is taken for one */
	bool xen;
	enum probe_answer discovered;
	enum probe_answer
		paravirt; /* the kernel has the code; looked for where nothing was discovered */
	struct probe_cpu *cpu;
	size_t count;
	uint64_t ticks; /* stolen from all CPUs together, of 1/tick_hz s each */
};

struct probe_facts {
	char machine[65], release[65]; /* of uname(2) */
	bool arm64;
	unsigned tick_hz; /* USER_HZ */
	struct probe_kvm kvm;
	enum probe_accounting {
		PROBE_ACCOUNTED,
		PROBE_ACCOUNT_OFF,
		PROBE_ACCOUNT_ABSENT
	} accounting;
	bool asked_protected; /* "kvm-arm.mode=protected" on the kernel's command line */
	struct probe_log log;
	struct probe_vms vms;
	struct probe_guest guest;
};

/* The kernel's log, from ROOT/dev/kmsg. */
void probe_log(struct probe_log *log, int root);

/* /dev/kvm of this machine, by its ioctls. */
void probe_kvm(struct probe_kvm *kvm);

/* What a host needs besides KVM: the scheduler's account, the mode. */
void probe_host(struct probe_facts *facts, int root);

/* What a guest has. After probe_log(), whose answer it uses. */
void probe_guest(struct probe_facts *facts, int root);

/* The VMs of the machine, or that of process `pid`, if it is not 0. false: out of memory. */
bool probe_vms(struct probe_facts *facts, int root, unsigned pid);

void probe_facts_free(struct probe_facts *facts);

#endif
