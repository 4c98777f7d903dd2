/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tools/exec/act.c and give.c, on a fake VMM: every step that is done to it, and each of these
 * steps failing. This file stands in for what is behind inject.h, process.h and report.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <pvtime/abi.h>
#include "libpvtime-kvm/uapi.h"
#include "tests/tap.h"
#include "tools/exec/act.h"
#include "tools/exec/inject.h"
#include "tools/exec/process.h"
#include "tools/report.h"

#define TID    77
#define VM_FD  10
#define VCPU   20	   /* the first vCPU's file */
#define AT     0x7f0000000 /* where the VMM's mmap puts things */
#define RAM    0x40000000
#define RAM_AT 0x7e0000000
#define IPA    0x50000000

enum { VCPUS = 3 };

/* The VMM, and its VM. */
static struct {
	uint8_t memory[4096]; /* the beginning of the mapping */
	bool mapped, slot, begun, ended;
	uint64_t address[VCPUS];
	unsigned steps, fail_at; /* steps are counted from 1; fail_at 0: none fails */
	int error;		 /* of that step */
	bool gone;		 /* the thread has ended */
	bool changed;		 /* the thread made another call than the one that was injected */
	unsigned after;		 /* how many calls were injected after that */
	char said[256];
	unsigned messages;
} vmm;

void report(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(vmm.said, sizeof(vmm.said), format, args);
	va_end(args);
	vmm.messages++;
}

/* Counts a step that can fail; returns whether it does. */
static bool fails(void)
{
	if (++vmm.steps != vmm.fail_at)
		return false;
	vmm.gone = vmm.error == ESRCH;
	return true;
}

bool process_file_is(pid_t tid, int fd, const char *name)
{
	return tid == TID &&
	       strcmp(name, fd == VM_FD ? "anon_inode:kvm-vm" : "anon_inode:kvm-vcpu") == 0;
}

const struct exec_map *process_map(pid_t tid)
{
	(void)tid;
	return NULL;
}

bool process_read(pid_t tid, uint64_t address, void *to, size_t size)
{
	(void)tid;
	(void)address;
	memset(to, 0, size); /* no FDT */
	return true;
}

bool process_write(pid_t tid, uint64_t address, const void *from, size_t size)
{
	(void)tid;
	errno = vmm.error;
	if (fails() || !vmm.mapped || address < AT || address + size > AT + sizeof(vmm.memory))
		return false;
	memcpy(vmm.memory + (address - AT), from, size);
	return true;
}

#define WAITED 1234u

bool process_waited(pid_t tid, uint64_t *ns)
{
	*ns = WAITED;
	return tid == TID;
}

int inject_begin(struct inject *in, pid_t tid, bool filtered)
{
	(void)filtered;
	in->tid = tid;
	if (fails())
		return -vmm.error;
	vmm.begun = true;
	return 0;
}

static int64_t set_slot(const struct kvm_userspace_memory_region *region)
{
	vmm.slot = region->memory_size != 0;
	return region->slot == 508 && region->guest_phys_addr == IPA &&
			       region->userspace_addr == AT && region->flags == 0 &&
			       (!vmm.slot || region->memory_size == PVTIME_GRANULE)
		       ? 0
		       : -EINVAL;
}

static int64_t set_address(uint64_t fd, const struct kvm_device_attr *attr)
{
	if (fd < VCPU || fd >= VCPU + VCPUS || attr->group != KVM_ARM_VCPU_PVTIME_CTRL ||
	    attr->attr != KVM_ARM_VCPU_PVTIME_IPA || attr->addr < AT || !vmm.slot)
		return -ENXIO;
	memcpy(&vmm.address[fd - VCPU], vmm.memory + (attr->addr - AT), sizeof(uint64_t));
	return 0;
}

static int64_t make_call(uint64_t number, const uint64_t args[6])
{
	union {
		struct kvm_userspace_memory_region region;
		struct kvm_device_attr attr;
	} argument;

	memcpy(&argument, vmm.memory, sizeof(argument));
	if (number == __NR_mmap) {
		vmm.mapped = args[1] == PVTIME_GRANULE;
		memset(vmm.memory, 0, sizeof(vmm.memory));
		return AT;
	}
	if (number == __NR_munmap) {
		vmm.mapped = false;
		return args[0] == AT && args[1] == PVTIME_GRANULE ? 0 : -EINVAL;
	}
	if (number != __NR_ioctl || args[2] != AT)
		return -ENOSYS;
	if ((uint32_t)args[1] == (uint32_t)KVM_SET_USER_MEMORY_REGION && args[0] == VM_FD)
		return set_slot(&argument.region);
	if ((uint32_t)args[1] == (uint32_t)KVM_SET_DEVICE_ATTR)
		return set_address(args[0], &argument.attr);
	return -ENOTTY;
}

int inject_call(struct inject *in, uint64_t number, const uint64_t args[6], int64_t *result)
{
	(void)in;
	if (vmm.gone)
		return -ESRCH;
	vmm.after += vmm.changed;
	if (fails()) {
		*result = -vmm.error;
		vmm.changed = vmm.error == EPROTO;
		return vmm.gone ? -ESRCH : vmm.changed ? -EPROTO : 0;
	}
	*result = make_call(number, args);
	return 0;
}

int inject_end(struct inject *in)
{
	(void)in;
	vmm.ended = !vmm.gone;
	return vmm.gone ? -ESRCH : 0;
}

/* vCPU 0 is neither the first that was made, nor the last. */
static struct exec_slot slots[] = {{0, {RAM, 0x1000000}, RAM_AT}};
static struct exec_vm vms[] = {{.ipa_bits = 40, .slots = slots, .slot_count = 1}};
static struct exec_vcpu vcpus[VCPUS] = {{.id = 2}, {.id = 0}, {.id = 1}};
static struct exec_file files[] = {
	{VM_FD, false, 0}, {VCPU, true, 0}, {VCPU + 1, true, 1}, {VCPU + 2, true, 2}};
static struct exec_kvm kvm = {vms, vcpus, files, 1, VCPUS, 4};

/* Runs exec_act(), of which step `fail_at` fails with `error`. */
static bool act(struct exec_options options, unsigned fail_at, int error)
{
	const struct exec_job job = {.options = &options, .slots = 509};

	memset(&vmm, 0, sizeof(vmm));
	vmm.fail_at = fail_at;
	vmm.error = error;
	return exec_act(&job, TID, &kvm, 0);
}

static const struct exec_options given = {.ipa_given = true, .ipa = IPA};

static unsigned addresses(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < VCPUS; i++)
		n += vmm.address[i] == IPA + 64 * vcpus[i].id;
	return n;
}

static bool is_clear(void)
{
	static const uint8_t zero[sizeof(vmm.memory)];

	return memcmp(vmm.memory, zero, sizeof(zero)) == 0;
}

static unsigned test_all(void)
{
	struct exec_options verbose = given;

	tap_ok(act(given, 0, 0) && vmm.begun && vmm.ended,
	       "exec_act() begins and ends its calls in the VMM");
	tap_ok(addresses() == VCPUS, "each vCPU has the address of its ID");
	tap_ok(vmm.mapped && vmm.slot && is_clear(),
	       "the VMM has the memory and its slot, and the memory is zero");
	tap_is_u64(vmm.messages, 0, "without --verbose nothing is printed");
	verbose.verbose = true;
	tap_ok(act(verbose, 0, 0) && vmm.messages == 1 &&
		       strstr(vmm.said, "gives stolen time to 3 vCPUs at IPA 0x50000000") != NULL,
	       "--verbose prints the number of vCPUs and the IPA");
	verbose.dry_run = true;
	tap_ok(act(verbose, 0, 0) && !vmm.mapped && !vmm.slot && addresses() == 0 && vmm.ended &&
		       strstr(vmm.said, "would give") != NULL,
	       "a dry run does nothing");
	act(given, 0, 0);
	return vmm.steps;
}

/*
 * Whether the guest is left in order. It asks vCPU 0 whether there is stolen time, and Linux does
 * not bring up a CPU that then has none.
 */
static bool is_whole(void)
{
	if (vmm.address[1] != 0 && addresses() != VCPUS)
		return false;
	if (addresses() != 0 && !(vmm.slot && vmm.mapped))
		return false;
	if (addresses() == 0 && (vmm.slot || vmm.mapped))
		return false;
	return vmm.ended == vmm.begun && vmm.messages >= 1;
}

static void test_failures(unsigned steps)
{
	unsigned broken = 0, none = 0, quiet = 0;

	for (unsigned k = 1; k <= steps; k++) {
		quiet += !act(given, k, ESRCH) || vmm.messages == 0;
		if (!act(given, k, ENOMEM) || !is_whole()) {
			tap_print("# step %u: %u addresses, slot %d, mapped %d, said '%s'\n", k,
				  addresses(), vmm.slot, vmm.mapped, vmm.said);
			broken++;
		}
		none += addresses() == 0;
	}
	tap_is_u64(
		broken, 0,
		"after a failure of any of %u steps, either all vCPUs have an address, or vCPU 0 has none",
		steps);
	tap_ok(none >= 4, "steps up to the first address fail without an address left behind");
	tap_is_u64(quiet, 0, "exec_act() ends with a message if the thread ends meanwhile");
	act(given, 1, EPERM);
	tap_ok(strstr(vmm.said, "CAP_SYS_ADMIN") != NULL && !vmm.ended,
	       "a confined VMM is left alone, with a message");
}

static void test_changed(unsigned steps)
{
	unsigned calls = 0, more = 0, untold = 0;

	for (unsigned k = 1; k <= steps; k++) {
		act(given, k, EPROTO);
		calls += vmm.changed;
		more += vmm.after != 0;
		untold += vmm.changed && strstr(vmm.said, "left alone") == NULL;
	}
	tap_is_u64(calls, 2 + VCPUS,
		   "the calls that a VMM may change are mmap, the slot and each address");
	tap_is_u64(more, 0, "a VMM that changes a call gets no other call");
	tap_is_u64(untold, 0, "a message says that a VMM changes a call");
}

static void test_alone(void)
{
	act(given, 0, 0);
	vcpus[2].given = true;
	tap_ok(act(given, 0, 0) && !vmm.begun && strstr(vmm.said, "itself") != NULL,
	       "a VMM that gives stolen time itself is left alone");
	vcpus[2].given = false;
	vms[0].denied = true;
	tap_ok(act(given, 0, 0) && !vmm.begun && strstr(vmm.said, "changes nothing") != NULL,
	       "a VMM that denies its guest stolen time is left alone");
	vms[0].denied = false;
	files[0].fd = 99;
	tap_ok(act(given, 0, 0) && !vmm.begun && vmm.messages == 1,
	       "a VMM whose descriptors are no longer the recorded files is left alone");
	files[0].fd = VM_FD;
}

static void test_wait(void)
{
	struct exec_options options = {.ipa_given = false};

	tap_ok(act(options, 0, 0) && !vmm.begun && strstr(vmm.said, "--ipa ADDR") != NULL,
	       "exec_act() asks for --ipa if there is no FDT");
	vcpus[0].off = true;
	tap_ok(!act(options, 0, 0) && vmm.messages == 0, "a vCPU that is off waits for vCPU 0");
	vcpus[1].id = 3;
	tap_ok(act(options, 0, 0) && vmm.messages == 1,
	       "a vCPU that is off does not wait in a VM without vCPU 0");
	vcpus[1].id = 0;
	vcpus[0].off = false;
}

static uint64_t number(uint32_t id)
{
	uint64_t ns;

	memcpy(&ns, vmm.memory + PVTIME_STRUCT_SIZE * id + 8, sizeof(ns));
	return ns;
}

/* A guest that was restored: its numbers continue. */
static void test_numbers(void)
{
	const struct exec_options two = {
		.ipa_given = true, .ipa = IPA, .stolen = {7000, 8000}, .stolen_count = 2};
	const struct exec_options three = {
		.ipa_given = true, .ipa = IPA, .stolen = {7000, 1000, 9000}, .stolen_count = 3};
	const struct exec_job job = {.options = &three, .slots = 509};

	vcpus[1].ran = true;
	tap_ok(act(given, 0, 0) && vmm.messages == 1 && strstr(vmm.said, "--stolen NS") != NULL &&
		       addresses() == VCPUS,
	       "a guest that has run before gets stolen time, and a message says that its numbers go back");
	tap_ok(act(two, 0, 0) && !vmm.begun &&
		       strstr(vmm.said, "--stolen has 2 numbers, and the VM a vCPU 2") != NULL,
	       "--stolen with too few numbers: nothing is done");
	tap_ok(act(three, 0, 0) && vmm.messages == 0 && addresses() == VCPUS,
	       "--stolen with a number for each vCPU: there is no message");
	for (size_t i = 0; i < VCPUS; i++)
		vcpus[i].begun = false;
	exec_begin(&job, TID, &kvm, 0);
	tap_ok(number(2) == 9000 - WAITED && number(0) == 0 && vcpus[0].begun,
	       "a vCPU that begins gets its ID's number, less what KVM will add");
	exec_begin(&job, TID, &kvm, 2);
	tap_is_u64(number(1) + WAITED, 1000, "what KVM will add may be more than the number");
	vmm.memory[8] = 1;
	vcpus[1].begun = true;
	exec_begin(&job, TID, &kvm, 1);
	tap_is_u64(number(0), 1, "a vCPU that has begun is left alone");
	vcpus[1].ran = false;
}

int main(void)
{
	unsigned steps = test_all();

	test_failures(steps);
	test_changed(steps);
	test_alone();
	test_wait();
	test_numbers();
	return tap_done();
}
