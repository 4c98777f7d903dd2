/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "tools/vmm/state.h"
#include "tools/vmm/uapi.h"
#include "tools/vmm/vm.h"

#define VERSION	  UINT64_C(0x3430656d69747670) /* "pvtime04" in a little-endian file */
#define PAGE	  4096u
#define NO_PAGE	  UINT64_MAX
#define BLOB_MAX  65536u
#define REGISTERS 4096u /* more registers than a vCPU has */
#define VALUE_MAX 256u	/* bytes of a register */

bool state_bytes(struct state *s, void *bytes, size_t n)
{
	if (!s->failed)
		s->failed = (s->saving ? fwrite(bytes, 1, n, s->file)
				       : fread(bytes, 1, n, s->file)) != n;
	return !s->failed;
}

/* Save a number; when restoring, check that the file has the same. */
static bool state_same(struct state *s, uint64_t value)
{
	uint64_t other = value;

	if (state_bytes(s, &other, sizeof(other)))
		s->failed = other != value;
	return !s->failed;
}

static bool shape(struct state *s, const struct vmm_lab *lab)
{
	state_same(s, lab->vm_count);
	for (uint32_t i = 0; i < lab->vm_count; i++) {
		const struct vmm_vm *vm = &lab->vms[i];
		uint64_t name[2] = {0};

		memcpy(name, vm->name, strnlen(vm->name, sizeof(name)));
		state_same(s, name[0]);
		state_same(s, name[1]);
		state_same(s, vm->vcpus);
		state_same(s, vm->memory);
		state_same(s, vm->stolen_time);
	}
	return !s->failed;
}

/*
 * The counter's frequency. Guests have read it, so the host that restores the snapshot must have
 * the same.
 */
static bool rate(struct state *s, const char *path, char *why, size_t room)
{
	const uint64_t here = pvtime_kvm_frequency();
	uint64_t saved = here;

	if (!state_bytes(s, &saved, sizeof(saved)))
		snprintf(why, room, "%s: %s", path,
			 s->saving ? "cannot be written" : "ends too early");
	else if (saved != here)
		snprintf(
			why, room,
			"%s: was saved on a host whose counter runs at %ju Hz; expected %ju Hz, the frequency of this host's counter",
			path, (uintmax_t)saved, (uintmax_t)here);
	else
		return true;
	return !(s->failed = true);
}

bool state_open(struct state *s, const char *path, bool saving, const struct vmm_lab *lab,
		char *why, size_t room)
{
	*s = (struct state){.file = fopen(path, saving ? "wbe" : "rbe"), .saving = saving};
	if (s->file == NULL)
		snprintf(why, room, "%s: %s; expected a file for a snapshot", path,
			 strerror(errno));
	else if (!state_same(s, VERSION))
		snprintf(
			why, room,
			saving ? "%s: cannot be written"
			       : "%s: is not a snapshot of this version of pvtime; expected one that --snapshot wrote",
			path);
	else if (!shape(s, lab))
		snprintf(
			why, room,
			"%s: is the snapshot of another lab; expected the VMs of this one, with their names, vcpus, memory and stolen_time",
			path);
	else if (rate(s, path, why, room))
		return true;
	if (s->file != NULL)
		fclose(s->file);
	s->file = NULL;
	return false;
}

bool state_close(struct state *s)
{
	bool good = !s->failed && state_same(s, VERSION);

	if (s->file != NULL && fclose(s->file) != 0)
		good = false;
	s->file = NULL;
	return good;
}

bool state_of_stolen_time(struct state *s, struct vm *vm)
{
	uint64_t off = atomic_load(&vm->event) == VM_WANTS_OFF;
	uint64_t size = vm->stolen != NULL ? pvtime_kvm_snapshot_size(vm->stolen) : 0;

	state_bytes(s, &off, sizeof(off));
	if (!state_bytes(s, &size, sizeof(size)) || size > BLOB_MAX)
		return !(s->failed = true);
	vm->stolen_blob = malloc(size + 1);
	vm->stolen_blob_size = size;
	if (vm->stolen_blob == NULL)
		return !(s->failed = true);
	int error = s->saving && vm->stolen != NULL
			    ? pvtime_kvm_save(vm->stolen, vm->stolen_blob, size)
			    : 0;
	if (error != 0)
		return vm_fail(vm, "saving stolen time: %s", strerror(-error));
	vm->off = off;
	vm->restored = !s->saving;
	return state_bytes(s, vm->stolen_blob, size);
}

/* Write the pages that are not zero, each after its offset. */
static bool save_ram(struct state *s, struct vm *vm)
{
	static const uint8_t zeroes[PAGE];

	for (uint64_t at = 0; at < vm->config->memory; at += PAGE)
		if (memcmp(vm->ram + at, zeroes, PAGE) != 0 && state_bytes(s, &at, sizeof(at)))
			state_bytes(s, vm->ram + at, PAGE);
	uint64_t end = NO_PAGE;
	return state_bytes(s, &end, sizeof(end));
}

static bool restore_ram(struct state *s, struct vm *vm)
{
	uint64_t at;

	while (state_bytes(s, &at, sizeof(at)) && at != NO_PAGE) {
		if (at % PAGE != 0 || at >= vm->config->memory)
			return !(s->failed = true);
		state_bytes(s, vm->ram + at, PAGE);
	}
	return !s->failed;
}

static bool state_of_register(struct state *s, struct vcpu *v, uint64_t id)
{
	uint8_t value[VALUE_MAX];
	const struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};
	size_t size = (size_t)1 << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);

	if (size > sizeof(value))
		return !(s->failed = true);
	if (s->saving && !VM_CALL(v->vm, v->fd, KVM_GET_ONE_REG, &reg))
		return false;
	if (!state_bytes(s, value, size))
		return false;
	return s->saving || VM_CALL(v->vm, v->fd, KVM_SET_ONE_REG, &reg) ||
	       vm_fail(v->vm, "register 0x%llx", (unsigned long long)id);
}

/* The registers in KVM's order, which is the same for every VM on a host like this one. */
static bool state_of_registers(struct state *s, struct vcpu *v)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + REGISTERS * sizeof(list->reg[0]));

	if (list == NULL)
		return !(s->failed = true);
	list->n = REGISTERS;
	bool good = VM_CALL(v->vm, v->fd, KVM_GET_REG_LIST, list) && state_same(s, list->n);
	for (uint64_t i = 0; i < list->n && good; i++)
		good = state_same(s, list->reg[i]) && state_of_register(s, v, list->reg[i]);
	free(list);
	return good;
}

static bool state_of_vcpu(struct state *s, struct vcpu *v)
{
	struct kvm_mp_state mp = {0};
	struct arm_vcpu_events events = {0};

	if (s->saving && (!VM_CALL(v->vm, v->fd, KVM_GET_MP_STATE, &mp) ||
			  !VM_CALL(v->vm, v->fd, ARM_GET_VCPU_EVENTS, &events)))
		return false;
	if (!state_of_registers(s, v) || !state_bytes(s, &mp, sizeof(mp)) ||
	    !state_bytes(s, &events, sizeof(events)))
		return false;
	state_bytes(s, &v->account, sizeof(v->account));
	state_bytes(s, &v->exits, sizeof(v->exits));
	state_bytes(s, &v->refused_writes, sizeof(v->refused_writes));
	if (s->saving || s->failed)
		return !s->failed;
	if (v->account.state >= PVTIME_STATES || v->account.rest >= PVTIME_STATES)
		return !(s->failed = true);
	v->ended_off = mp.mp_state == KVM_MP_STATE_STOPPED;
	v->exits_before = v->exits;
	return VM_CALL(v->vm, v->fd, KVM_SET_MP_STATE, &mp) &&
	       VM_CALL(v->vm, v->fd, ARM_SET_VCPU_EVENTS, &events);
}

bool state_of_vm(struct state *s, struct vm *vm)
{
	if (!(s->saving ? save_ram(s, vm) : restore_ram(s, vm)))
		return false;
	for (unsigned i = 0; i < vm->made; i++)
		if (!state_of_vcpu(s, &vm->vcpus[i]))
			return false;
	if (!state_of_gic(s, vm) || !state_bytes(s, &vm->uart, sizeof(vm->uart)) ||
	    !state_bytes(s, &vm->rtc, sizeof(vm->rtc)))
		return false;
	s->failed = vm->uart.head >= PL011_FIFO || vm->uart.count > PL011_FIFO;
	return !s->failed;
}
