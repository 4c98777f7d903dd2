/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life cycle of a VM: it is created, started, stopped and destroyed; a reset destroys it and
 * creates it again.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tools/vmm/stuck.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define IPA_BITS_DEFAULT 40

void vm_tell(struct vm *vm, enum vm_event event)
{
	int nothing = VM_NOTHING;

	if (atomic_compare_exchange_strong(&vm->event, &nothing, event))
		eventfd_write(vm->wake, 1);
}

bool vm_fail(struct vm *vm, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pthread_mutex_lock(&vm->why_lock);
	if (vm->why[0] == '\0')
		vsnprintf(vm->why, sizeof(vm->why), format, args);
	pthread_mutex_unlock(&vm->why_lock);
	va_end(args);
	return false;
}

bool vm_call(struct vm *vm, int fd, unsigned long request, const void *argument, const char *name)
{
	if (ioctl(fd, request, argument) >= 0)
		return true;
	return vm_fail(vm, "%s: %s", name, strerror(errno));
}

void vm_init(struct vm *vm, unsigned id, const struct vmm_vm *config)
{
	vm->id = id;
	vm->config = config;
	vm->fd = vm->gic = -1;
	pthread_mutex_init(&vm->device_lock, NULL);
	pthread_mutex_init(&vm->why_lock, NULL);
	pthread_mutex_init(&vm->ready_lock, NULL);
	pthread_cond_init(&vm->all_ready, NULL);
}

int vm_new_fd(int kvm)
{
	int bits = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);

	return ioctl(kvm, KVM_CREATE_VM,
		     bits > 0 && bits < IPA_BITS_DEFAULT ? (unsigned long)bits : 0ul);
}

static bool open_vm(struct vm *vm)
{
	vm->fd = vm_new_fd(vm->kvm);
	if (vm->fd < 0)
		return vm_fail(vm, "KVM_CREATE_VM: %s", strerror(errno));
	/*
	 * Report accesses that the syndrome does not describe as exits, instead of KVM_RUN failing
	 * with ENOSYS.
	 */
	const struct kvm_enable_cap nisv = {.cap = KVM_CAP_ARM_NISV_TO_USER};
	return VM_CALL(vm, vm->fd, KVM_ENABLE_CAP, &nisv);
}

/*
 * Everything that a VMM must do for stolen time: choose a place that the FDT reserves, put memory
 * there, and set each vCPU's address.
 */
static int give_stolen_time(struct vm *vm)
{
	const struct pvtime_range used[] = {
		{MAP_FLASH_BASE, MAP_FLASH_SIZE},
		{MAP_GICD_BASE, MAP_GICD_SIZE},
		{MAP_GICR_BASE, vm->made * MAP_GICR_STRIDE},
		{MAP_UART_BASE, MAP_UART_SIZE},
		{MAP_RTC_BASE, MAP_RTC_SIZE},
		{MAP_VIRTIO_BASE, MAP_VIRTIO_SIZE},
		{MAP_RAM_BASE, vm->config->memory},
	};
	struct pvtime_range region;
	int error = pvtime_kvm_place(&region, MAP_PVTIME_BASE, vm->made, used,
				     sizeof(used) / sizeof(used[0]), 0);

	if (error == 0)
		error = pvtime_kvm_create(&vm->stolen, vm->fd, SLOT_STOLEN, &region, vm->made);
	/* Where KVM can, the guest cannot write there: refuse.c. */
	if (error == 0)
		error = pvtime_kvm_read_only(vm->stolen, vm->vcpus[0].fd);
	vm->read_only = error > 0;
	if (error >= 0)
		error = pvtime_kvm_register(vm->stolen);
	if (error == 0 && vm->restored)
		error = pvtime_kvm_restore(vm->stolen, vm->vcpus[0].fd, vm->stolen_blob,
					   vm->stolen_blob_size);
	for (unsigned i = 0; i < vm->made && error == 0; i++)
		error = pvtime_kvm_vcpu_set(vm->stolen, i, vm->vcpus[i].fd);
	return error;
}

/*
 * Before Linux 5.19 (-ENOENT) KVM cannot deny stolen time at the first step of discovery; the later
 * steps deny it.
 */
static int deny_stolen_time(struct vm *vm)
{
	int error = pvtime_kvm_deny(vm->vcpus[0].fd);

	return error == -ENOENT ? 0 : error;
}

bool vm_create(struct vm *vm)
{
	atomic_store(&vm->event, VM_NOTHING);
	vm->stuck = false;
	stuck_begin(vm);
	pl011_reset(&vm->uart);
	if (!open_vm(vm) || !memory_create(vm))
		return false;
	for (unsigned i = 0; i < vm->config->vcpus; i++) {
		vm->vcpus[i] = (struct vcpu){.vm = vm, .id = i, .fd = -1, .stats.fd = -1};
		vm->made++;
		if (!vcpu_create(&vm->vcpus[i]))
			return false;
	}
	if (!gic_create(vm) || !counter_restore(vm))
		return false;
	int error = vm->config->stolen_time ? give_stolen_time(vm) : deny_stolen_time(vm);
	return error == 0 || vm_fail(vm, "stolen time: %s", strerror(-error));
}

void vm_destroy(struct vm *vm)
{
	while (vm->made > 0)
		vcpu_destroy(&vm->vcpus[--vm->made]);
	if (vm->stolen != NULL && pvtime_kvm_destroy(vm->stolen) == 0)
		vm->stolen = NULL;
	if (vm->gic >= 0)
		close(vm->gic);
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = vm->gic = -1;
	memory_destroy(vm);
	free(vm->stolen_blob);
	vm->stolen_blob = NULL;
}

bool vm_start(struct vm *vm)
{
	vm->ready = 0;
	for (unsigned i = 0; i < vm->made; i++) {
		if (vcpu_start(&vm->vcpus[i]))
			continue;
		while (i-- > 0) {
			vcpu_kick(&vm->vcpus[i]);
			vcpu_join(&vm->vcpus[i]);
		}
		return false;
	}
	vm->running = true;
	return true;
}

static uint64_t read_published(const struct vcpu *v)
{
	uint64_t ns = 0;

	if (v->vm->stolen != NULL)
		pvtime_kvm_vcpu_stolen_ns(v->vm->stolen, v->id, &ns);
	return ns;
}

void vm_resume_off(struct vm *vm)
{
	for (unsigned i = 0; i < vm->made; i++) {
		account_resume(&vm->vcpus[i].account, look_now(), true);
		vm->vcpus[i].published_ns = read_published(&vm->vcpus[i]);
	}
	atomic_store(&vm->event, VM_WANTS_OFF);
}

/*
 * A KVM that refreshes the structure of a vCPU that waits counts this wait in it. The ledger does
 * so when the wait is over.
 */
static void set_published(struct vcpu *v, uint64_t ns)
{
	uint64_t counted = v->account.ticks[PVTIME_READY];

	v->published_ns = v->vm->read_only && ns > counted ? counted : ns;
}

static void look_at_ended(struct vcpu *v)
{
	uint64_t published_ns = read_published(v);

	v->exits = v->exits_before + stats_exits(&v->stats);
	account_look(&v->account, &v->last);
	set_published(v, published_ns);
}

void vm_stop(struct vm *vm, enum pvtime_state state)
{
	if (!vm->running)
		return;
	for (unsigned i = 0; i < vm->made; i++)
		vcpu_kick(&vm->vcpus[i]);
	for (unsigned i = 0; i < vm->made; i++) {
		struct vcpu *v = &vm->vcpus[i];

		vcpu_join(v);
		look_at_ended(v);
		account_end(&v->account, v->ended_off ? PVTIME_OFF : state);
	}
	vm->running = false;
}

/*
 * As for a snapshot: the threads end, and vm_resume() starts new ones. What these wait before they
 * run the guest is not stolen.
 */
void vm_pause(struct vm *vm)
{
	if (!vm->running)
		return;
	vm->saving = true;
	vm_stop(vm, PVTIME_PAUSED);
	vm->saving = false;
	vm->paused = true;
	counter_stop(vm);
}

bool vm_resume(struct vm *vm, bool run)
{
	if (!vm->paused)
		return true;
	stuck_begin(vm);
	vm->restored = true;
	bool good = counter_go(vm) && (!run || vm_start(vm));
	vm->paused = false;
	return good;
}

/*
 * Read the structure first: then run_delay, read later, includes everything that was published. If
 * the thread has just ended, take nothing: its run_delay can no longer be read, so the ledger would
 * be behind the structure.
 */
static void look_at_vcpu(struct vcpu *v)
{
	uint64_t published_ns, exits;
	struct look look;

	if (!atomic_load(&v->visible))
		return;
	published_ns = read_published(v);
	exits = v->exits_before + stats_exits(&v->stats);
	if (!look_at(&v->looker, &v->stats, &v->in_kvm, &look))
		return;
	account_look(&v->account, &look);
	set_published(v, published_ns);
	v->exits = exits;
}

void vm_look(struct vm *vm, uint64_t now)
{
	for (unsigned i = 0; i < vm->made; i++) {
		if (vm->running)
			look_at_vcpu(&vm->vcpus[i]);
		else
			account_close(&vm->vcpus[i].account, now);
	}
}
