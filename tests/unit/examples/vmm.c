/* SPDX-License-Identifier: BSD-2-Clause */
/* examples/vmm.c on the fake KVM: a VM's life, save and restore. */
#include <errno.h>
#include <stdlib.h>
#include "examples/vmm.h"
#include "tests/tap.h"
#include "tests/unit/libpvtime-kvm/fake.h"

static const struct pvtime_range used[] = {{0, 0x090a0000}, {0x40000000, 0x10000000}};

static struct vm vm_new(unsigned int v)
{
	struct vm vm = {.fd = FAKE_VM(v), .vcpus = 2};

	for (unsigned int i = 0; i < VMM_VCPUS; i++)
		vm.vcpu_fd[i] = FAKE_VCPU(v, i);
	return vm;
}

static struct vm vm_with(unsigned int v)
{
	struct vm vm = vm_new(v);

	tap_is_i64(stolen_create(&vm, used, 2), 0, "the VM gets a region");
	for (uint32_t i = 0; i < vm.vcpus; i++)
		tap_is_i64(stolen_vcpu(&vm, i), 0, "vCPU %u gets its address", i);
	return vm;
}

static uint64_t stolen_ns(const struct vm *vm, uint32_t index)
{
	uint64_t ns = UINT64_MAX;

	pvtime_kvm_vcpu_stolen_ns(vm->stolen, index, &ns);
	return ns;
}

static void test_life(void)
{
	struct vm vm;

	fake_start();
	fake.run_delay = 0;
	vm = vm_with(0);
	tap_is_u64(fake.vms[0].vcpus[1].ipa, 0x090a0040,
		   "the address of vCPU 1 is beside RAM and devices");
	fake_run(0, 1, 5000);
	tap_is_u64(stolen_ns(&vm, 1), 5000, "the structure has what KVM counted");
	stolen_reset(&vm);
	tap_is_u64(stolen_ns(&vm, 1), 0, "a reset of the VM zeroes the structure");
	tap_is_i64(stolen_destroy(&vm), 0, "stolen_destroy() succeeds");
	tap_ok(!fake_leak(), "a VM that has ended leaves nothing behind");
}

static void test_without(void)
{
	struct vm vm = vm_new(0);

	fake_start();
	fake.no_stolen_time = true;
	tap_is_i64(stolen_create(&vm, used, 2), 0, "a kernel without stolen time is not an error");
	tap_is_i64(stolen_vcpu(&vm, 0), 0,
		   "stolen_vcpu() succeeds on a kernel without stolen time");
	stolen_reset(&vm);
	tap_is_i64(stolen_destroy(&vm), 0, "a VM without stolen time ends");
	fake_start();
	tap_is_i64(stolen_deny(&vm), 0, "a VM is denied stolen time");
	tap_is_u64(fake.vms[0].bitmap & 1, 0,
		   "KVM's bitmap of a VM that was denied stolen time does not have it");
	fake.no_bitmap = true;
	tap_is_i64(stolen_deny(&vm), 0, "a kernel without the bitmap is not an error for a denial");
}

static void test_restore(void)
{
	const struct pvtime_range device = {0x090a8000, 0x1000};
	struct vm from, to = vm_new(1);
	uint64_t saved;
	size_t size;
	void *blob;

	fake_start();
	from = vm_with(0);
	fake_run(0, 0, 7000);
	fake.run_delay += 300; /* the thread waits once more, and the vCPU does not run again */
	tap_is_i64(stolen_save_vcpu(&from, 0), 0, "KVM publishes before the save");
	saved = stolen_ns(&from, 0);
	size = pvtime_kvm_snapshot_size(from.stolen);
	blob = malloc(size);
	tap_is_i64(stolen_save(&from, blob, size), 0, "the VM is saved");
	tap_is_i64(stolen_destroy(&from), 0, "the saved VM ends");

	fake.run_delay = 1000000000; /* what the new thread has waited before */
	fake.wake_ns = 0;	     /* it is the thread of both vCPUs */
	tap_is_i64(stolen_restore(&to, blob, size, &device, 1), -EBUSY,
		   "a snapshot whose region is at a device is not restored");
	tap_ok(!to.stolen && !fake_leak(), "a snapshot that is not restored leaves nothing behind");
	tap_is_i64(stolen_restore(&to, blob, size, used, 2), 0,
		   "another VM is restored from the snapshot");
	tap_is_u64(fake.vms[1].vcpus[1].ipa, 0x090a0040,
		   "a restored vCPU has the address that it had");
	for (uint32_t i = 0; i < to.vcpus; i++)
		tap_is_i64(stolen_restore_vcpu(&to, i), 0,
			   "vCPU %u is taken over by its new thread", i);
	tap_is_u64(stolen_ns(&to, 0), saved, "a restored vCPU has the saved counter");
	fake_run(1, 0, 40);
	tap_is_u64(stolen_ns(&to, 0) - saved, 40,
		   "only what the new thread waits from now on is added");
	free(blob);
	tap_is_i64(stolen_destroy(&to), 0, "the restored VM ends");
	tap_ok(!fake_leak(), "two VMs that have ended leave nothing behind");
}

int main(void)
{
	test_life();
	test_without();
	test_restore();
	return tap_done();
}
