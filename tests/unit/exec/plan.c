/* SPDX-License-Identifier: BSD-2-Clause */
/* tools/exec/plan.c, maps.c: where the structures go, given what is known of a VM. */
#include <string.h>
#include <pvtime/abi.h>
#include "tests/tap.h"
#include "tools/exec/plan.h"

#define SLOTS 32767

/* A VM with RAM at 1 GiB, 36 bits of addresses, and vCPUs 0 and 1; another VM has a vCPU 2000. */
static struct exec_slot slots[4] = {{0, {0x40000000, 0x40000000}, 0x1000}};
static struct exec_vm vms[2] = {{.ipa_bits = 36, .slots = slots, .slot_count = 1},
				{.ipa_bits = 40}};
static struct exec_vcpu vcpus[3] = {{.vm = 0, .id = 1}, {.vm = 0, .id = 0}, {.vm = 1, .id = 2000}};
static const struct exec_kvm kvm = {.vms = vms, .vcpus = vcpus, .vm_count = 2, .vcpu_count = 3};

static struct exec_known known(void)
{
	slots[0] = (struct exec_slot){0, {0x40000000, 0x40000000}, 0x1000};
	vms[0].slot_count = 1;
	vcpus[0].id = 1;
	return (struct exec_known){.kvm = &kvm, .vm = 0, .slots = SLOTS};
}

static bool placed(const struct exec_known *k, struct exec_plan *plan, uint64_t base)
{
	return exec_plan(k, plan) == EXEC_PLACED &&
	       tap_is_u64(plan->region.base, base, "the region is at the expected IPA") &&
	       plan->region.size == PVTIME_GRANULE;
}

static bool refused(const struct exec_known *k, const char *why)
{
	struct exec_plan plan;

	if (exec_plan(k, &plan) == EXEC_UNPLACED && strstr(plan.how, why) != NULL)
		return true;
	tap_print("# %s\n", plan.how);
	return false;
}

static void test_asked(void)
{
	struct exec_known k = known();
	const struct pvtime_range device = {0x9000000, 0x1000};
	struct exec_plan plan;

	k.ipa_given = true;
	k.ipa = 0x9000000;
	tap_ok(placed(&k, &plan, 0x9000000) && !plan.found, "the IPA that the user gives is used");
	k.named = &device;
	k.named_count = 1;
	k.fdt = true;
	tap_ok(refused(&k, "0x9000000 is taken by"),
	       "an IPA where the FDT has a device is refused");
	k.ipa = 0x7fff0000;
	tap_ok(refused(&k, "is taken by"), "an IPA in RAM is refused");
	k.ipa = 0x80000000;
	tap_ok(placed(&k, &plan, 0x80000000), "an IPA directly behind the RAM is accepted");
	k.ipa = 0x1000000000;
	tap_ok(refused(&k, "beyond the VM's address space"),
	       "an IPA beyond the VM's address space is refused");
	k.ipa = 0xfffff0000;
	tap_ok(placed(&k, &plan, 0xfffff0000),
	       "an IPA in the last granule of the address space is accepted");
	k.ipa = 0x9001000;
	tap_ok(refused(&k, "not a multiple of 64 KiB"), "an IPA inside a granule is refused");
	k.map = exec_map_of("/usr/bin/qemu-system-aarch64");
	k.ipa = 0x8000000;
	tap_ok(placed(&k, &plan, 0x8000000),
	       "an IPA that the user gives is used before the VMM's own place");
}

static void test_map(void)
{
	struct exec_known k = known();
	const struct pvtime_range device = {0x90a0000, 0x1000};
	struct exec_plan plan;

	k.map = exec_map_of("/usr/bin/qemu-system-aarch64");
	tap_ok(placed(&k, &plan, 0x90a0000) && strstr(plan.how, "QEMU virt") != NULL && !plan.found,
	       "a VM of QEMU has the region at QEMU's own place");
	slots[0].range.base = 0x50000000;
	tap_ok(exec_plan(&k, &plan) == EXEC_UNKNOWN && strstr(plan.how, "--ipa ADDR") != NULL,
	       "QEMU with RAM at another place: the plan asks for --ipa");
	k = known();
	k.map = exec_map_of("qemu-kvm");
	k.fdt = true;
	k.named = &device;
	k.named_count = 1;
	tap_ok(placed(&k, &plan, 0x10000) && plan.found,
	       "a free granule is found if QEMU's own place is taken");
	tap_ok(exec_map_of("/opt/crosvm")->place == 0x1ff0000, "the map of crosvm is known");
	tap_ok(exec_map_of("/x/firecracker-v1.7.0-aarch64")->place == 0x90a0000,
	       "the map of Firecracker is known");
	tap_ok(exec_map_of("cloud-hypervisor-static-aarch64")->place == 0x90a0000,
	       "the map of Cloud Hypervisor is known");
	tap_ok(exec_map_of("/usr/lib64/libkrun.so.1.9.5")->place == 0x7000000,
	       "the map of libkrun is known");
	tap_ok(exec_map_of("/usr/bin/qemu-system-x86_64") == NULL &&
		       exec_map_of("/crosvm/vmm") == NULL && exec_map_of("") == NULL,
	       "other commands have no known memory map");
}

static void test_found(void)
{
	struct exec_known k = known();
	const struct pvtime_range devices[] = {
		{0x20000, 0x10}, {0x10000, 0x1000}, {0x3ffff, 2}, {0, 0x100}};
	struct exec_plan plan;

	tap_ok(exec_plan(&k, &plan) == EXEC_UNKNOWN,
	       "without an FDT or a known VMM there is no place");
	k.fdt = true;
	tap_ok(placed(&k, &plan, 0x10000), "the granule at IPA 0 is never chosen");
	k.named = devices;
	k.named_count = 4;
	tap_ok(placed(&k, &plan, 0x50000) && plan.found,
	       "the first granule that overlaps no device is chosen");
	slots[1] = (struct exec_slot){1, {0x50000, 0x3f000000}, 0x1000};
	vms[0].slot_count = 2;
	tap_ok(placed(&k, &plan, 0x3f050000),
	       "a granule that overlaps a memory slot is not chosen");
	slots[1].range = (struct pvtime_range){0, UINT64_MAX};
	tap_ok(refused(&k, "no 64 KiB are free"), "the plan is refused if no granule is free");
}

static void test_slot(void)
{
	struct exec_known k = known();
	struct exec_plan plan;

	k.ipa_given = true;
	k.ipa = 0x9000000;
	exec_plan(&k, &plan);
	tap_is_u64(plan.slot, SLOTS - 1, "the highest memory slot is used");
	slots[1] = (struct exec_slot){SLOTS - 1, {0x10000, 0x1000}, 0x1000};
	slots[2] = (struct exec_slot){SLOTS - 2, {0x20000, 0x1000}, 0x1000};
	vms[0].slot_count = 3;
	exec_plan(&k, &plan);
	tap_is_u64(plan.slot, SLOTS - 3,
		   "the highest free memory slot is used if higher ones are taken");
	k.slots = 1;
	tap_ok(refused(&k, "all 1 memory slots are used"),
	       "the plan is refused if every memory slot is used");
}

static void test_vcpus(void)
{
	struct exec_known k = known();
	struct exec_plan plan;

	k.ipa_given = true;
	k.ipa = 0x9000000;
	vcpus[0].id = 1023;
	tap_ok(placed(&k, &plan, 0x9000000),
	       "a vCPU ID of 1023 is the last that fits into one granule");
	vcpus[0].id = 1024;
	tap_ok(exec_plan(&k, &plan) == EXEC_PLACED && plan.region.size == 2 * PVTIME_GRANULE,
	       "a vCPU ID of 1024 takes two granules");
}

int main(void)
{
	test_asked();
	test_map();
	test_found();
	test_slot();
	test_vcpus();
	return tap_done();
}
