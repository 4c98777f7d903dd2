/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A live migration: a VM that runs is copied by KVM's dirty log into memory that the other VMM has
 * handed in, and goes on there.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "conformance/user/delay.h"
#include "conformance/user/user.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/kvm/library.h"

#define NANOSECONDS(m) ((const uint64_t *)(m))[1] /* the counter of vCPU 0 */

/* A VMM that keeps the region in memory of its own, as it keeps RAM. */
struct owner {
	struct vm vm;
	int memfd;
	void *memory;
};

static int set_slot(const struct owner *o, uint32_t flags, uint64_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = SLOT,
		.flags = flags,
		.guest_phys_addr = VM_STOLEN,
		.memory_size = size,
		.userspace_addr = (uintptr_t)o->memory,
	};

	return ioctl(o->vm.fd, KVM_SET_USER_MEMORY_REGION, &region) < 0 ? -errno : 0;
}

static void owner_create(struct owner *o)
{
	const struct pvtime_range code = {VM_CODE, VM_CODE_SIZE};
	struct pvtime_range region;

	vm_create(&o->vm);
	o->memfd = memfd_create("ram", MFD_CLOEXEC);
	if (o->memfd < 0 || ftruncate(o->memfd, VM_STOLEN_SIZE) != 0)
		bail_out("a memfd");
	o->memory = mmap(NULL, VM_STOLEN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, o->memfd, 0);
	if (o->memory == MAP_FAILED)
		bail_out("mmap of a memfd");
	is_error(pvtime_kvm_place(&region, VM_STOLEN, VM_VCPUS, &code, 1, 0), 0,
		 "the VMM's memory has room in the VMM's map");
	is_error(pvtime_kvm_create_with_memory(&o->vm.stolen, o->vm.fd, &region, VM_VCPUS,
					       o->memory),
		 0, "a region is made of the VMM's memory");
}

static void owner_destroy(struct owner *o)
{
	vm_destroy(&o->vm);
	munmap(o->memory, VM_STOLEN_SIZE);
	close(o->memfd);
}

/* The slot is the VMM's, and a wrong one is noticed when an address is set. */
static void test_slot(struct owner *o)
{
	const int fd = o->vm.vcpus[0].fd;

	is_error(pvtime_kvm_vcpu_set(o->vm.stolen, 0, fd), EINVAL,
		 "a vCPU gets no address before the VMM has given its slot to the VM");
	is_error(set_slot(o, KVM_MEM_LOG_DIRTY_PAGES, VM_STOLEN_SIZE), 0,
		 "the VMM gives a slot with a dirty log to the VM");
	is_error(pvtime_kvm_register(o->vm.stolen), EPERM, "the library does not make that slot");
	is_error(pvtime_kvm_unregister(o->vm.stolen), EPERM,
		 "the library does not remove that slot");
	is_error(pvtime_kvm_log_dirty(o->vm.stolen, 0), EPERM,
		 "the library does not change the log of that slot");
}

/* Only a KVM that keeps the total publishes in the VMM's own slot if that is read-only. */
static void test_read_only_slot(void)
{
	struct owner o;

	owner_create(&o);
	const bool keeps = keeps_total(&o.vm);
	is_error(set_slot(&o, KVM_MEM_READONLY, VM_STOLEN_SIZE), 0,
		 "the VMM gives a read-only slot to the VM");
	is_error(pvtime_kvm_vcpu_set(o.vm.stolen, 0, o.vm.vcpus[0].fd), keeps ? 0 : EINVAL,
		 "a vCPU gets an address in a read-only slot only if KVM keeps the total");
	is_error(set_slot(&o, 0, 0), 0, "the VMM removes the read-only slot");
	owner_destroy(&o);
}

/* Copy the pages in the log. Returns whether there were any. */
static bool copy_logged(const struct vm *from, struct owner *to)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const uint8_t *memory = pvtime_kvm_memory(from->stolen, NULL);
	uint64_t pages = logged(from, SLOT_LIBRARY);

	for (size_t i = 0; i < VM_STOLEN_SIZE / page; i++)
		if (pages >> i & 1)
			memcpy((uint8_t *)to->memory + i * page, memory + i * page, page);
	return pages != 0;
}

/* A vCPU of the source, as the argument and result of the thread that runs it. */
struct source {
	struct vm *vm;
	uint32_t index;
	pthread_barrier_t *begun; /* by all vCPUs and the copy */
	atomic_bool *stop;
	int err; /* of the last publish */
};

static void *run_source(void *context)
{
	struct source *s = context;
	struct vcpu *vcpu = &s->vm->vcpus[s->index];

	vcpu_enter_at(vcpu, guest_call);
	vcpu_run(vcpu);
	pthread_barrier_wait(s->begun);
	while (!atomic_load(s->stop))
		vcpu_run(vcpu);
	delay_grow(WAIT_NS);
	vcpu_complete(vcpu);
	s->err = pvtime_kvm_vcpu_publish(s->vm->stolen, s->index, SIGNAL);
	return NULL;
}

/* Copies the region in rounds while the vCPUs run. */
static void copy_rounds(struct vm *from, struct owner *to)
{
	unsigned rounds = 0, late = 0;

	is_error(pvtime_kvm_log_dirty(from->stolen, 1), 0,
		 "the source's log is switched on while its vCPUs run");
	memcpy(to->memory, pvtime_kvm_memory(from->stolen, NULL), VM_STOLEN_SIZE);
	for (unsigned round = 0; round < 4; round++) {
		const uint64_t before = stolen(from, 0);
		uint64_t seen;

		while ((seen = stolen(from, 0)) <= before)
			sched_yield();
		late += NANOSECONDS(to->memory) < seen;
		rounds += copy_logged(from, to) && NANOSECONDS(to->memory) >= seen;
	}
	expect_u64(late, 4, "before each round of a live migration the target is behind");
	expect_u64(rounds, 4, "each round copies the source's counter by the log");
}

/* Copies the region while the vCPUs run, and what is left when they have stopped. */
static void copy_live(struct vm *from, struct owner *to)
{
	struct source sources[VM_VCPUS];
	pthread_t threads[VM_VCPUS];
	pthread_barrier_t begun;
	atomic_bool stop = false;

	pthread_barrier_init(&begun, NULL, VM_VCPUS + 1);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		sources[i] =
			(struct source){.vm = from, .index = i, .begun = &begun, .stop = &stop};
		if (pthread_create(&threads[i], NULL, run_source, &sources[i]) != 0)
			bail_out("a thread");
	}
	pthread_barrier_wait(&begun);
	copy_rounds(from, to);
	atomic_store(&stop, true);
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		pthread_join(threads[i], NULL);
		is_error(sources[i].err, 0, "a vCPU that has stopped publishes");
	}
	pthread_barrier_destroy(&begun);
	expect(stolen(from, 0) - NANOSECONDS(to->memory) >= WAIT_NS,
	       "the last publish has at least 50 ms that the rounds have not copied");
	expect(copy_logged(from, to), "the log has the last publish");
	expect(memcmp(to->memory, pvtime_kvm_memory(from->stolen, NULL), VM_STOLEN_SIZE) == 0,
	       "what was copied by the log is the source's whole region");
}

/* The target's vCPUs go on where the source's have stopped. */
static void run_target(struct owner *to, const uint64_t saved[VM_VCPUS])
{
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		is_error(pvtime_kvm_vcpu_set(to->vm.stolen, i, to->vm.vcpus[i].fd), 0,
			 "a migrated vCPU gets its address");
	for (uint32_t i = 0; i < VM_VCPUS; i++) {
		struct sample before = {.delay_before = delay_ns()};

		is_error(pvtime_kvm_vcpu_rebase(to->vm.stolen, i, SIGNAL), 0,
			 "a migrated vCPU is rebased");
		before.stolen = stolen(&to->vm, i);
		before.delay_after = delay_ns();
		expect_u64(before.stolen, saved[i], "a migrated vCPU has the source's counter");
		vcpu_enter_at(&to->vm.vcpus[i], guest_work);
		before = run_once(&to->vm, i);
		delay_grow(WAIT_NS);
		struct sample after = run_once(&to->vm, i);
		grew(&before, &after,
		     "a migrated vCPU's counter grows by the time that its new thread waits");
	}
	expect_u64(logged(&to->vm, SLOT), FIRST_PAGE,
		   "the log of the VMM's own slot has the publishes");
}

void test_migrate(void)
{
	uint64_t saved[VM_VCPUS];
	struct owner to;
	struct vm from;
	int fd = 0;

	test_read_only_slot();
	vm_with_stolen(&from);
	owner_create(&to);
	expect(pvtime_kvm_memory(to.vm.stolen, &fd) == to.memory && fd == -1,
	       "the memory that was handed in is handed out, without a descriptor");
	test_slot(&to);
	copy_live(&from, &to);
	for (uint32_t i = 0; i < VM_VCPUS; i++)
		saved[i] = stolen(&from, i);
	vm_destroy(&from);
	run_target(&to, saved);
	is_error(pvtime_kvm_destroy(to.vm.stolen), 0,
		 "the region in the VMM's memory is destroyed");
	to.vm.stolen = NULL;
	uint64_t before = NANOSECONDS(to.memory);
	wait_and_run(&to.vm.vcpus[0]);
	expect(NANOSECONDS(to.memory) > before,
	       "the VMM's memory and slot are still there, and KVM publishes in them");
	owner_destroy(&to);
}
