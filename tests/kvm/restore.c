/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Save, and restore with threads that have already waited for a CPU: stolen time does not go back,
 * and the threads' earlier waiting is not charged.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/blob.h"
#include "tests/kvm/library.h"

/* A restored vCPU, as the argument and result of the thread that runs it. */
struct restored {
	struct vm *vm;
	uint32_t index;
	pthread_barrier_t *all;
	bool rebase;
	int err;
	struct sample at_restore, at_first_run, at_second_run;
};

static void *run_restored(void *context)
{
	struct restored *r = context;
	struct vcpu *vcpu = &r->vm->vcpus[r->index];

	delay_grow(WAIT_NS);
	vcpu_enter_at(vcpu, guest_work);
	r->at_restore.delay_before = delay_ns();
	r->err = r->rebase ? pvtime_kvm_vcpu_rebase(r->vm->stolen, r->index, SIGNAL) : 0;
	r->at_restore.stolen = stolen(r->vm, r->index);
	r->at_restore.delay_after = delay_ns();
	pthread_barrier_wait(r->all);
	r->at_first_run = run_once(r->vm, r->index);
	delay_grow(WAIT_NS);
	r->at_second_run = run_once(r->vm, r->index);
	return NULL;
}

/* Restore the snapshot in a new VM, and run each vCPU once, in its own thread. */
static void restore_and_run(const uint8_t *blob, size_t size, bool rebase,
			    struct restored restored[VM_VCPUS])
{
	const struct pvtime_range used[] = {{VM_CODE, VM_CODE_SIZE}, {VM_NOWHERE, 4096}};
	struct pvtime_range region = {0, 0};
	pthread_t threads[VM_VCPUS];
	pthread_barrier_t all;
	uint32_t vcpus = 0;
	struct vm vm;

	vm_create(&vm);
	is_error(pvtime_kvm_snapshot_region(blob, size, used, 2, 0, &region, &vcpus), 0,
		 "the snapshot's region is read, and has room in the VMM's map");
	is_error(pvtime_kvm_create(&vm.stolen, vm.fd, SLOT, &region, vcpus), 0,
		 "the restored VM's region is created");
	is_error(pvtime_kvm_register(vm.stolen), 0, "the restored VM's region gets a slot");
	is_error(pvtime_kvm_restore(vm.stolen, vm.vcpus[0].fd, blob, size), 0,
		 "the snapshot is restored");
	pthread_barrier_init(&all, NULL, VM_VCPUS);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		is_error(pvtime_kvm_vcpu_set(vm.stolen, i, vm.vcpus[i].fd), 0,
			 "a restored vCPU gets its address");
		restored[i] =
			(struct restored){.vm = &vm, .index = i, .all = &all, .rebase = rebase};
		if (pthread_create(&threads[i], NULL, run_restored, &restored[i]) != 0)
			bail_out("a thread");
	}
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all);
	vm_destroy(&vm);
}

void test_restore(void)
{
	struct restored restored[VM_VCPUS];
	uint64_t published[VM_VCPUS], saved[VM_VCPUS];
	uint8_t blob[256];
	struct vm vm;

	vm_with_stolen(&vm);
	const bool keeps = keeps_total(&vm);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		vcpu_enter_at(&vm.vcpus[i], guest_call);
		vcpu_run(&vm.vcpus[i]);
		delay_grow(WAIT_NS);
		is_error(pvtime_kvm_vcpu_publish(vm.stolen, i, SIGNAL), 0,
			 "a publish before the save succeeds");
		published[i] = stolen(&vm, i);
		expect(published[i] >= WAIT_NS,
		       "at least 50 ms were stolen from vCPU %" PRIu32 " before the save (%" PRIu64
		       " ns)",
		       i, published[i]);
	}
	const size_t size = pvtime_kvm_snapshot_size(vm.stolen);
	is_error(pvtime_kvm_save(vm.stolen, blob, size), 0, "the VM is saved");
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		saved[i] = pvtk_blob_counter(blob, i);
		expect(keeps ? saved[i] >= published[i] : saved[i] == published[i],
		       "what is saved is what was published, or more if KVM keeps the total (%" PRIu64
		       " ns)",
		       saved[i]);
	}
	vm_destroy(&vm);

	restore_and_run(blob, size, true, restored);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		const struct restored *r = &restored[i];

		is_error(r->err, 0, "a rebase on the new thread succeeds");
		expect_u64(r->at_restore.stolen, saved[i],
			   "a rebase does not change the stolen time");
		if (keeps)
			expect(r->at_first_run.stolen >= saved[i] &&
				       r->at_first_run.stolen - saved[i] <=
					       r->at_first_run.delay_after -
						       r->at_first_run.delay_before,
			       "after a rebase, KVM charges from the first run on (%" PRIu64
			       " ns in that run)",
			       r->at_first_run.stolen - saved[i]);
		else
			grew(&r->at_restore, &r->at_first_run,
			     "after a rebase, the counter grows by the time that the thread waits");
		grew(&r->at_first_run, &r->at_second_run,
		     "after its first run, a restored vCPU is charged what its thread waits");
	}
	/* Without the library's rebase, only a KVM that keeps the total leaves that out. */
	restore_and_run(blob, size, false, restored);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		uint64_t charged = restored[i].at_first_run.stolen - saved[i];

		if (keeps)
			expect_u64(charged, 0,
				   "KVM itself does not charge the thread's earlier waiting");
		else
			expect(charged >= WAIT_NS,
			       "without a rebase, the thread's earlier waiting is charged (%" PRIu64
			       " ns)",
			       charged);
	}
}
