/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * what KVM charges around a failed publish, and after a restore. The reference is the
 * thread's run_delay.
 */
#include <stdint.h>
#include "cases.h"
#include "delay.h"
#include "user.h"
#include "vm.h"

#define WAIT_NS	 50000000u	/* how long a thread waits: many timeslices */
#define SAVED_NS 1000000000000u /* the counter of the saved VM */

/*
 * One piece of the guest's work. KVM publishes each time that the thread has got a CPU, before the
 * guest continues. So the counter includes every wait before the run, and no wait after it.
 */
struct sample {
	uint64_t delay_before, delay_after; /* ns */
	uint64_t stolen;		    /* ns, read after the run */
};

static struct sample run_once(struct vm *vm)
{
	struct sample s;

	s.delay_before = delay_ns();
	vcpu_run(&vm->vcpus[0]);
	s.stolen = vm_stolen_ns(vm);
	s.delay_after = delay_ns();
	return s;
}

static void work_till_waited(struct vm *vm, uint64_t ns)
{
	uint64_t begin = delay_ns();

	while (delay_ns() - begin < ns)
		vcpu_run(&vm->vcpus[0]);
}

/*
 * The counter must grow between two samples by what the thread waited, to the nanosecond, except
 * for waits during the two runs themselves.
 */
static void check_growth(const struct sample *from, const struct sample *to, const char *when)
{
	uint64_t least = to->delay_before - from->delay_after;
	uint64_t most = to->delay_after - from->delay_before;
	int64_t grown = (int64_t)(to->stolen - from->stolen);

	check(grown >= (int64_t)least,
	      "%s: the thread waited %ju ns or more, but %jd ns were charged", when,
	      (uintmax_t)least, (intmax_t)grown);
	check(grown <= (int64_t)most,
	      "%s: the thread waited %ju ns or less, but %jd ns were charged", when,
	      (uintmax_t)most, (intmax_t)grown);
}

void case_page_gone(struct vm *vm)
{
	static const struct {
		enum vm_memory state;
		const char *name;
	} ways[] = {
		{VM_MEMORY_THERE, "memory present"},
		{VM_MEMORY_SLOT_GONE, "memory slot removed"},
		{VM_MEMORY_SLOT_READ_ONLY, "memory slot read-only"},
		{VM_MEMORY_NOT_MAPPED, "memory not mapped"},
		{VM_MEMORY_MAPPED_READ_ONLY, "memory mapped read-only"},
	};
	struct sample before, after;

	vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN);
	vcpu_enter_at(&vm->vcpus[0], guest_call);
	vcpu_run(&vm->vcpus[0]);
	competitor_begin();
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		work_till_waited(vm, WAIT_NS);
		before = run_once(vm);
		vm_stolen_memory(vm, ways[i].state);
		work_till_waited(vm, WAIT_NS);
		vm_stolen_memory(vm, VM_MEMORY_THERE);
		after = run_once(vm);
		check_growth(&before, &after, ways[i].name);
	}
	competitor_end();
}

/*
 * As a VMM does after migration: it restores memory that holds the old total, and sets the address,
 * on a thread that has lived and waited before. The guest knows its structure, and does not call
 * PV_TIME_ST again.
 */
void case_restore(struct vm *vm)
{
	struct sample restored, now;

	competitor_begin();
	vm_set_stolen_ns(vm, SAVED_NS);
	delay_grow(WAIT_NS);
	restored.stolen = SAVED_NS;
	restored.delay_before = delay_ns();
	vcpu_set_ipa(&vm->vcpus[0], VM_STOLEN);
	vcpu_enter_at(&vm->vcpus[0], guest_work);
	now = run_once(vm);
	/* What the thread waits from the address on, and before the run, may be charged or not. */
	restored.delay_after = now.delay_before;
	check_growth(&restored, &now, "first run after restore");
	restored = now;
	work_till_waited(vm, WAIT_NS);
	now = run_once(vm);
	check_growth(&restored, &now, "second run after restore");
	competitor_end();
}
