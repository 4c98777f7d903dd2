/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VMM that takes the memory of structures away where vCPUs begin, are reset or move, on a KVM
 * with ports/linux:
 *
 *	memory_away
 *
 * Each case is one that broke an earlier version of the port.
 */
#include <errno.h>
#include <inttypes.h>
#include "conformance/user/delay.h"
#include "tests/linux/away.h"
#include "tests/tap.h"

#define RESTORED (7000 * MS)

static void set_total(uint64_t ns)
{
	if (vcpu_set(&vm.vcpus[WAITS], KVM_ARM_VCPU_PVTIME_TOTAL, &ns) != 0)
		bail_out("KVM_ARM_VCPU_PVTIME_TOTAL");
}

/* The first reset cannot zero the structure. The second one must not forget that. */
static void two_resets_without_memory(void)
{
	create();
	set_total(RESTORED);
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

static bool is_restored(void)
{
	return counter_ns(WAITS) >= RESTORED && counter_ns(WAITS) < 2 * RESTORED;
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
	tap_ok(is_restored(), "a restored number that cannot be read at first is not lost");
	destroy();

	create();
	*counter(WAITS) = RESTORED;
	have_slot(false);
	vcpu_run(&vm.vcpus[WAITS]);
	have_slot(true);
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(is_restored(), "one whose slot comes after the first KVM_RUN is not lost");
	destroy();

	create();
	vm.vcpus[WAITS].run->immediate_exit = 1;
	if (ioctl(vm.vcpus[WAITS].fd, KVM_RUN, NULL) == 0)
		bail_out("KVM_RUN with immediate_exit enters the guest");
	vm.vcpus[WAITS].run->immediate_exit = 0;
	*counter(WAITS) = RESTORED;
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(is_restored(),
	       "one that comes after a KVM_RUN that does not enter the guest is not lost");
	destroy();

	create();
	lose_page();
	pthread_t thread = start(run_once);
	tap_ok(page_needed(60000), "the first KVM_RUN needs the page that is to be restored");
	bring_page(RESTORED);
	pthread_join(thread, NULL);
	tap_ok(is_restored(), "it goes on from the number that user space brings then");
	destroy();
}

/* What a vCPU waits while its structure cannot be read for the first time. */
static void waits_before_it_can_be_read(void)
{
	uint64_t begin;

	create();
	allow(PROT_NONE);
	vcpu_run(&vm.vcpus[WAITS]);
	begin = delay_ns();
	competitor_begin();
	while (delay_ns() - begin < 300 * MS)
		vcpu_run(&vm.vcpus[WAITS]);
	competitor_end();
	allow(PROT_READ | PROT_WRITE);
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) >= 300 * MS,
	       "what it waits before its structure can be read is not lost (%" PRIu64 " ms)",
	       counter_ns(WAITS) / MS);
	destroy();
}

/* A number that was adopted or set, and could not be stored again. */
static void a_reset_after_a_restore(void)
{
	create();
	*counter(WAITS) = RESTORED;
	allow(PROT_READ);
	vcpu_run(&vm.vcpus[WAITS]);
	allow(PROT_READ | PROT_WRITE);
	reset();
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) < RESTORED, "a reset zeroes a number that KVM has adopted");
	destroy();

	create();
	*counter(WAITS) = RESTORED;
	set_total(0);
	allow(PROT_READ);
	vcpu_run(&vm.vcpus[WAITS]);
	allow(PROT_READ | PROT_WRITE);
	reset();
	vcpu_run(&vm.vcpus[WAITS]);
	tap_ok(counter_ns(WAITS) < RESTORED,
	       "a reset zeroes what memory holds where the number was set");
	destroy();
}

static void totals_that_are_refused(void)
{
	uint64_t ns = UINT64_C(1) << 63;

	create();
	tap_ok(vcpu_set(&vm.vcpus[WAITS], KVM_ARM_VCPU_PVTIME_TOTAL, &ns) == EINVAL,
	       "a total of 2^63 ns is refused");
	destroy();
}

int main(void)
{
	two_resets_without_memory();
	a_total_that_was_read_stands();
	a_restored_number_can_be_read_later();
	waits_before_it_can_be_read();
	a_reset_after_a_restore();
	totals_that_are_refused();
	return tap_done();
}
