/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_COUNTS_H
#define TOOLS_TOP_BPF_COUNTS_H

/*
 * What the BPF program counts, and user space reads. Times are in ns, on the clock of a CPU's run
 * queue. The types __u32 and __u64 are those of bpf/kernel.h or of linux/types.h, which the
 * includer has included.
 */

#define TOP_NAME       16u	/* TASK_COMM_LEN of the kernel, with the NUL */
#define TOP_TURNS      512u	/* that a CPU's ring keeps; a power of two */
#define TOP_PIDS       4194304u /* linux/threads.h: PID_MAX_LIMIT */
#define TOP_CPUS_MAX   4096u
#define TOP_THROTTLES  16u	   /* that are kept of a cgroup on a CPU; a power of two */
#define TOP_THROTTLED  16384u	   /* pairs of a vCPU's cgroup and a CPU */
#define TOP_QUOTA_TGID 0xffffffffu /* in a pair: not a thief, but the quota of the cell's cgroup */

#ifndef TOP_CELLS	 /* a test has fewer */
#define TOP_CELLS 65536u /* pairs of victim and thief */
#define TOP_VCPUS 16384u /* threads */
#endif

/* Who runs in a turn. A kernel thread has tgid 0, the idle task has pid 0 as well. */
struct top_turn {
	__u64 end; /* not valid in the last turn, which has not ended */
	__u64 cgroup;
	__u32 pid, tgid;
	char name[TOP_NAME];
};

/* The last turns of one CPU. turn[last % TOP_TURNS] has not ended. */
struct top_ring {
	__u64 last;
	__u32 started; /* a switch has been seen, so turn[last] says who runs */
	__u32 unused;
	struct top_turn turn[TOP_TURNS];
};

/* A cgroup was throttled on a CPU by the quota of `cgroup`. That is 0: it is not known whether. */
struct top_throttle {
	__u64 begin, end;
	__u64 cgroup;
};

/* The last of them, of the `count` that there were. */
struct top_throttles {
	__u64 count;
	struct top_throttle throttle[TOP_THROTTLES];
};

/* A cgroup on a CPU: the scheduler's address of the cgroup. */
struct top_place {
	__u64 group;
	__u32 cpu;
	__u32 unused;
};

struct top_pair {
	__u32 victim; /* PID of the vCPU's thread */
	__u32 pid, tgid;
	__u32 epoch; /* 0 or 1 */
};

struct top_cell {
	__u64 ns;
	__u64 cgroup;
	char name[TOP_NAME];
};

enum top_cause { TOP_VM, TOP_SELF, TOP_PROCESS, TOP_KERNEL, TOP_QUOTA, TOP_IDLE, TOP_CAUSES };

#define TOP_OTHERS_ROOM 8u /* at least TOP_CAUSES, and a power of two */

/* Counts of one vCPU in one epoch, by its PID. */
struct top_victim {
	__u32 pid;
	__u32 epoch;
};

struct top_counts {
	__u64 run, stolen;	       /* stolen: by run_delay */
	__u64 overrun;		       /* of waits: what the ring no longer has */
	__u64 unfollowed;	       /* of run_delay: what no tracepoint showed */
	__u64 others[TOP_OTHERS_ROOM]; /* of waits: thieves that found no room in the cells */
	__u64 unknown; /* of waits: when it is not known whether a quota held the vCPU */
};

/* A vCPU's thread. */
struct top_vcpu {
	/* Twice the time of the last close; plus 1 if the iterator wrote it. See DESIGN.md. */
	__u64 closed;
	__u64 delay; /* run_delay at the last close by a tracepoint */
	__u64 group; /* the address of its cgroup in the scheduler, whose throttles are noted */
	__u32 tgid, cpu;
	__u32 exited;
	__u32 serial; /* a thread that gets the PID of an earlier one has another */
};

#endif
