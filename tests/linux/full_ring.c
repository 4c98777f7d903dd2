/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dirty ring that nobody empties, on a KVM with ports/linux:
 *
 *	full_ring
 *
 * A vCPU whose ring is full is reset again and again. In between, it waits outside KVM_RUN, and
 * another vCPU's rounds store in its structure: so each reset has something to zero. No entry may
 * be lost. The kernel's own report of a ring that overflows is a failed test (tests/kvm/Host.pm).
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/linux/vmm.h"
#include "tests/tap.h"

enum { FULL, ROUNDS };
enum { PAGE = VMM_PAGE, PAGES = 3, RING_SIZE = 4096, TURNS = 3 };
#define ENTRIES (RING_SIZE / sizeof(struct kvm_dirty_gfn))
#define MARKED	(VM_STOLEN + 2 * PAGE)

static struct vm vm;
static uint8_t *memory;
static struct kvm_dirty_gfn *ring; /* of the vCPU FULL */
static atomic_bool stop, running, hogging;

static void enable_ring(struct vm *v)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL, .args = {RING_SIZE}};

	if (ioctl(v->fd, KVM_ENABLE_CAP, &cap) != 0)
		bail_out("the dirty ring");
}

static void create(void)
{
	vm_create_prepared(&vm, enable_ring);
	memory = vm_logged_memory(&vm, PAGES);
	for (unsigned i = 0; i < VM_VCPUS; i++)
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * PAGE) != 0)
			bail_out("an address");
	ring = vcpu_ring(&vm.vcpus[FULL], RING_SIZE);
}

static unsigned marks_of(uint64_t page)
{
	unsigned marks = 0;

	for (unsigned i = 0; i < ENTRIES; i++)
		marks += (ring[i].flags & KVM_DIRTY_GFN_F_DIRTY) && ring[i].offset == page;
	return marks;
}

static void run(unsigned vcpu)
{
	if (ioctl(vm.vcpus[vcpu].fd, KVM_RUN, NULL) < 0 && errno != EINTR)
		bail_out("KVM_RUN");
}

static void reset(void)
{
	if (!vcpu_reset(&vm, &vm.vcpus[FULL]))
		bail_out("KVM_ARM_VCPU_INIT");
}

/*
 * Another vCPU, which makes the rounds. It leaves KVM_RUN after each piece of work, until its own
 * ring is full: so that is emptied.
 */
static void *runner(void *unused)
{
	be_on(1, 1);
	vcpu_enter_at(&vm.vcpus[ROUNDS], guest_work);
	struct kvm_dirty_gfn *own = vcpu_ring(&vm.vcpus[ROUNDS], RING_SIZE);

	for (unsigned next = 0; !atomic_load(&stop); atomic_store(&running, true)) {
		run(ROUNDS);
		for (; own[next % ENTRIES].flags & KVM_DIRTY_GFN_F_DIRTY; next++)
			own[next % ENTRIES].flags = KVM_DIRTY_GFN_F_RESET;
		if (ioctl(vm.fd, KVM_RESET_DIRTY_RINGS, NULL) < 0)
			bail_out("KVM_RESET_DIRTY_RINGS");
	}
	return unused;
}

static uint64_t counter_ns(void)
{
	return __atomic_load_n((uint64_t *)(void *)(memory + sizeof(uint64_t)), __ATOMIC_ACQUIRE);
}

/* Take the first CPU until a round has stored another number. */
static void *hog(void *unused)
{
	uint64_t before = counter_ns();

	be_on(0, 2);
	atomic_store(&hogging, true);
	while (counter_ns() == before)
		;
	return unused;
}

/* Wait for the CPU, outside KVM_RUN: the last nap ends while the other thread has it. */
static void wait_for_round(void)
{
	pthread_t thread;

	atomic_store(&hogging, false);
	thread = start(hog);
	while (!atomic_load(&hogging))
		nap(1);
	pthread_join(thread, NULL);
}

int main(void)
{
	pthread_t thread;

	create();
	be_on(0, 1);
	vcpu_enter_with(&vm.vcpus[FULL], guest_store, MARKED, 0x1234);
	for (unsigned i = 0; vm.vcpus[FULL].run->exit_reason != KVM_EXIT_DIRTY_RING_FULL; i++) {
		if (i > 10 * ENTRIES)
			bail_out("the ring does not get full");
		run(FULL);
	}
	/* KVM_RUN ends because of the ring. KVM stores on, until the last entry but one. */
	for (unsigned i = 0; i < ENTRIES; i++)
		run(FULL);
	tap_ok(marks_of(2) == 1, "the ring has the page in which the guest has stored");
	thread = start(runner);
	while (!atomic_load(&running))
		nap(1);
	for (unsigned i = 0; i < TURNS; i++) {
		reset();
		run(FULL);
		wait_for_round();
	}
	reset();
	tap_ok(true, "rounds have stored in the structure of the vCPU with a full ring %u times",
	       TURNS);
	tap_ok(marks_of(2) == 1, "the ring still has that page");
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	vm_destroy(&vm);
	munmap(memory, PAGES * PAGE);
	return tap_done();
}
