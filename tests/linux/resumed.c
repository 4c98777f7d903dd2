/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU that KVM pauses and resumes, on a KVM with ports/linux:
 *
 *	resumed
 *
 * A read of GICD_ISACTIVER by one vCPU pauses the others until it is done (kvm_arm_halt_guest and
 * kvm_arm_resume_guest). If another thread takes the CPU of a paused vCPU, the vCPU waits from its
 * resumption on. Nothing else tells KVM so, as the reading vCPU never leaves its CPU.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/tap.h"

enum { WAITS, READS };
/*
 * The emulated CPUs take turns, so the reader may itself wait for a moment. Without a refresh, the
 * number gets as old as this program looks. The suite's case R-34 asks for 100 ms.
 */
enum { LOOK_MS = 1000, OLD_MS = 500, QUIET_MS = 200 };

/* A vGICv3 is at these IPAs. */
#define GICD	       0x08000000u
#define GICR	       0x080a0000u
#define GICD_ISACTIVER (GICD + 0x304)

static struct vm vm;
static atomic_bool running, hogging;

static void set_gic(int gic, uint32_t group, uint64_t attribute, uint64_t value)
{
	struct kvm_device_attr attr = {
		.group = group, .attr = attribute, .addr = (uintptr_t)&value};

	if (ioctl(gic, KVM_SET_DEVICE_ATTR, &attr) != 0)
		bail_out("the GIC's attribute %u, %" PRIu64, group, attribute);
}

static void create(void)
{
	struct kvm_create_device gic = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	vm_create(&vm);
	vm_give_stolen(&vm);
	for (unsigned i = 0; i < VM_VCPUS; i++)
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * 64) != 0)
			bail_out("an address");
	if (ioctl(vm.fd, KVM_CREATE_DEVICE, &gic) != 0)
		bail_out("a vGICv3");
	set_gic((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, GICD);
	set_gic((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, GICR);
	set_gic((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
}

/* It never leaves KVM_RUN, which would start rounds. */
static void *waiter(void *unused)
{
	be_on(0, 1);
	vcpu_enter_with(&vm.vcpus[WAITS], guest_load, VM_CODE, 0);
	atomic_store(&running, true);
	vcpu_run(&vm.vcpus[WAITS]);
	return unused;
}

/* Of the waiter's priority: it gets the CPU only where the waiter sleeps, and then keeps it. */
static void *hog(void *unused)
{
	be_on(0, 1);
	atomic_store(&hogging, true);
	for (;;)
		;
	return unused;
}

static void *reader(void *unused)
{
	be_on(1, 1);
	vcpu_enter_with(&vm.vcpus[READS], guest_load, GICD_ISACTIVER, 0);
	vcpu_run(&vm.vcpus[READS]);
	return unused;
}

/* How old the waiting vCPU's number gets, in ms */
static uint64_t oldest_ms(void)
{
	uint64_t begin = now_ms(), changed = begin, now = begin, oldest = 0;
	uint64_t last = vm_stolen_ns(&vm), ns;

	while (now < begin + LOOK_MS) {
		nap(1);
		now = now_ms();
		ns = vm_stolen_ns(&vm);
		if (now - changed > oldest)
			oldest = now - changed;
		if (ns != last)
			changed = now;
		last = ns;
	}
	return oldest;
}

/* The threads end with the process. */
int main(void)
{
	uint64_t oldest;

	create();
	be_on(2, 2);
	start(waiter);
	while (!atomic_load(&running))
		nap(1);
	nap(QUIET_MS);
	start(hog);
	nap(QUIET_MS);
	tap_ok(!atomic_load(&hogging), "a vCPU that runs keeps its CPU");
	start(reader);
	while (!atomic_load(&hogging))
		nap(1);
	oldest = oldest_ms();
	tap_ok(oldest < OLD_MS,
	       "a vCPU that waits from its resumption on is refreshed (oldest number: %" PRIu64
	       " ms)",
	       oldest);
	return tap_done();
}
