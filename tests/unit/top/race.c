/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The BPF program, compiled for the host: what the iterator charges while the vCPU that it looks at
 * wakes on another CPU, or exits. The scheduler's part is played at an atomic operation.
 */
#include <stddef.h>
#include <string.h>
#include "tests/tap.h"

/* In place of bpf/bpf_helpers.h and bpf/bpf_core_read.h. */
#define __BPF_HELPERS__
#define __BPF_CORE_READ_H__
#define SEC(name)
#define __uint(name, value)  int(*name)[value]
#define __type(name, value)  value *name
#define __array(name, value) value *name[]
#define __noinline	     __attribute__((noinline))
#undef __always_inline
#define __always_inline		       inline __attribute__((always_inline))
#define bpf_core_field_exists(field)   1
#define bpf_core_read(to, size, from)  memcpy(to, from, size)
#define BPF_CORE_READ_BITFIELD(s, f)   ((s)->f)
#define READ_1(s, a)		       ((s)->a)
#define READ_2(s, a, b)		       ((s)->a->b)
#define READ_3(s, a, b, c)	       ((s)->a->b->c)
#define READ_4(s, a, b, c, d)	       ((s)->a->b->c->d)
#define READ_OF(a, b, c, d, read, ...) read
#define BPF_CORE_READ(s, ...) \
	READ_OF(__VA_ARGS__, READ_4, READ_3, READ_2, READ_1, READ_1)(s, __VA_ARGS__)
#define bpf_ktime_get_ns()		   0
#define bpf_get_smp_processor_id()	   0
#define bpf_map_update_elem(...)	   0
#define bpf_for_each_map_elem(map, f, ...) ((void)(f))
#define bpf_map_lookup_elem(map, key)	   look_up(map, key)

static void *look_up(const void *map, const void *key);

/* What happens before the iterator's next atomic addition. */
static void (*event)(void);

static void happen(void)
{
	void (*now)(void) = event;

	event = NULL;
	if (now != NULL)
		now();
}

#define __sync_fetch_and_add(at, n) (happen(), __atomic_fetch_add(at, n, __ATOMIC_SEQ_CST))

/* The kernel's types, and what only a compiler for BPF knows or needs. */
#undef bool
#define asm __asm__
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunknown-attributes"
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-function"
#include "tools/top/bpf/top.bpf.c"

static struct top_ring ring[2];
static struct rq rq[2] = {{.cpu = 0}, {.cpu = 1}};
static struct task_group group;
static struct cfs_rq queue[2] = {{.rq = &rq[0], .tg = &group}, {.rq = &rq[1], .tg = &group}};
static struct cgroup cgroup = {.kn = &(struct kernfs_node){.id = 7}};
static struct css_set set = {.dfl_cgrp = &cgroup};
static struct task_struct idle = {.flags = PF_KTHREAD, .cgroups = &set};
static struct task_struct vcpu = {.pid = 50, .tgid = 50, .prio = 120, .cgroups = &set};

static void *look_up(const void *map, const void *key)
{
	return map == &rings ? &ring[*(const __u32 *)key] : NULL;
}

static void switch_on(int cpu, struct task_struct *prev, struct task_struct *next)
{
	const __u64 arg[] = {0, (__u64)prev, (__u64)next};

	prev->se.cfs_rq = next->se.cfs_rq = &queue[cpu];
	on_switch(arg);
}

static void iterate(void)
{
	struct bpf_iter__task ctx = {.task = &vcpu};

	on_task(&ctx);
}

/* It wakes on CPU 1 at 200, and the clock of CPU 0 is late already. */
static void wake(void)
{
	vcpu.se.cfs_rq = &queue[1];
	vcpu.sched_info.last_queued = rq[1].clock = 200;
	rq[0].clock = 250;
}

static void test_wake(void)
{
	__u32 place;
	__u64 sum = 0;

	vcpu.preempt_notifiers.first = (void *)&vcpu;
	idle.se.cfs_rq = &queue[1];
	vcpu.se.cfs_rq = &queue[0];
	rq[0].clock = rq[1].clock = 100;
	switch_on(0, &vcpu, &idle);
	switch_on(1, &idle, &idle);
	vcpu.se.cfs_rq = &queue[0];
	event = wake;
	iterate();
	rq[1].clock = 210;
	switch_on(1, &idle, &vcpu);
	place = find_vcpu(50);
	const struct top_counts *counts = vcpu_at(place)->counts;
	for (__u32 i = 0; i < used_count[0]; i++)
		sum += entries[0][used[0][i]].cell.ns;
	tap_is_u64(counts->stolen, 10, "a vCPU that wakes elsewhere waits there");
	tap_is_u64(sum + counts->overrun, 10, "its causes add up");
}

static void leave_vm(void)
{
	const __u64 arg[] = {(__u64)&vcpu};

	vcpu.flags |= PF_EXITING;
	on_exit(arg);
}

static void test_exit(void)
{
	vcpu.pid = 51;
	event = leave_vm;
	iterate();
	tap_ok(!is_marked_pid(51), "a thread that exits while it is seen first is not followed");
}

int main(void)
{
	test_wake();
	test_exit();
	return tap_done();
}
