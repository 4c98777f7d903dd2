/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM that takes the memory of structures away at bad moments, on a KVM with ports/linux:
 *
 *	memory_away
 *
 * Each case is one that broke an early version of the port, or nearly did. A page is away where
 * user space may not access it (mprotect), or where it is missing and user space is to bring it, as
 * in a migration by post-copy (userfaultfd).
 */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "conformance/user/delay.h"
#include "conformance/user/vm.h"
#include "libpvtime-kvm/uapi.h"
#include "tests/linux/turns.h"
#include "tests/tap.h"

enum { WAITS, RUNS };
enum { SLOT = 5, PAGE = 4096, SIZE = VM_VCPUS * PAGE, WAIT_MS = 1500, LOOK_MS = 600 };

#define MS	 UINT64_C(1000000)
#define RESTORED (7000 * MS)

static struct vm vm;
static uint8_t *memory; /* a page for each vCPU's structure */
static int faults = -1; /* of userfaultfd */
static atomic_bool stop, hogging;
static atomic_uint runs[VM_VCPUS]; /* of each vCPU */

/* Structures of this process, as pvtime_kvm_memory() gives no page to each vCPU. */
static void create(void)
{
	struct kvm_userspace_memory_region region = {
		.slot = SLOT, .guest_phys_addr = VM_STOLEN, .memory_size = SIZE};

	vm_create(&vm);
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	region.userspace_addr = (uintptr_t)memory;
	if (memory == MAP_FAILED || ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, &region) != 0)
		bail_out("a slot");
	for (unsigned i = 0; i < VM_VCPUS; i++) {
		if (vcpu_set_ipa(&vm.vcpus[i], VM_STOLEN + i * PAGE) != 0)
			bail_out("an address");
		vcpu_enter_at(&vm.vcpus[i], guest_work);
	}
}

static void destroy(void)
{
	if (faults >= 0)
		close(faults);
	faults = -1;
	vm_destroy(&vm);
	munmap(memory, SIZE);
}

static uint64_t *counter(unsigned vcpu)
{
	return (uint64_t *)(void *)(memory + vcpu * PAGE +
				    offsetof(struct pvtime_stolen, stolen_ns));
}

static uint64_t counter_ns(unsigned vcpu)
{
	return __atomic_load_n(counter(vcpu), __ATOMIC_ACQUIRE);
}

static uint64_t total_ns(void)
{
	uint64_t ns = 0;

	if (vcpu_get(&vm.vcpus[WAITS], KVM_ARM_VCPU_PVTIME_TOTAL, &ns) != 0)
		bail_out("KVM_ARM_VCPU_PVTIME_TOTAL");
	return ns;
}

static void allow(int access)
{
	if (mprotect(memory, SIZE, access) != 0)
		bail_out("mprotect");
}

static void reset(void)
{
	struct kvm_vcpu_init init = {.target = 0};

	if (ioctl(vm.fd, KVM_ARM_PREFERRED_TARGET, &init) != 0)
		bail_out("KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vm.vcpus[WAITS].fd, KVM_ARM_VCPU_INIT, &init) != 0)
		bail_out("KVM_ARM_VCPU_INIT");
	/* KVM must not complete a store from before that. */
	vm.vcpus[WAITS].run->exit_reason = KVM_EXIT_UNKNOWN;
	vcpu_enter_at(&vm.vcpus[WAITS], guest_work);
}

/* From here on, the page of the first structure is missing. */
static void lose_page(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.range = {(uintptr_t)memory, PAGE},
					.mode = UFFDIO_REGISTER_MODE_MISSING};

	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) != 0 ||
	    ioctl(faults, UFFDIO_REGISTER, &range) != 0 ||
	    madvise(memory, PAGE, MADV_DONTNEED) != 0)
		bail_out("userfaultfd");
}

/* Whether somebody needs the missing page within so many ms. */
static bool page_needed(int ms)
{
	struct pollfd p = {.fd = faults, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

/* Bring it, with this counter. */
static void bring_page(uint64_t ns)
{
	static _Alignas(PAGE) uint64_t page[PAGE / sizeof(uint64_t)];
	struct uffdio_copy copy = {.dst = (uintptr_t)memory, .src = (uintptr_t)page, .len = PAGE};

	page[1] = ns;
	if (ioctl(faults, UFFDIO_COPY, &copy) != 0)
		bail_out("UFFDIO_COPY");
}

static void *waiter(void *unused)
{
	be_on(0, 1);
	while (!atomic_load(&stop)) {
		vcpu_run(&vm.vcpus[WAITS]);
		atomic_fetch_add(&runs[WAITS], 1);
	}
	return unused;
}

static void *runner(void *unused)
{
	be_on(1, 0);
	while (!atomic_load(&stop)) {
		vcpu_run(&vm.vcpus[RUNS]);
		atomic_fetch_add(&runs[RUNS], 1);
	}
	return unused;
}

/* Take the first vCPU's CPU once. */
static void *hog(void *unused)
{
	be_on(0, 2);
	atomic_store(&hogging, true);
	for (uint64_t end = now_ms() + WAIT_MS; now_ms() < end;)
		;
	return unused;
}

static pthread_t start(void *(*work)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, NULL) != 0)
		bail_out("a thread");
	return thread;
}

/* A vCPU waits, and its page is missing. Another one makes the rounds, and must not wait for it. */
static void a_round_waits_for_no_page(void)
{
	pthread_t threads[3];
	uint64_t before;
	unsigned begin;

	create();
	be_on(1, 0);
	threads[0] = start(waiter);
	threads[1] = start(runner);
	while (atomic_load(&runs[WAITS]) == 0 || atomic_load(&runs[RUNS]) == 0)
		nap(1);
	threads[2] = start(hog);
	while (!atomic_load(&hogging) || counter_ns(WAITS) == 0)
		nap(1);
	before = counter_ns(WAITS);
	lose_page();
	tap_ok(!page_needed(LOOK_MS), "while a vCPU waits, nobody needs its missing page");
	begin = atomic_load(&runs[RUNS]);
	nap(100);
	tap_ok(atomic_load(&runs[RUNS]) > begin + 10, "the other vCPU runs on (%u runs in 100 ms)",
	       atomic_load(&runs[RUNS]) - begin);
	tap_ok(page_needed(60000), "the vCPU needs its page when it has its CPU");
	bring_page(0);
	while (counter_ns(WAITS) == 0)
		nap(1);
	tap_ok(counter_ns(WAITS) >= before + LOOK_MS * MS,
	       "what it has waited meanwhile is not lost (%" PRIu64 " ms)", counter_ns(WAITS) / MS);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	destroy();
}

/* The first reset cannot zero the structure. The second one must not forget that. */
static void two_resets_without_memory(void)
{
	uint64_t ns = RESTORED;

	create();
	if (vcpu_set(&vm.vcpus[WAITS], KVM_ARM_VCPU_PVTIME_TOTAL, &ns) != 0)
		bail_out("KVM_ARM_VCPU_PVTIME_TOTAL");
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) >= RESTORED, "a total of 7 s is published");
	allow(PROT_NONE);
	reset();
	reset();
	allow(PROT_READ | PROT_WRITE);
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) < RESTORED,
	       "after two resets without memory, the counter begins at 0 (%" PRIu64 " ms)",
	       counter_ns(WAITS) / MS);
	destroy();
}

static void *run_once(void *unused)
{
	vcpu_run(&vm.vcpus[WAITS]);
	return unused;
}

/* A thread waits outside KVM_RUN. What user space has read of it stays, with another thread. */
static void a_total_that_was_read_stands(void)
{
	uint64_t read;

	create();
	vcpu_run(&vm.vcpus[WAITS]);
	competitor_begin();
	delay_grow(300 * MS);
	competitor_end();
	read = total_ns();
	tap_ok(read >= 300 * MS, "a total includes the wait after KVM_RUN (%" PRIu64 " ms)",
	       read / MS);
	pthread_join(start(run_once), NULL);
	tap_ok(total_ns() >= read && counter_ns(WAITS) >= read,
	       "what was read stands when another thread runs the vCPU");
	destroy();
}

/* User space has restored a number, and KVM cannot read it when the vCPU begins. */
static void a_restored_number_can_be_read_later(void)
{
	create();
	*counter(WAITS) = RESTORED;
	allow(PROT_NONE);
	vcpu_run(&vm.vcpus[WAITS]);
	allow(PROT_READ | PROT_WRITE);
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) >= RESTORED && counter_ns(WAITS) < 2 * RESTORED,
	       "a restored number that cannot be read at first is not lost");
	destroy();

	create();
	lose_page();
	pthread_t thread = start(run_once);
	tap_ok(page_needed(60000), "the first KVM_RUN needs the page that is to be restored");
	bring_page(RESTORED);
	pthread_join(thread, NULL);
	tap_ok(counter_ns(WAITS) >= RESTORED && counter_ns(WAITS) < 2 * RESTORED,
	       "it goes on from the number that user space brings then");
	destroy();
}

int main(void)
{
	a_round_waits_for_no_page();
	two_resets_without_memory();
	a_total_that_was_read_stands();
	a_restored_number_can_be_read_later();
	return tap_done();
}
