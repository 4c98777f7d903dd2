/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * examples/guest.c on two CPUs of a hypervisor that is the library's other side.
 */
#include <pvtime/ledger.h>
#include <pvtime/smccc.h>
#include "examples/guest.h"
#include "tests/tap.h"

#define FREQ 62500000u
#define MS   (FREQ / 1000u) /* ticks */
#define BASE 0x090a0000u

static struct {
	struct pvtime_vcpu vcpu[2];
	struct pvtime_stolen page[2];
	unsigned int self, mapped;
	uint64_t clock;
	bool no_room, waited;
} hyp;

int64_t os_smccc(uint32_t fid, uint64_t arg1)
{
	const struct pvtime_view *view = &hyp.vcpu[hyp.self].view;
	int64_t x0 = PVTIME_SMCCC_NOT_SUPPORTED;

	switch (fid) {
	case PVTIME_PSCI_FID_VERSION:
		return PVTIME_PSCI_VERSION_1_0;
	case PVTIME_PSCI_FID_FEATURES:
		return PVTIME_SMCCC_SUCCESS;
	case PVTIME_SMCCC_FID_VERSION:
		return PVTIME_SMCCC_VERSION_1_1;
	case PVTIME_SMCCC_FID_ARCH_FEATURES:
		return pvtime_arch_features(view, (uint32_t)arg1);
	default:
		pvtime_service(view, fid, (uint32_t)arg1, &x0);
		return x0;
	}
}

const struct pvtime_stolen *os_map_stolen(uint64_t ipa)
{
	if (hyp.no_room)
		return NULL;
	hyp.mapped++;
	hyp.waited = false;
	return &hyp.page[(ipa - BASE) / PVTIME_STRUCT_SIZE];
}

/* Whether the readers that it waits for were the last ones of the page. */
void os_wait_for_readers(void)
{
	uint64_t last = steal_clock(hyp.self), stored = hyp.page[hyp.self].stolen_ns;

	hyp.page[hyp.self].stolen_ns = ~stored;
	hyp.waited = steal_clock(hyp.self) == last;
	hyp.page[hyp.self].stolen_ns = stored;
}

void os_unmap_stolen(const struct pvtime_stolen *page)
{
	tap_ok(hyp.waited, "the structure is unmapped when no CPU can read it any more");
	hyp.mapped -= page == &hyp.page[0] || page == &hyp.page[1];
}

uint64_t os_counter(void)
{
	return hyp.clock;
}

uint32_t os_counter_hz(void)
{
	return FREQ;
}

/* vCPU `i` waits for `waits` ms and then runs for `runs` ms. */
static void turn(unsigned int i, unsigned int waits, unsigned int runs)
{
	pvtime_account(&hyp.vcpu[i], PVTIME_READY, hyp.clock);
	hyp.clock += (uint64_t)waits * MS;
	pvtime_switch_in(&hyp.vcpu[i], hyp.clock);
	hyp.clock += (uint64_t)runs * MS;
}

static void start(enum pvtime_dialect dialect)
{
	for (unsigned int i = 0; i < 2; i++) {
		pvtime_vcpu_init(&hyp.vcpu[i], dialect, FREQ, hyp.clock);
		pvtime_map(&hyp.vcpu[i].view, &hyp.page[i]);
		pvtime_set_ipa(&hyp.vcpu[i].view, BASE + PVTIME_STRUCT_SIZE * i);
	}
}

static void test_online(void)
{
	start(PVTIME_DIALECT_OFF);
	tap_is_i64(steal_init(), PVTIME_GUEST_NO_FEATURES,
		   "a hypervisor without stolen time is found to have none");
	tap_is_u64(steal_clock(0), 0, "the steal clock reads 0 without stolen time");
	start(PVTIME_DIALECT_1_0);
	turn(0, 500, 1);
	turn(1, 7, 1);
	tap_is_i64(steal_init(), PVTIME_GUEST_OK, "discovery succeeds");
	hyp.no_room = true;
	tap_is_i64(steal_cpu_online(0), PVTIME_GUEST_BAD_ADDRESS,
		   "a structure that cannot be mapped is an error");
	hyp.no_room = false;
	for (hyp.self = 0; hyp.self < 2; hyp.self++)
		tap_is_i64(steal_cpu_online(hyp.self), PVTIME_GUEST_OK, "CPU %u registers",
			   hyp.self);
	tap_is_u64(steal_clock(0), 500000000, "CPU 0 reads its own stolen time");
	tap_is_u64(steal_clock(1), 7000000, "CPU 1 reads its own stolen time");
	tap_is_u64(task_time_ns(0, 4000000), 4000000,
		   "time stolen before registration is charged to no task");
}

static void test_task_time(void)
{
	turn(0, 3, 1);
	tap_is_u64(task_time_ns(0, 4000000), 1000000,
		   "a task is charged only the time that it had");
	turn(0, 6, 2);
	tap_is_u64(task_time_ns(0, 4000000), 0,
		   "a task is charged nothing if more was stolen than elapsed");
	tap_is_u64(task_time_ns(0, 4000000), 2000000, "the next call leaves out the rest");
}

static void test_offline(void)
{
	uint64_t last = steal_clock(1);

	hyp.self = 1;
	steal_cpu_offline(1);
	tap_is_u64(hyp.mapped, 1, "an offline CPU's structure is not mapped");
	tap_is_u64(steal_clock(1), last, "an offline CPU keeps its last value");
	pvtime_vcpu_reset(&hyp.vcpu[1], hyp.clock);
	steal_cpu_online(1);
	tap_is_u64(steal_clock(1), last, "a hypervisor that starts again at 0 takes nothing back");
	turn(1, 5, 1);
	tap_is_u64(steal_clock(1), last + 5000000, "the steal clock continues from the last value");
}

static void test_watchdog(void)
{
	struct pvtime_deadline d;

	hyp.self = 0;
	watchdog_start(&d, 0, 10000000);
	turn(0, 1000, 9);
	tap_ok(!watchdog_passed(&d, 0), "a second of waiting does not trigger a watchdog of 10 ms");
	hyp.clock += MS;
	tap_ok(watchdog_passed(&d, 0), "10 ms of running trigger a watchdog of 10 ms");
}

int main(void)
{
	test_online();
	test_task_time();
	test_offline();
	test_watchdog();
	return tap_done();
}
