/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_KERNEL_H
#define TOOLS_TOP_BPF_KERNEL_H

/*
 * What the BPF program needs of the kernel: its types, and the fields that it reads. The structures
 * are not complete, and their fields not in place: libbpf finds each field by its name in the BTF
 * of the running kernel (CO-RE). So no header of a kernel is needed, and one program fits all.
 */

typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
typedef signed long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

/* linux/bpf.h, the interface to user space: these numbers never change. */
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_ARRAY_OF_MAPS = 12 };
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_MMAPABLE = 1 << 10 };

/* linux/sched.h */
#define PF_EXITING 0x00000004u
#define PF_KTHREAD 0x00200000u

/* linux/sched/prio.h: below them are tasks of the deadline class, and of the real-time class. */
#define MAX_DL_PRIO 0
#define MAX_RT_PRIO 100

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct;

struct rt_rq {
	int rt_throttled; /* until Linux 6.11, or where cgroups have limits for real-time tasks */
};

struct rq {
	__u64 clock;
	int cpu;
	struct task_struct *idle;
	struct rt_rq rt;
};

struct task_group;

struct cfs_rq {
	struct rq *rq;
	struct task_group *tg;
	int throttle_count;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
};

struct sched_dl_entity {
	__u64 dl_deadline, dl_period;
	__u64 deadline;
	unsigned int dl_throttled : 1;
};

struct sched_info {
	unsigned long long run_delay;
	unsigned long long last_arrival;
	unsigned long long last_queued;
};

struct hlist_node;

struct hlist_head {
	struct hlist_node *first;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct task_group {
	struct cgroup_subsys_state css;
	struct sched_entity **se;
	struct cfs_rq **cfs_rq;
	struct task_group *parent;
};

struct task_struct {
	/* A byte from 7.2 on, and an int before: libbpf adapts a load only if it is unsigned. */
	unsigned int on_cpu;
	unsigned int __state;
	unsigned int flags;
	int pid;
	int tgid;
	int prio;
	char comm[16];
	struct sched_entity se;
	struct sched_dl_entity dl;
	struct sched_info sched_info;
	struct hlist_head preempt_notifiers;
	struct css_set *cgroups;
};

/* The registers at a kprobe, of arm64 and of x86-64. */
struct pt_regs {
	unsigned long long regs[31];
};

struct pt_regs___x86 {
	unsigned long di, si;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#endif
