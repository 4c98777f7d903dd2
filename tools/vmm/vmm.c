/* SPDX-License-Identifier: BSD-2-Clause */
/* The main thread: the lab's clock, its records, and everything that concerns more than one VM. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "tools/vmm/input.h"
#include "tools/vmm/pause.h"
#include "tools/vmm/records.h"
#include "tools/vmm/snapshot.h"
#include "tools/vmm/stopped.h"
#include "tools/vmm/stuck.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define NS_PER_S UINT64_C(1000000000)
#define LOOK_NS	 (NS_PER_S / 10)

struct vmm {
	const struct vmm_lab *lab;
	struct vm *vms;
	struct outlet outlet;
	struct input input;
	int kvm, wake;
	/* in ns, of look_now(); UINT64_MAX: never */
	uint64_t started_at, ends_at, sample_at, look_at;
	struct stopped stopped;
	bool ending;
	struct vm *failed; /* NULL: none */
	char why[300];	   /* a failure that is not of a VM; "": none */
};

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void look(struct vmm *m, uint64_t now)
{
	for (uint32_t i = 0; i < m->lab->vm_count; i++)
		vm_look(&m->vms[i], now);
}

/* Report the end of a VM. The lab ends with its last VM, or with the VM of --until. */
static void vm_ended(struct vmm *m, struct vm *vm, const char *how)
{
	bool all = true;

	report_vm(&m->outlet, vm, how);
	for (uint32_t i = 0; i < m->lab->vm_count; i++)
		all = all && (!m->vms[i].running || m->vms[i].stuck);
	if (all || vm->id == m->lab->until)
		m->ending = true;
}

static void fail(struct vmm *m, struct vm *vm)
{
	m->failed = vm;
	m->ending = true;
}

/* Replace the VM by a new one; only its counter continues. */
static void reset(struct vmm *m, struct vm *vm)
{
	vm_stop(vm, PVTIME_OFF);
	vm->noticed = true;
	report_vm(&m->outlet, vm, "reset");
	bool good = counter_save(vm);
	vm_destroy(vm);
	vm->restored = false;
	if (!good || !vm_create(vm) || !vm_start(vm))
		fail(m, vm);
}

static void serve_vm(struct vmm *m, struct vm *vm)
{
	switch ((enum vm_event)atomic_load(&vm->event)) {
	case VM_NOTHING:
		break;
	case VM_WANTS_OFF:
		if (vm->running) {
			vm_stop(vm, PVTIME_OFF);
			vm_ended(m, vm, "off");
		}
		break;
	case VM_WANTS_RESET:
		reset(m, vm);
		break;
	case VM_FAILED:
		fail(m, vm);
		break;
	}
}

static void serve_stuck(struct vmm *m, struct vm *vm)
{
	if (!stuck_judge(vm))
		return;
	vm->stuck = true;
	vm_ended(m, vm, "stuck");
}

/* Do what is due at this time. */
static void serve_time(struct vmm *m)
{
	uint64_t now = look_now();

	if (now >= m->ends_at)
		m->ending = true;
	if (now < m->look_at && now < m->sample_at)
		return;
	look(m, now);
	if (now >= m->sample_at) {
		report_ledger(&m->outlet, m->vms, m->lab->vm_count, "sample", now - m->started_at);
		m->sample_at = now + m->lab->sample_ns;
	}
	for (uint32_t i = 0; i < m->lab->vm_count; i++)
		stuck_look(&m->vms[i], now);
	m->look_at = now + LOOK_NS;
}

/* Wait for input, for an event of a VM, or until something is due. */
static void wait(struct vmm *m)
{
	struct pollfd fds[] = {
		{.fd = m->wake, .events = POLLIN},
		{.fd = m->input.fd, .events = POLLIN},
	};
	uint64_t next = min_u64(m->look_at, min_u64(m->sample_at, m->ends_at));
	uint64_t now = look_now(), left = next > now ? next - now : 0;
	const struct timespec timeout = {.tv_sec = (time_t)(left / NS_PER_S),
					 .tv_nsec = (long)(left % NS_PER_S)};
	eventfd_t events;

	if (ppoll(fds, 2, &timeout, &m->stopped.waiting) <= 0)
		return;
	if (fds[0].revents != 0)
		eventfd_read(m->wake, &events);
	if (fds[1].revents != 0)
		input_read(&m->input);
}

static void shift(uint64_t *at, uint64_t ns)
{
	if (*at != UINT64_MAX)
		*at += ns;
}

/* Pause the lab's clock together with its guests'. */
static void pause_lab(struct vmm *m)
{
	uint64_t passed;
	struct vm *failed = pause_all(m->vms, m->lab->vm_count, &m->input, &m->outlet, &passed);

	if (failed != NULL)
		fail(m, failed);
	shift(&m->started_at, passed);
	shift(&m->ends_at, passed);
	shift(&m->sample_at, passed);
	shift(&m->look_at, passed);
	stopped_forget(&m->stopped);
}

static void serve(struct vmm *m)
{
	while (!m->ending) {
		wait(m);
		stopped_tell(&m->stopped, &m->outlet);
		if (m->input.pause)
			pause_lab(m);
		if (input_deliver(&m->input))
			outlet_record(&m->outlet, "took %" PRIu64, m->input.taken);
		for (uint32_t i = 0; i < m->lab->vm_count; i++) {
			serve_vm(m, &m->vms[i]);
			serve_stuck(m, &m->vms[i]);
		}
		serve_time(m);
		m->ending = m->ending || m->input.stop;
	}
}

static bool prepare(struct vmm *m)
{
	m->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	m->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->vms = calloc(m->lab->vm_count, sizeof(*m->vms));
	int run_size = m->kvm >= 0 ? ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, NULL) : -1;
	if (run_size < 0 || m->wake < 0 || m->vms == NULL) {
		snprintf(m->why, sizeof(m->why), "/dev/kvm: %s", strerror(errno));
		return false;
	}
	for (uint32_t i = 0; i < m->lab->vm_count; i++) {
		struct vm *vm = &m->vms[i];

		vm_init(vm, i, &m->lab->vms[i]);
		vm->outlet = &m->outlet;
		vm->cgroups = m->lab->cgroups;
		vm->wake = m->wake;
		vm->kvm = m->kvm;
		vm->run_size = (size_t)run_size;
		vm->has_input = i == m->lab->attached;
	}
	return true;
}

/* Create the VMs from the images of the lab, or from a snapshot. */
static bool create_vms(struct vmm *m)
{
	struct vm *failed = NULL;

	if (m->lab->restore != NULL)
		return snapshot_restore(m->lab, m->vms, m->why, sizeof(m->why));
	for (uint32_t i = 0; i < m->lab->vm_count && failed == NULL; i++)
		if (!vm_create(&m->vms[i]))
			failed = &m->vms[i];
	if (failed != NULL)
		fail(m, failed);
	return failed == NULL;
}

/* Every VM is loaded: start the clock, for all of them at once. */
static void begin(struct vmm *m)
{
	const struct vmm_lab *lab = m->lab;

	report_start(&m->outlet);
	m->started_at = look_now();
	m->ends_at = lab->run_ns != 0 ? m->started_at + lab->run_ns : UINT64_MAX;
	m->sample_at = lab->sample_ns != 0 ? m->started_at + lab->sample_ns : UINT64_MAX;
	m->look_at = m->started_at + LOOK_NS;
	stopped_forget(&m->stopped);
	m->ending = true;
	for (uint32_t i = 0; i < lab->vm_count && m->failed == NULL; i++) {
		struct vm *vm = &m->vms[i];

		if (vm->restored && vm->off) {
			vm_resume_off(vm);
			report_vm(&m->outlet, vm, "off");
			continue;
		}
		m->ending = false;
		if (!vm_start(vm))
			fail(m, vm);
	}
}

static void finish(struct vmm *m)
{
	const struct vm *stuck = NULL;

	for (uint32_t i = 0; i < m->lab->vm_count; i++) {
		struct vm *vm = &m->vms[i];

		bool ran = vm->running;

		vm->saving = m->lab->snapshot != NULL;
		vm_stop(vm, PVTIME_PAUSED);
		if (ran && atomic_load(&vm->event) == VM_WANTS_OFF) /* it powered off meanwhile */
			report_vm(&m->outlet, vm, "off");
		else if (ran && !vm->stuck)
			silent_tell(vm);
		if (m->failed == NULL && vm->why[0] != '\0')
			m->failed = vm;
		stuck = stuck == NULL && vm->stuck ? vm : stuck;
	}
	if (m->failed != NULL) {
		outlet_record(&m->outlet, "done 1 VM %s: %s", m->failed->config->name,
			      m->failed->why);
		return;
	}
	uint64_t now = look_now();
	look(m, now);
	report_ledger(&m->outlet, m->vms, m->lab->vm_count, "final", now - m->started_at);
	if (m->lab->snapshot != NULL && !snapshot_save(m->lab, m->vms, m->why, sizeof(m->why)))
		outlet_record(&m->outlet, "done 1 %s", m->why);
	else if (stuck != NULL)
		outlet_record(
			&m->outlet,
			"done 1 VM %s stopped for good without SYSTEM_OFF: each of its vCPUs is off, or waits for an interrupt that cannot come",
			stuck->config->name);
	else
		outlet_record(&m->outlet, "done 0 the lab has ended");
}

int vmm_run(void *lab)
{
	struct vmm m = {.lab = lab};
	uint32_t attached = m.lab->attached;

	outlet_init(&m.outlet, STDOUT_FILENO);
	stopped_watch(&m.stopped);
	if (prepare(&m) && create_vms(&m)) {
		input_init(&m.input, STDIN_FILENO,
			   attached != VMM_NOBODY ? &m.vms[attached] : NULL);
		begin(&m);
		serve(&m);
	}
	if (m.why[0] != '\0')
		outlet_record(&m.outlet, "done 1 %s", m.why);
	else
		finish(&m);
	for (uint32_t i = 0; i < m.lab->vm_count && m.vms != NULL; i++)
		vm_destroy(&m.vms[i]);
	return 0;
}
