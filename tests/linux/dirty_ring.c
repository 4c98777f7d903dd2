/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dirty ring, on a KVM with ports/linux:
 *
 *	dirty_ring SECONDS [bitmap]
 *
 * Two vCPUs whose structures are in two pages. The first one waits for seconds, because a thread of
 * a higher priority has its CPU; the second one runs, and makes the rounds that refresh the first
 * one's structure. Meanwhile the main thread copies the pages that the rings name, as a VMM does
 * that migrates the VM. Whenever nothing can be stored, the copy must be the memory. A ring has
 * room for few entries, so that vCPUs are also stopped by a full one.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "conformance/user/user.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/linux/vmm.h"
#include "tests/tap.h"

/* Linux 6.1 has the ring, but not on arm64, where it lacks these two. */
#ifndef KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP
#define KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP 225
#endif

enum { WAITS, RUNS };
enum {
	SLOT = VMM_SLOT,
	PAGE = VMM_PAGE,
	PAGES = 2,
	RING_SIZE = 4096,
	BURST_MS = 1500,
	STEP_MS = 20
};

static struct vm vm;
static bool with_bitmap;
static struct kvm_dirty_gfn *rings[VM_VCPUS];
static uint32_t next[VM_VCPUS]; /* the entry of each ring to look at */
static uint8_t *memory, copy[PAGES * PAGE];
static unsigned marks[VM_VCPUS][PAGES], strange, bitmaps;
static atomic_bool stop, hogging, pause_runner, paused;
static atomic_uint full;

static void enable(uint32_t capability, uint64_t size)
{
	struct kvm_enable_cap cap = {.cap = capability, .args = {size}};

	if (ioctl(vm.fd, KVM_ENABLE_CAP, &cap) != 0)
		bail_out("the dirty ring, capability %" PRIu32, capability);
}

static void enable_ring(struct vm *v)
{
	(void)v;
	enable(KVM_CAP_DIRTY_LOG_RING_ACQ_REL, RING_SIZE);
	if (with_bitmap)
		enable(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0);
}

static void create(void)
{
	vm_create_prepared(&vm, enable_ring);
	memory = vm_logged_memory(&vm, PAGES);
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		rings[i] = vcpu_ring(&vm.vcpus[i], RING_SIZE);
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * PAGE) != 0)
			bail_out("an address");
		vcpu_enter_at(&vm.vcpus[i], guest_work);
	}
}

/*
 * A full ring ends KVM_RUN. It is then called again and again, also before the ring is emptied: no
 * publish may make the ring overflow.
 */
static void run(struct vcpu *vcpu)
{
	if (ioctl(vcpu->fd, KVM_RUN, NULL) < 0 && errno != EINTR)
		bail_out("KVM_RUN");
	if (vcpu->run->exit_reason != KVM_EXIT_DIRTY_RING_FULL)
		return;
	atomic_fetch_add(&full, 1);
	nap(1);
}

static void *waiter(void *unused)
{
	be_on(0, 1);
	while (!atomic_load(&stop))
		run(&vm.vcpus[WAITS]);
	return unused;
}

static void *runner(void *unused)
{
	be_on(1, 0);
	while (!atomic_load(&stop)) {
		atomic_store(&paused, atomic_load(&pause_runner));
		if (atomic_load(&paused))
			nap(1);
		else
			run(&vm.vcpus[RUNS]);
	}
	return unused;
}

/* Take the CPU of the first vCPU for seconds, again and again. */
static void *hog(void *unused)
{
	be_on(0, 2);
	while (!atomic_load(&stop)) {
		uint64_t end = now_ms() + BURST_MS;

		atomic_store(&hogging, true);
		while (now_ms() < end && !atomic_load(&stop))
			;
		atomic_store(&hogging, false);
		nap(100);
	}
	return unused;
}

/* Take what a ring names, and give the entries back. Returns the pages, a bit for each. */
static uint64_t take_ring(unsigned index)
{
	uint64_t pages = 0;

	for (;; next[index]++) {
		struct kvm_dirty_gfn *gfn =
			&rings[index][next[index] % (RING_SIZE / sizeof(struct kvm_dirty_gfn))];

		if (!(__atomic_load_n(&gfn->flags, __ATOMIC_ACQUIRE) & KVM_DIRTY_GFN_F_DIRTY))
			return pages;
		if (gfn->slot == SLOT && gfn->offset < PAGES) {
			marks[index][gfn->offset]++;
			pages |= 1u << gfn->offset;
		} else {
			strange++;
		}
		__atomic_store_n(&gfn->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	}
}

static uint64_t take_bitmap(void)
{
	uint64_t pages = 0;
	struct kvm_dirty_log log = {.slot = SLOT, .dirty_bitmap = &pages};

	if (ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log) != 0)
		bail_out("the bitmap");
	bitmaps++;
	return pages;
}

/* As a VMM does: first the log, then the pages that it names. */
static void collect(void)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < VM_VCPUS; i++)
		pages |= take_ring(i);
	if (ioctl(vm.fd, KVM_RESET_DIRTY_RINGS, NULL) < 0)
		bail_out("KVM_RESET_DIRTY_RINGS");
	if (with_bitmap)
		pages |= take_bitmap();
	for (unsigned i = 0; i < PAGES; i++)
		if (pages & 1u << i)
			memcpy(copy + i * PAGE, memory + i * PAGE, PAGE);
}

/* Whether the copy is the memory while the first vCPU waits and the second one has been stopped. */
static unsigned compared, differ;
static void compare(void)
{
	bool waits;

	atomic_store(&pause_runner, true);
	while (!atomic_load(&paused))
		nap(1);
	waits = atomic_load(&hogging);
	collect();
	int result = memcmp(copy, memory, sizeof(copy));
	if (waits && atomic_load(&hogging)) {
		compared++;
		differ += result != 0;
	}
	atomic_store(&pause_runner, false);
	while (atomic_load(&paused))
		nap(1);
}

int main(int argc, char **argv)
{
	void *(*const work[])(void *) = {waiter, runner, hog};
	pthread_t threads[3];

	if (argc != 2 && argc != 3)
		bail_out("usage: dirty_ring SECONDS [bitmap]");
	with_bitmap = argc == 3;
	create();
	be_on(1, 0);
	for (unsigned i = 0; i < 3; i++)
		threads[i] = start(work[i]);
	/* Every now and then, nobody empties the rings for longer. */
	unsigned turn = 0;
	for (uint64_t end = now_ms() + strtoull(argv[1], NULL, 10) * 1000; now_ms() < end; turn++) {
		nap(turn % 32 == 0 ? 900 : STEP_MS);
		if (turn % 4 == 0)
			compare();
		else
			collect();
	}
	atomic_store(&stop, true);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	collect();

	tap_ok(marks[WAITS][WAITS] > 0 && marks[RUNS][RUNS] > 0,
	       "each vCPU marks its own page in its own ring (%u and %u times)",
	       marks[WAITS][WAITS], marks[RUNS][RUNS]);
	tap_ok(marks[RUNS][WAITS] > turn / 8,
	       "the vCPU that runs marks the page of the one that waits (%u times)",
	       marks[RUNS][WAITS]);
	tap_ok(strange == 0, "the rings name no other page (%u do)", strange);
	tap_ok(full > 0, "rings were full (%u times)", full);
	tap_ok(compared > turn / 16 && differ == 0,
	       "the copy is the memory while a vCPU waits (%u of %u times it is not)", differ,
	       compared);
	tap_ok(memcmp(copy, memory, sizeof(copy)) == 0, "the last copy is the memory");
	tap_ok(!with_bitmap || bitmaps > 0, "the bitmap was read %u times", bitmaps);
	vm_destroy(&vm);
	munmap(memory, PAGES * PAGE);
	return tap_done();
}
