/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VMs of this host: processes that have vCPUs open, or, if their files cannot be inspected,
 * that run guest code. No thread is traced, so nothing is stopped or slowed down.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/probe/facts.h"
#include "tools/probe/files.h"
#include "tools/probe/quota.h"
#include "tools/probe/thread.h"

#define NS_PER_S 1000000000u

/* An open descriptor, and the number of its vCPU. */
struct open_vcpu {
	unsigned fd, id;
};

/* The process being inspected. */
struct look {
	struct probe_vms *vms;
	struct probe_vm vm;
	int root;
	unsigned hz;
	uint64_t uptime_ticks;
	struct open_vcpu *open;
	size_t open_count;
	bool failed; /* out of memory */
};

/* The list, with room for one more element; NULL: out of memory, which look->failed records. */
static void *grown(struct look *look, void *list, size_t count, size_t size)
{
	void *more = realloc(list, (count + 1) * size);

	look->failed |= more == NULL;
	return more;
}

static bool take_file(void *ctx, unsigned fd)
{
	struct look *look = ctx;
	char path[PROBE_PATH], target[64];
	unsigned id;

	snprintf(path, sizeof(path), "proc/%u/fd/%u", look->vm.pid, fd);
	ssize_t n = readlinkat(look->root, path, target, sizeof(target) - 1);
	if (n < 0)
		return true;
	target[n] = '\0';
	if (strcmp(target, "anon_inode:kvm-vm") == 0)
		look->vm.vms++;
	if (sscanf(target, "anon_inode:kvm-vcpu:%u", &id) != 1)
		return true;
	struct open_vcpu *open = grown(look, look->open, look->open_count, sizeof(*open));
	if (open == NULL)
		return false;
	look->open = open;
	open[look->open_count++] = (struct open_vcpu){.fd = fd, .id = id};
	return true;
}

/* Whether the thread is a vCPU; sets its number if that is known. */
static bool which_vcpu(const struct look *look, const struct probe_thread *thread,
		       struct probe_vcpu *vcpu)
{
	for (size_t i = 0; thread->kvm_run >= 0 && i < look->open_count; i++) {
		if (look->open[i].fd != (unsigned)thread->kvm_run)
			continue;
		vcpu->known = true;
		vcpu->id = look->open[i].id;
		vcpu->by = PROBE_BY_IOCTL;
		return true;
	}
	/* Without open vCPU files, the name alone does not prove that a thread is a vCPU. */
	vcpu->by = PROBE_BY_TIME;
	if (!thread->in_guest && look->open_count == 0)
		return false;
	if (probe_thread_number(thread->name, &vcpu->id)) {
		vcpu->known = true;
		vcpu->by = PROBE_BY_NAME;
	}
	return vcpu->known || thread->in_guest;
}

static bool take_thread(void *ctx, unsigned tid)
{
	struct look *look = ctx;
	struct probe_thread thread;

	if (!probe_thread(&thread, look->root, look->vm.pid, tid))
		return true;
	struct probe_vcpu vcpu = {
		.tid = tid,
		.accounted = thread.accounted,
		.ran_ns = thread.ran_ns,
		.waited_ns = thread.waited_ns,
	};
	if (look->uptime_ticks > thread.made_ticks)
		vcpu.age_ns = (look->uptime_ticks - thread.made_ticks) * (NS_PER_S / look->hz);
	if (!which_vcpu(look, &thread, &vcpu))
		return true;
	struct probe_vcpu *all = grown(look, look->vm.vcpu, look->vm.count, sizeof(*all));
	if (all == NULL)
		return false;
	look->vm.vcpu = all;
	all[look->vm.count++] = vcpu;
	probe_quota(&look->vm.quota, look->root, look->vm.pid, tid);
	return true;
}

/* Whether a thread is matched to the vCPU `id` already. */
static bool is_taken(const struct probe_vm *vm, unsigned id)
{
	for (size_t i = 0; i < vm->count; i++)
		if (vm->vcpu[i].known && vm->vcpu[i].id == id)
			return true;
	return false;
}

static int by_tid(const void *a, const void *b)
{
	const struct probe_vcpu *x = a, *y = b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

static int by_id(const void *a, const void *b)
{
	const struct probe_vcpu *x = a, *y = b;

	if (x->known != y->known)
		return x->known ? -1 : 1;
	return x->known && x->id != y->id ? (x->id > y->id) - (x->id < y->id) : by_tid(a, b);
}

static int open_by_id(const void *a, const void *b)
{
	const struct open_vcpu *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* qsort() needs a valid array even if it is empty. */
static void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count > 0)
		qsort(array, count, size, compare);
}

/*
 * A thread that is running guest code does not show in which vCPU's KVM_RUN it is. If the process
 * has one VM, and as many threads as vCPUs are unmatched, match them in the order in which both
 * were created.
 */
static void match_rest(struct look *look)
{
	struct probe_vm *vm = &look->vm;
	size_t threads = 0, vcpus = 0, next = 0;

	sort(vm->vcpu, vm->count, sizeof(*vm->vcpu), by_tid);
	for (size_t i = 0; i < vm->count; i++)
		threads += !vm->vcpu[i].known;
	for (size_t i = 0; i < look->open_count; i++)
		if (!is_taken(vm, look->open[i].id) &&
		    (vcpus == 0 || look->open[vcpus - 1].id != look->open[i].id))
			look->open[vcpus++] = look->open[i];
	for (size_t i = 0; vm->vms == 1 && threads == vcpus && i < vm->count; i++) {
		if (vm->vcpu[i].known)
			continue;
		vm->vcpu[i].known = true;
		vm->vcpu[i].id = look->open[next++].id;
		vm->vcpu[i].by = PROBE_BY_ORDER;
	}
}

/*
 * Sort the descriptors by vCPU number, and count the vCPUs. Several descriptors of one vCPU, from
 * dup(), count once.
 */
static void sort_open(struct look *look)
{
	size_t n = 0;

	if (look->vm.vms > 1) {
		look->vm.files = (unsigned)look->open_count;
		return;
	}
	sort(look->open, look->open_count, sizeof(*look->open), open_by_id);
	for (size_t i = 0; i < look->open_count; i++)
		n += i == 0 || look->open[i].id != look->open[i - 1].id;
	look->vm.files = (unsigned)n;
}

static void keep(struct look *look)
{
	struct probe_vms *vms = look->vms;
	char path[PROBE_PATH];

	match_rest(look);
	sort(look->vm.vcpu, look->vm.count, sizeof(*look->vm.vcpu), by_id);
	snprintf(path, sizeof(path), "proc/%u/maps", look->vm.pid);
	int mapped = probe_has(look->root, path, "/memfd:pvtime (deleted)");
	look->vm.libpvtime_kvm = mapped < 0 ? PROBE_UNKNOWN : mapped > 0 ? PROBE_YES : PROBE_NO;
	snprintf(path, sizeof(path), "proc/%u/comm", look->vm.pid);
	if (probe_read(look->root, path, look->vm.command, sizeof(look->vm.command)) > 0)
		look->vm.command[strcspn(look->vm.command, "\n")] = '\0';
	if (!probe_vm_name(look->vm.name, sizeof(look->vm.name), look->root, look->vm.pid))
		look->vm.name[0] = '\0';
	struct probe_vm *all = grown(look, vms->vm, vms->count, sizeof(*all));
	if (all == NULL) {
		free(look->vm.vcpu);
		return;
	}
	vms->vm = all;
	all[vms->count++] = look->vm;
}

static bool take_process(void *ctx, unsigned pid)
{
	struct look *look = ctx;
	char path[PROBE_PATH];

	look->vm = (struct probe_vm){.pid = pid, .readable = true};
	look->open = NULL;
	look->open_count = 0;
	snprintf(path, sizeof(path), "proc/%u/fd", pid);
	if (probe_numbers(look->root, path, take_file, look) < 0) {
		if (errno != EACCES && errno != EPERM)
			return true; /* the process has ended */
		look->vm.readable = false;
	}
	sort_open(look);
	snprintf(path, sizeof(path), "proc/%u/task", pid);
	if (!look->failed && (look->open_count > 0 || !look->vm.readable))
		probe_numbers(look->root, path, take_thread, look);
	if (look->open_count > 0 || look->vm.count > 0)
		keep(look);
	else
		look->vms->unreadable += !look->vm.readable;
	free(look->open);
	return !look->failed;
}

/* Time since boot, in ticks of 1/hz s, from "SECONDS.HUNDREDTHS ...". */
static uint64_t uptime_ticks(int root, unsigned hz)
{
	unsigned long long seconds = 0, hundredths = 0;
	char text[64];

	if (probe_read(root, "proc/uptime", text, sizeof(text)) > 0 &&
	    sscanf(text, "%llu.%2llu", &seconds, &hundredths) < 1)
		return 0;
	return seconds * hz + hundredths * hz / 100;
}

static int vm_by_pid(const void *a, const void *b)
{
	const struct probe_vm *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

bool probe_vms(struct probe_facts *facts, int root, const struct probe_pids *only)
{
	struct look look = {.vms = &facts->vms, .root = root, .hz = facts->tick_hz};

	facts->vms = (struct probe_vms){.vm = NULL};
	look.uptime_ticks = uptime_ticks(root, facts->tick_hz);
	for (size_t i = 0; i < only->count && facts->vms.count == i && !look.failed; i++)
		take_process(&look, only->pid[i]);
	if (only->count == 0)
		probe_numbers(root, "proc", take_process, &look);
	sort(facts->vms.vm, facts->vms.count, sizeof(*facts->vms.vm), vm_by_pid);
	return !look.failed;
}

void probe_facts_free(struct probe_facts *facts)
{
	for (size_t i = 0; i < facts->vms.count; i++)
		free(facts->vms.vm[i].vcpu);
	free(facts->vms.vm);
	free(facts->guest.cpu);
	facts->vms = (struct probe_vms){.vm = NULL};
	facts->guest.cpu = NULL;
	facts->guest.count = 0;
}
