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

/* In place of a cgroup's ID, and no cgroup has it: a limit of the vCPU's class holds the vCPU. */
#define TOP_REALTIME (~0ull)
#define TOP_DEADLINE (~0ull - 1)

#ifndef TOP_CELLS	  /* a test has fewer; all but TOP_VCPUS are powers of two */
#define TOP_CELLS  65536u /* pairs of victim and thief, in one epoch */
#define TOP_VCPUS  16384u /* threads */
#define TOP_PLACES 32768u /* for them, in a hash table */
#endif

/* Who runs in a turn. */
struct top_turn {
	__u64 begin; /* the end of the turn before it; of turn 0, always 0 */
	__u64 task;  /* the kernel's address of the thread, which may have exited since */
	__u32 pid;
	__u32 unused[3]; /* as in struct top_vcpu */
};

/*
 * The last turns of one CPU, of the `count` that there were. The last one has not ended. count is
 * 0: no switch has been seen, and it is not known who runs.
 */
struct top_ring {
	__u64 count;
	union {
		struct {
			__u32 place;   /* of the vCPU that runs, | TOP_FOUND; or see below */
			__u32 classes; /* 1: a vCPU of the real-time or deadline class exists */
		};
		__u64 state; /* both */
	};
	__u64 interrupted; /* since then, on the clock of BPF, if depth is not 0 */
	__u32 depth;	   /* of interrupts in interrupts, in the turn of a vCPU */
	__u32 held;	   /* the real-time class was throttled at the last switch */
	struct top_turn turn[TOP_TURNS];
};

#define TOP_FOUND  0x8000u /* at least TOP_PLACES */
#define TOP_NOBODY 1u	   /* the thread that runs is no vCPU's */
#define TOP_LOOK   0u /* it is not known: no switch has been seen, or it was marked while it ran */

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

/* A kernel thread has tgid 0, the idle task has pid 0 as well. */
struct top_pair {
	__u32 victim; /* PID of the vCPU's thread */
	__u32 pid, tgid;
	__u32 cpu; /* in whose queue the victim waited */
};

struct top_cell {
	__u64 ns;
	__u64 cgroup;
	char name[TOP_NAME];
};

/* What is in the hash table of an epoch's cells. The key has the pair. 0: the place is free. */
struct top_entry {
	__u64 key;
	__u32 tgid;
	__u32 renames; /* how often the thread had been renamed when the name was read */
	struct top_cell cell;
};

/* A key has the thief's PID, then the CPU in whose queue a vCPU waited, and the vCPU's place. */
#define TOP_KEY_WAIT(place, cpu) ((__u32)(cpu) << 16 | (__u32)(place) << 1 | 1u)
#define TOP_KEY(pid, wait)	 ((__u64)(pid) << 32 | (wait))
#define TOP_KEY_PID(key)	 ((__u32)((key) >> 32))
#define TOP_KEY_CPU(key)	 ((__u32)(key) >> 16)
#define TOP_KEY_PLACE(key)	 ((__u32)(key) >> 1 & (TOP_PLACES - 1))
#define TOP_QUOTA_PID		 0x80000000u /* a quota's, with the low bits of the cgroup's ID */

/*
 * An element of a hash table is at its home, or at one of the next places. The factors are 2^32 and
 * 2^64 / golden ratio.
 */
#define TOP_PROBES	   16u
#define TOP_VCPU_HOME(pid) ((__u32)(pid)*0x9e3779b1u >> 17)
#define TOP_CELL_HOME(key) ((__u32)((__u64)(key)*0x9e3779b97f4a7c15ull >> 48))

#define TOP_CAUSE_MASK 7u /* a power of two, minus 1, that is not less than any cause */
enum top_cause { TOP_VM, TOP_SELF, TOP_PROCESS, TOP_KERNEL, TOP_QUOTA, TOP_IDLE, TOP_CAUSES };

/* Of one vCPU, in one epoch. */
struct top_counts {
	__u64 run;
	__u64 interrupts;	  /* in it */
	__u64 stolen;		  /* by run_delay */
	__u64 overrun;		  /* of waits: what the ring no longer has */
	__u64 unfollowed;	  /* of run_delay: what no tracepoint showed */
	__u64 unknown;		  /* of waits: when it is not known whether a quota held the vCPU */
	__u64 others[TOP_CAUSES]; /* of waits: thieves that found no room in the cells */
};

/* A vCPU's thread. */
struct top_vcpu {
	/* Twice the time of the last close; plus 1 if the iterator wrote it. See DESIGN.md. */
	__u64 closed;
	__u64 left;  /* when it left its CPU; after the last close: its run is not charged yet */
	__u64 delay; /* run_delay at the last close by a tracepoint */
	__u64 group; /* the address of its cgroup in the scheduler, whose throttles are noted */
	__u32 pid;   /* 0: the place is free; or TOP_TAKEN; TOP_EXITED: the thread has exited */
	__u32 tgid, cpu;
	__u32 serial;		     /* a thread that gets the PID of an earlier one has another */
	__u64 held_until;	     /* its runtime of the deadline class is used up until then */
	__u64 unused;		     /* a multiplication would take longer than a shift */
	struct top_counts counts[2]; /* by epoch */
};

#define TOP_TAKEN  0xffffffffu /* the rest is not written yet */
#define TOP_EXITED 0x80000000u /* in a PID */

/* A thread that has exited, so that it has a name in a wait that ends later. */
struct top_gone {
	__u64 task; /* as in struct top_turn */
	__u64 cgroup;
	char name[TOP_NAME];
	__u32 pid, tgid; /* tgid is 0: a thread of the kernel */
};

#define TOP_GONE    4096u /* a power of two */
#define TOP_RENAMES 1024u /* a power of two */

#endif
