// SPDX-License-Identifier: BSD-2-Clause
/*
 * Stolen time whose total KVM keeps: user space saves and restores it with
 * KVM_ARM_VCPU_PVTIME_TOTAL or by the guest's memory, what the guest writes is
 * gone when it runs again, and KVM_ARM_VCPU_INIT begins at 0. The structure is
 * in a writable slot, and in a read-only one.
 */
#define _GNU_SOURCE
#include <linux/compiler.h>
#include <pthread.h>
#include <sched.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define ST_SLOT	   1
#define ST_GPA	   (1ul << 30)	/* the structure */
#define STOLEN_GPA (ST_GPA + 8) /* its number, in ns */
#define EXIT_GPA   (2ul << 30)	/* no memory: a store there leaves the guest */

/* Numbers that differ by more than this test can ever wait. */
#define RESTORED_NS 1000000000000ul
#define FORGED_NS   (3 * RESTORED_NS)
#define MOST_NS	    (~0ul >> 1) /* 2^63 - 1 */

/* It needs no stack. */
static void guest_code(void)
{
	u64 *stolen = (u64 *)STOLEN_GPA;
	u64 *leave = (u64 *)EXIT_GPA;

	for (;;) {
		WRITE_ONCE(*leave, READ_ONCE(*stolen));
		WRITE_ONCE(*stolen, FORGED_NS);
		WRITE_ONCE(*leave, FORGED_NS);
	}
}

/* The attributes of stolen time. Each function returns 0, or errno. */
static int error_of(int result)
{
	return result ? errno : 0;
}

static int has_attr(struct kvm_vcpu *vcpu, u64 attr)
{
	const u32 group = KVM_ARM_VCPU_PVTIME_CTRL;

	return error_of(__vcpu_has_device_attr(vcpu, group, attr));
}

static int get_attr(struct kvm_vcpu *vcpu, u64 attr, u64 *value)
{
	const u32 group = KVM_ARM_VCPU_PVTIME_CTRL;

	return error_of(__vcpu_device_attr_get(vcpu, group, attr, value));
}

static int set_attr(struct kvm_vcpu *vcpu, u64 attr, u64 *value)
{
	const u32 group = KVM_ARM_VCPU_PVTIME_CTRL;

	return error_of(__vcpu_device_attr_set(vcpu, group, attr, value));
}

static void expect(int error, int expected, const char *what)
{
	TEST_ASSERT(error == expected, "%s: expected errno %d; got %d", what,
		    expected, error);
}

static u64 get_total(struct kvm_vcpu *vcpu)
{
	u64 total;

	expect(get_attr(vcpu, KVM_ARM_VCPU_PVTIME_TOTAL, &total), 0, "get");
	return total;
}

/* Set it, and read it back. */
static void set_total(struct kvm_vcpu *vcpu, u64 total)
{
	u64 got;

	expect(set_attr(vcpu, KVM_ARM_VCPU_PVTIME_TOTAL, &total), 0, "set");
	got = get_total(vcpu);
	TEST_ASSERT(got == total, "set %lu ns, but read %lu", total, got);
}

/* A VM with one vCPU, which has no structure yet. */
static struct kvm_vm *create(struct kvm_vcpu **vcpu, u32 slot_flags)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(vcpu, guest_code);
	unsigned int pages = vm_calc_num_guest_pages(VM_MODE_DEFAULT, 64);

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, ST_GPA, ST_SLOT,
				    pages, slot_flags);
	virt_map(vm, ST_GPA, ST_GPA, pages);
	virt_map(vm, EXIT_GPA, EXIT_GPA, 1);
	return vm;
}

static void set_structure(struct kvm_vcpu *vcpu)
{
	u64 ipa = ST_GPA;

	expect(set_attr(vcpu, KVM_ARM_VCPU_PVTIME_IPA, &ipa), 0, "address");
}

static u64 *stolen_in_memory(struct kvm_vm *vm)
{
	return (u64 *)addr_gpa2hva(vm, ST_GPA) + 1;
}

static void *compete(void *stop)
{
	while (!READ_ONCE(*(bool *)stop))
		;
	return NULL;
}

/* Wait for the only CPU of this thread, which the competitor inherits. */
static void wait_for_cpu(void)
{
	long begin = get_run_delay();
	bool stop = false;
	pthread_t thread;

	TEST_ASSERT(!pthread_create(&thread, NULL, compete, &stop), "thread");
	do {
		sched_yield();
	} while (get_run_delay() - begin < MIN_RUN_DELAY_NS);
	WRITE_ONCE(stop, true);
	pthread_join(thread, NULL);
}

/* Run the guest to its store at gpa, and return what it stores. */
static u64 run(struct kvm_vcpu *vcpu, u64 gpa)
{
	const struct kvm_run *exit = vcpu->run;
	u64 value;

	vcpu_run(vcpu);
	TEST_ASSERT(exit->exit_reason == KVM_EXIT_MMIO && exit->mmio.is_write,
		    "expected a store; got exit reason %u", exit->exit_reason);
	TEST_ASSERT(exit->mmio.phys_addr == gpa,
		    "expected a store at 0x%lx; got one at 0x%lx", gpa,
		    (u64)exit->mmio.phys_addr);
	memcpy(&value, exit->mmio.data, sizeof(value));
	return value;
}

/*
 * Run the guest until it tells what it sees: the total, and what this thread
 * waits meanwhile.
 */
static u64 run_to_report(struct kvm_vcpu *vcpu)
{
	long delay = get_run_delay();
	u64 before = get_total(vcpu);
	u64 seen = run(vcpu, EXIT_GPA);
	u64 most = before + get_run_delay() - delay;
	u64 after = get_total(vcpu);

	TEST_ASSERT(seen >= before && seen <= most && seen <= after,
		    "expected %lu to %lu ns, and no more than %lu; got %lu",
		    before, most, after, seen);
	return seen;
}

/* Go on after a report: the guest writes to its structure. */
static void run_to_forge(struct kvm_vcpu *vcpu, u32 slot_flags)
{
	if (slot_flags & KVM_MEM_READONLY)
		run(vcpu, STOLEN_GPA);
	run(vcpu, EXIT_GPA);
}

static void test_errors(void)
{
	const u64 attr = KVM_ARM_VCPU_PVTIME_TOTAL;
	u64 most = MOST_NS, more = MOST_NS + 1;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(&vcpu, 0);

	expect(get_attr(vcpu, attr, &most), ENXIO, "get without address");
	expect(set_attr(vcpu, attr, &most), ENXIO, "set without address");
	set_structure(vcpu);
	set_total(vcpu, RESTORED_NS);
	expect(get_attr(vcpu, attr, NULL), EFAULT, "get to NULL");
	expect(set_attr(vcpu, attr, NULL), EFAULT, "set from NULL");
	expect(set_attr(vcpu, attr, &more), EINVAL, "set 2^63");
	TEST_ASSERT(get_total(vcpu) == RESTORED_NS, "an error changes it");
	set_total(vcpu, MOST_NS);
	kvm_vm_free(vm);
}

/* What this thread waits, outside of KVM_RUN as well, is in the total. */
static void test_wait(struct kvm_vcpu *vcpu)
{
	u64 total = get_total(vcpu);
	u64 delay = get_run_delay();

	wait_for_cpu();
	delay = get_run_delay() - delay;
	total = get_total(vcpu) - total;
	TEST_ASSERT(total >= delay, "the thread waits %lu ns; %lu are stolen",
		    delay, total);
}

/* Another thread runs the vCPU; what it has waited before does not count. */
static void *run_after_wait(void *vcpu)
{
	wait_for_cpu();
	run_to_report(vcpu);
	return NULL;
}

static void test_attribute(u32 slot_flags)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(&vcpu, slot_flags);
	pthread_t thread;
	u64 seen;

	/* The attribute stands, whatever is in memory, and has been waited. */
	set_structure(vcpu);
	*stolen_in_memory(vm) = 2 * RESTORED_NS;
	set_total(vcpu, RESTORED_NS);
	wait_for_cpu();
	TEST_ASSERT(get_total(vcpu) == RESTORED_NS,
		    "a wait before KVM_RUN counts");
	run_to_report(vcpu);
	test_wait(vcpu);

	/* What the guest writes is gone, or leaves to user space. */
	run_to_forge(vcpu, slot_flags);
	seen = run_to_report(vcpu);
	TEST_ASSERT(seen < 2 * RESTORED_NS, "the guest has forged %lu", seen);

	run_to_forge(vcpu, slot_flags);
	TEST_ASSERT(!pthread_create(&thread, NULL, run_after_wait, vcpu),
		    "thread");
	pthread_join(thread, NULL);

	run_to_forge(vcpu, slot_flags);
	set_total(vcpu, 1);
	run_to_report(vcpu);

	/* A reset, which this function makes; and then PSCI CPU_ON. */
	aarch64_vcpu_setup(vcpu, NULL);
	TEST_ASSERT(get_total(vcpu) == 0, "a reset leaves the total");
	TEST_ASSERT(*stolen_in_memory(vm) == 0, "a reset leaves the structure");
	set_total(vcpu, RESTORED_NS);
	vcpu_set_reg(vcpu, ARM64_CORE_REG(regs.pc), (u64)guest_code);
	run_to_report(vcpu);
	kvm_vm_free(vm);
}

/* The first KVM_RUN adopts what is in memory, and no later one does. */
static void test_memory(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(&vcpu, 0);
	u64 seen;

	set_structure(vcpu);
	*stolen_in_memory(vm) = RESTORED_NS;
	seen = run(vcpu, EXIT_GPA);
	TEST_ASSERT(seen >= RESTORED_NS && seen < 2 * RESTORED_NS,
		    "restored %lu ns; the guest sees %lu", RESTORED_NS, seen);
	run_to_forge(vcpu, 0);
	*stolen_in_memory(vm) = 2 * RESTORED_NS;
	seen = run_to_report(vcpu);
	TEST_ASSERT(seen < 2 * RESTORED_NS, "adopted again: %lu ns", seen);
	kvm_vm_free(vm);
}

int main(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create(&vcpu, 0);
	cpu_set_t cpu;

	TEST_REQUIRE(!has_attr(vcpu, KVM_ARM_VCPU_PVTIME_IPA));
	TEST_REQUIRE(!has_attr(vcpu, KVM_ARM_VCPU_PVTIME_TOTAL));
	kvm_vm_free(vm);

	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	TEST_ASSERT(!sched_setaffinity(0, sizeof(cpu), &cpu), "affinity");

	test_errors();
	test_attribute(0);
	test_attribute(KVM_MEM_READONLY);
	test_memory();
	return 0;
}
