/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a hypervisor that counts the waits of its vCPUs itself adopts what the guest sees (view.h),
 * without the ledger. docs/porting.md shows the parts between marks. The rest stands for code that
 * such a hypervisor has. The test links lib/view.c and lib/service.c alone.
 */
#include <pvtime/smccc.h>
#include <pvtime/view.h>
#include "tests/tap.h"

#define MS 1000000u /* ns */

static uint64_t clock_ns; /* stands for the hypervisor's clock */

/* The count of such a hypervisor: Xen has runstates, Linux has a thread's run_delay. */
struct runstate {
	bool waits; /* runnable, but without a CPU */
	uint64_t since_ns, waited_ns;
};

static uint64_t runstate_waited_ns(const struct runstate *r)
{
	return r->waited_ns + (r->waits ? clock_ns - r->since_ns : 0);
}

static void runstate_change(struct runstate *r, bool waits)
{
	r->waited_ns = runstate_waited_ns(r);
	r->since_ns = clock_ns;
	r->waits = waits;
}

/* port: begin */
struct vcpu {
	struct runstate runstate; /* the hypervisor's own count */
	struct pvtime_view pv;	  /* added: 32 bytes */
	uint64_t base_ns;	  /* added: what the count was when the VM began */
};
/* port: end */

/* port: begin */
/*
 * Store the total in the vCPU's structure. The scheduler calls this under the lock of that
 * count: before the vCPU gets a CPU, when it ceases to wait without one, and every 90 ms meanwhile.
 */
static bool vcpu_show(struct vcpu *v)
{
	return pvtime_show(&v->pv, runstate_waited_ns(&v->runstate) - v->base_ns);
}

/* The VM begins with this total: 0 if it is new or reset, the saved total if it is restored. */
static void vcpu_restart(struct vcpu *v, uint64_t total_ns)
{
	v->base_ns = runstate_waited_ns(&v->runstate) - total_ns;
	pvtime_restart(&v->pv, total_ns);
}

/* When the VM is created: the vCPU's structure is at `ipa`, which the hypervisor maps at `page`. */
static int vcpu_create(struct vcpu *v, uint64_t ipa, struct pvtime_stolen *page)
{
	pvtime_view_init(&v->pv, PVTIME_DIALECT_1_0);
	vcpu_restart(v, 0);
	pvtime_map(&v->pv, page);
	return pvtime_set_ipa(&v->pv, ipa);
}
/* port: end */

static struct vcpu vcpus[2];
static struct pvtime_stolen pages[2];

static uint64_t ipa_of(unsigned int i)
{
	return 0x090a0000 + PVTIME_STRUCT_SIZE * (uint64_t)i;
}

/* For 4 ms vCPU i has the CPU, and the other one waits for it. */
static void run(unsigned int i)
{
	runstate_change(&vcpus[1 - i].runstate, true);
	runstate_change(&vcpus[i].runstate, false);
	vcpu_show(&vcpus[i]);
	clock_ns += 4 * MS;
}

static void test_calls(void)
{
	int64_t x0 = 0;

	tap_is_i64(pvtime_arch_features(&vcpus[0].pv, PVTIME_FID_FEATURES), PVTIME_SMCCC_SUCCESS,
		   "SMCCC_ARCH_FEATURES finds PV_TIME_FEATURES without a ledger");
	for (unsigned int i = 0; i < 2; i++) {
		tap_ok(pvtime_service(&vcpus[i].pv, PVTIME_FID_ST, 0, &x0),
		       "PV_TIME_ST of vCPU %u is a call of the library", i);
		tap_is_i64(x0, (int64_t)ipa_of(i), "PV_TIME_ST returns the address of vCPU %u", i);
	}
}

static void test_lives(void)
{
	uint64_t saved;

	vcpu_show(&vcpus[1]);
	saved = pvtime_get_stolen_ns(&vcpus[1].pv);
	tap_is_u64(saved, 44 * MS, "a refresh shows the wait so far");
	clock_ns += 500 * MS;
	vcpu_restart(&vcpus[1], 0);
	tap_is_u64(pvtime_stolen_read(&pages[1]), 0, "after a reset the number restarts at 0");
	clock_ns += 3 * MS;
	vcpu_show(&vcpus[1]);
	tap_is_u64(pvtime_stolen_read(&pages[1]), 3 * MS,
		   "after a reset only the later wait counts, although the count goes on");
	vcpu_create(&vcpus[1], ipa_of(1), &pages[1]);
	vcpu_restart(&vcpus[1], saved);
	clock_ns += 2 * MS;
	vcpu_show(&vcpus[1]);
	tap_is_u64(
		pvtime_stolen_read(&pages[1]), saved + 2 * MS,
		"a restored vCPU continues from the saved total, whatever its host had counted by then");
}

int main(void)
{
	clock_ns = 7 * MS;
	for (unsigned int i = 0; i < 2; i++) {
		/* A thread that was not new: what it waited before is not the VM's. */
		vcpus[i].runstate.waited_ns = 90 * MS;
		tap_is_i64(vcpu_create(&vcpus[i], ipa_of(i), &pages[i]), PVTIME_OK,
			   "vCPU %u has a structure", i);
	}
	for (unsigned int i = 0; i < 21; i++)
		run(i % 2);
	tap_is_u64(pvtime_stolen_read(&pages[0]), 40 * MS, "vCPU 0 lost 40 ms");
	tap_is_u64(pvtime_stolen_read(&pages[1]), 40 * MS,
		   "vCPU 1 lost 40 ms until it had the CPU last");
	test_calls();
	test_lives();
	return tap_done();
}
