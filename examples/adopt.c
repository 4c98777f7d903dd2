/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a hypervisor adopts the library. The parts between marks are the code that it adds: README.md
 * shows those marked "adopt", docs/porting.md shows all. The rest stands for code that every
 * hypervisor has, reduced to what the calls need. In main() two vCPUs share a CPU.
 */
#include <pvtime/guest.h>
#include <pvtime/ledger.h>
#include <pvtime/region.h>
#include <pvtime/smccc.h>
#include "tests/tap.h"

#define FREQ 62500000u

/* port: begin */
struct vcpu {
	uint64_t x[31];
	enum pvtime_state state; /* as the scheduler sees it */
	struct pvtime_vcpu pv;	 /* added: at most 128 bytes */
};

struct vm {
	struct vcpu vcpu[2];
	struct pvtime_range region;	/* reserved in the memory map; read-only for the guest */
	struct pvtime_stolen memory[2]; /* the hypervisor's own mapping of the region */
};
/* port: end */

static uint64_t clock_ticks; /* stands for CNTPCT_EL0 */

static uint64_t read_cntpct(void)
{
	return clock_ticks;
}

/* adopt: begin */
/* When the VM is created: the vCPU's structure is at `ipa`, which the hypervisor maps at `page`. */
static int vcpu_create(struct vcpu *v, uint64_t ipa, struct pvtime_stolen *page)
{
	pvtime_vcpu_init(&v->pv, PVTIME_DIALECT_1_0, FREQ, read_cntpct());
	pvtime_map(&v->pv.view, page);
	return pvtime_set_ipa(&v->pv.view, ipa);
}
/* adopt: end */

/* adopt: begin */
/* The scheduler calls this for each change of a vCPU's state, under its lock. */
static void vcpu_set_state(struct vcpu *v, enum pvtime_state next, uint64_t now)
{
	bool waited = v->state == PVTIME_READY;

	v->state = next;
	if (next == PVTIME_RUNNING) {
		pvtime_switch_in(&v->pv, now);
	} else {
		pvtime_account(&v->pv, next, now);
		if (waited)
			pvtime_publish(&v->pv, now);
	}
}

/* Every 90 ms for each READY vCPU, under the same lock: other vCPUs then read a recent number. */
static void vcpu_refresh(struct vcpu *v)
{
	pvtime_publish(&v->pv, read_cntpct());
}
/* adopt: end */

/* adopt: begin */
/* HVC #0 or SMC #0 from AArch64. Returns false if the call is not one of the library's. */
static bool vcpu_hypercall(struct vcpu *v)
{
	uint32_t fid = (uint32_t)v->x[0] & ~PVTIME_SMCCC_SVE_HINT;
	uint32_t arg = (uint32_t)v->x[1] & ~PVTIME_SMCCC_SVE_HINT;
	int64_t x0;

	if (fid == PVTIME_SMCCC_FID_ARCH_FEATURES && arg == PVTIME_FID_FEATURES)
		x0 = pvtime_arch_features(&v->pv.view, arg);
	else if (!pvtime_service(&v->pv.view, fid, arg, &x0))
		return false;
	v->x[0] = (uint64_t)x0;
	return true;
}
/* adopt: end */

/* port: begin */
/* When the VM is reset, for each of its vCPUs, all of which are OFF: the counter restarts at 0. */
static void vcpu_reset(struct vcpu *v)
{
	pvtime_vcpu_reset(&v->pv, read_cntpct());
}
/* port: end */

/* Save a vCPU that is PAUSED or OFF. */
static int vcpu_save(const struct vcpu *v, uint8_t blob[PVTIME_SNAPSHOT_SIZE])
{
	return pvtime_save(&v->pv, read_cntpct(), blob);
}

/*
 * Restore it into a vCPU from vcpu_create() with the same ipa: the counter continues. The vCPU is
 * then PAUSED or OFF, as it was saved; the scheduler sets its next state.
 */
static int vcpu_restore(struct vcpu *v, const uint8_t *blob, size_t size)
{
	return pvtime_restore(&v->pv, blob, size, read_cntpct());
}

/* The code below stands for the rest of the hypervisor, and for the guest. */
static struct vm vm;
static struct vcpu *current;

static int64_t guest_hvc(uint32_t fid, uint64_t arg1)
{
	current->x[0] = fid;
	current->x[1] = arg1;
	if (vcpu_hypercall(current))
		return (int64_t)current->x[0];
	switch (fid) {
	case PVTIME_PSCI_FID_VERSION:
		return PVTIME_PSCI_VERSION_1_0;
	case PVTIME_PSCI_FID_FEATURES:
		return PVTIME_SMCCC_SUCCESS;
	case PVTIME_SMCCC_FID_VERSION:
		return PVTIME_SMCCC_VERSION_1_3;
	default:
		return PVTIME_SMCCC_NOT_SUPPORTED;
	}
}

/* port: begin */
/* A switch is one event: the next vCPU's time begins at the instant at which the other's ends. */
static void switch_to(struct vcpu *next)
{
	uint64_t now = read_cntpct();

	if (current)
		vcpu_set_state(current, PVTIME_READY, now);
	vcpu_set_state(next, PVTIME_RUNNING, now);
	current = next;
}
/* port: end */

/* port: begin */
/* `used`: the VM's RAM and devices. The IPA space has 40 bits. */
static int vm_create(const struct pvtime_range *used, size_t n)
{
	int err = pvtime_region_find(&vm.region, 0, 2, used, n, 1ull << 40);

	for (uint32_t i = 0; !err && i < 2; i++) {
		err = vcpu_create(&vm.vcpu[i], pvtime_region_ipa(&vm.region, i), &vm.memory[i]);
	}
	return err;
}
/* port: end */

static void test_calls(void)
{
	tap_is_i64(guest_hvc(PVTIME_SMCCC_FID_ARCH_FEATURES | PVTIME_SMCCC_SVE_HINT,
			     PVTIME_FID_FEATURES),
		   PVTIME_SMCCC_SUCCESS,
		   "SMCCC_ARCH_FEATURES with the SVE hint finds PV_TIME_FEATURES");
	tap_is_i64(guest_hvc(PVTIME_SMCCC_FID_ARCH_FEATURES,
			     PVTIME_FID_FEATURES | PVTIME_SMCCC_SVE_HINT),
		   PVTIME_SMCCC_SUCCESS, "PV_TIME_FEATURES with the SVE hint is found, too");
	tap_is_i64(guest_hvc(PVTIME_SMCCC_FID_ARCH_FEATURES, PVTIME_FID_ST),
		   PVTIME_SMCCC_NOT_SUPPORTED, "SMCCC_ARCH_FEATURES does not report PV_TIME_ST");
}

static void test_snapshot(const struct pvtime_guest_cpu *cpu)
{
	uint8_t blob[PVTIME_SNAPSHOT_SIZE];

	vcpu_set_state(&vm.vcpu[0], PVTIME_READY, read_cntpct());
	clock_ticks += FREQ / 100;
	vcpu_set_state(&vm.vcpu[0], PVTIME_PAUSED, read_cntpct());
	tap_is_u64(pvtime_guest_stolen_ns(cpu), 50000000,
		   "a vCPU that is paused while it waits has its last 10 ms in its structure");
	tap_is_i64(vcpu_save(&vm.vcpu[0], blob), PVTIME_OK, "a paused vCPU is saved");
	clock_ticks += FREQ;
	vcpu_create(&vm.vcpu[0], vm.region.base, vm.memory);
	tap_is_i64(vcpu_restore(&vm.vcpu[0], blob, sizeof(blob)), PVTIME_OK,
		   "a paused vCPU is restored");
	tap_is_u64(pvtime_guest_stolen_ns(cpu), 50000000, "vCPU 0 has the number that was saved");
}

static void test_reset(const struct pvtime_guest_cpu *cpu)
{
	for (unsigned int i = 0; i < 2; i++)
		vcpu_set_state(&vm.vcpu[i], PVTIME_OFF, read_cntpct());
	for (unsigned int i = 0; i < 2; i++)
		vcpu_reset(&vm.vcpu[i]);
	tap_is_u64(pvtime_guest_stolen_ns(cpu), 0, "after a reset the counter restarts at 0");
	vcpu_set_state(&vm.vcpu[0], PVTIME_READY, read_cntpct());
	clock_ticks += FREQ / 1000;
	vcpu_set_state(&vm.vcpu[0], PVTIME_RUNNING, read_cntpct());
	tap_is_u64(pvtime_guest_stolen_ns(cpu), 1000000, "after a reset the next wait is counted");
}

int main(void)
{
	const struct pvtime_range used[] = {{0, 0x090a0000}, {0x40000000, 0x10000000}};
	struct pvtime_guest guest;
	struct pvtime_guest_cpu cpu[2] = {{0}, {0}};
	uint64_t ipa = 0;

	tap_is_i64(vm_create(used, 2), PVTIME_OK, "both vCPUs have a structure");
	for (unsigned int i = 0; i < 2; i++)
		vcpu_set_state(&vm.vcpu[i], PVTIME_READY, read_cntpct());
	switch_to(&vm.vcpu[0]);
	tap_is_i64(pvtime_guest_discover(&guest, guest_hvc, PVTIME_DIALECT_1_0), PVTIME_GUEST_OK,
		   "the guest discovers stolen time");
	for (unsigned int i = 0; i < 2; i++) {
		switch_to(&vm.vcpu[i]);
		tap_is_i64(pvtime_guest_locate(&guest, &cpu[i], &ipa), PVTIME_GUEST_OK,
			   "vCPU %u calls PV_TIME_ST", i);
		tap_is_u64(ipa, 0x090a0000 + 64 * i, "PV_TIME_ST returns the address of vCPU %u",
			   i);
		tap_is_i64(pvtime_guest_attach(&cpu[i], &vm.memory[i]), PVTIME_GUEST_OK,
			   "vCPU %u attaches its structure", i);
	}
	/*
	 * Each vCPU runs for 4 ms in turn, ten times. Then vCPU 1 sleeps, and vCPU 0 has the CPU
	 * alone.
	 */
	for (unsigned int i = 0; i < 20; i++) {
		switch_to(&vm.vcpu[i % 2]);
		clock_ticks += FREQ / 250;
	}
	switch_to(&vm.vcpu[0]);
	vcpu_set_state(&vm.vcpu[1], PVTIME_BLOCKED, read_cntpct());
	clock_ticks += FREQ;
	vcpu_refresh(&vm.vcpu[1]);
	tap_is_u64(pvtime_guest_stolen_ns(&cpu[0]), 40000000, "vCPU 0 lost 40 ms");
	tap_is_u64(pvtime_guest_stolen_ns(&cpu[1]), 40000000,
		   "vCPU 1 lost 40 ms, and nothing while it slept");
	test_calls();
	test_snapshot(&cpu[0]);
	test_reset(&cpu[0]);
	return tap_done();
}
