/* SPDX-License-Identifier: BSD-2-Clause */
/* The runs of each target. */
#include "tools/conform/targets.h"

#define A57 "cortex-a57"  /* without VHE: a Linux host is at EL1, its hypervisor at EL2 */
#define N1  "neoverse-n1" /* with VHE: a Linux host is at EL2 */

enum { ALONE = false, CONTENDED = true };

/*
 * The columns: name, build, form, CPU, pCPUs, vCPUs, dialect, conduit, contended, cap, timeslice,
 * words, limit, user, without, host, dom0less.
 */

/*
 * QEMU counts the instructions of all its CPUs on one clock, and runs the CPUs in turns of up to
 * 100 ms. A CPU stands still while the other has its turn, which no hypervisor can see or charge.
 * With two CPUs, these cases would judge QEMU.
 */
#define UNTIMED                                                                                  \
	"own_address,idle_wfi,idle_suspend,off,contended,competitor,woken,at_switch_in,adds_up," \
	"nanoseconds,no_drift,refreshed"

/*
 * Each value of each axis occurs at least once: builds, forms, CPUs, 1 to 8 vCPUs on one CPU and on
 * two, both dialects and none, both conduits, alone and with a competitor. With a timeslice of 100
 * us, rounds of contention are cheap, and one run has the 10,000 rounds that the rule requires.
 * `slow` keeps vCPUs waiting for longer than R-34's 100 ms. Only neoverse-n1 and max have the 16
 * KiB granule.
 */
static const struct run_plan pvtime_plans[] = {
	{"plain", "4k-le", "img", A57, 1, 1, "1.0", "hvc", ALONE, 0, 0, NULL, 10, false, NULL, NULL,
	 false},
	{"contended", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 100, NULL, 20, false,
	 NULL, NULL, false},
	{"big-endian", "4k-be", "elf", "cortex-a72", 1, 2, "1.0", "smc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL, NULL, false},
	{"granule-16k", "16k-le", "img", N1, 1, 2, "1.0", "hvc", CONTENDED, 0, 100, "rounds=1000",
	 10, false, NULL, NULL, false},
	{"granule-16k-be", "16k-be", "elf", "max", 1, 2, "beta-2", "smc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL, NULL, false},
	{"granule-64k", "64k-le", "raw", A57, 1, 2, "1.0", "smc", ALONE, 0, 100, "rounds=1000", 10,
	 false, NULL, NULL, false},
	{"granule-64k-be", "64k-be", "img", "cortex-a72", 1, 4, "1.0", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL, NULL, false},
	{"beta-2", "4k-le", "raw", "cortex-a72", 1, 1, "beta-2", "hvc", CONTENDED, 0, 100,
	 "rounds=1000", 10, false, NULL, NULL, false},
	{"eight", "4k-le", "elf", N1, 1, 8, "1.0", "hvc", CONTENDED, 0, 100, "rounds=1000", 10,
	 false, NULL, NULL, false},
	{"two-cpus", "64k-be", "elf", "cortex-a72", 2, 4, "1.0", "smc", ALONE, 0, 100, "rounds=200",
	 30, false, UNTIMED, NULL, false},
	{"capped", "4k-le", "img", A57, 1, 1, "1.0", "hvc", ALONE, 50, 0, "rounds=50", 20, false,
	 NULL, NULL, false},
	{"slow", "4k-le", "img", A57, 1, 4, "1.0", "hvc", ALONE, 0, 100000, "rounds=5", 30, false,
	 NULL, NULL, false},
	{"off", "4k-le", "img", A57, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 10, false, NULL, NULL,
	 false},
	{"off-be", "64k-be", "elf", "max", 1, 4, "off", "smc", CONTENDED, 0, 0, NULL, 10, false,
	 NULL, NULL, false},
	{"reset", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 100, "reset_ms=1000", 10,
	 false, NULL, NULL, false},
};

/*
 * Cases that would take minutes in a run where a vCPU waits for 300 ms at a time. Other runs have
 * them.
 */
#define SLOW_CASES                                                                               \
	"contended,competitor,woken,at_switch_in,adds_up,nanoseconds,no_drift,rounds,observers," \
	"library,"                                                                               \
	"st_repeat,off_on,off_keeps,write_refused,write_harmless,forged,kexec,kexec_goes_on"

/*
 * The host has one CPU, because QEMU counts instructions as time. So a guest's vCPUs contend with
 * each other in any case.
 */
static const struct run_plan kvm_plans[] = {
	{"plain", "4k-le", "img", N1, 1, 1, "1.0", "hvc", ALONE, 0, 0, "rounds=100", 60, false,
	 NULL, NULL, false},
	{"contended", "4k-le", "img", N1, 1, 2, "1.0", "hvc", CONTENDED, 0, 100, NULL, 60, false,
	 NULL, NULL, false},
	{"contended-nvhe", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 1000,
	 "rounds=1000", 60, false, NULL, NULL, false},
	{"four", "4k-le", "elf", N1, 1, 4, "1.0", "hvc", CONTENDED, 0, 1000, "rounds=1000", 60,
	 false, NULL, NULL, false},
	{"slow", "4k-le", "img", N1, 1, 4, "1.0", "hvc", ALONE, 0, 100000, NULL, 60, false,
	 SLOW_CASES, NULL, false},
	{"big-endian", "4k-be", "img", N1, 1, 2, "1.0", "hvc", ALONE, 0, 1000, "rounds=1000", 60,
	 false, NULL, NULL, false},
	{"granule-16k", "16k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 1000, "rounds=1000",
	 60, false, NULL, NULL, false},
	{"granule-64k", "64k-le", "img", A57, 1, 2, "1.0", "hvc", ALONE, 0, 1000, "rounds=1000", 60,
	 false, NULL, NULL, false},
	{"granule-64k-be", "64k-be", "img", A57, 1, 1, "1.0", "hvc", CONTENDED, 0, 1000,
	 "rounds=1000", 60, false, NULL, NULL, false},
	{"off", "4k-le", "img", N1, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL, NULL,
	 false},
	{"reset", "4k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, "reset_ms=500", 60,
	 false, NULL, NULL, false},
	{"user", "4k-le", "img", N1, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, NULL, 60, true, NULL,
	 NULL, false},
	{"user-nvhe", "4k-le", "img", A57, 1, 1, "1.0", "hvc", CONTENDED, 0, 0, NULL, 60, true,
	 NULL, NULL, false},
};

/*
 * Xen has one CPU, which all vCPUs share. There is no run of a big-endian build: Xen 4.17 gives a
 * big-endian guest its GIC's registers in little-endian order, and the guest finds no
 * redistributor.
 */
static const struct run_plan xen_plans[] = {
	{"plain", "4k-le", "img", A57, 1, 1, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL, NULL,
	 false},
	{"pair", "4k-le", "img", N1, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL, NULL,
	 false},
	{"granule-16k", "16k-le", "img", N1, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL,
	 NULL, false},
	{"granule-64k", "64k-le", "img", A57, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false,
	 NULL, NULL, false},
};

/*
 * Xen with stolen time: the suite as dom0, and as a domain that has Xen's own layout of addresses;
 * alone, and with a domain that competes; on each scheduler. The null scheduler gives each vCPU a
 * CPU of its own. `slow` has slices of 150 ms. Xen handles a timer up to timer_slop (50 us) late if
 * it is due soon after another one, and a vCPU whose virtual timer is late does not wait for a CPU.
 * RTDS has a timer of its own, so in its run the cases of sleeping vCPUs would see that delay, not
 * stolen time. There is no run `reset`: dom0's reset is that of the machine, and without a
 * toolstack nobody starts a domain again.
 */
static const struct run_plan xen_pvtime_plans[] = {
	{"plain", "4k-le", "img", A57, 1, 1, "1.0", "hvc", ALONE, 0, 0, NULL, 60, false, NULL, NULL,
	 false},
	{"pair", "4k-le", "img", N1, 1, 2, "1.0", "hvc", ALONE, 0, 0, "rounds=100", 60, false, NULL,
	 NULL, false},
	{"contended", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 0, "rounds=100", 60,
	 false, NULL, NULL, false},
	{"granule-16k", "16k-le", "img", N1, 1, 2, "1.0", "hvc", CONTENDED, 0, 0, "rounds=100", 60,
	 false, NULL, NULL, false},
	{"granule-64k", "64k-le", "img", A57, 1, 2, "1.0", "hvc", ALONE, 0, 0, "rounds=100", 60,
	 false, NULL, NULL, false},
	{"domain", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 0, "rounds=100", 60,
	 false, NULL, NULL, true},
	{"domain-64k", "64k-le", "img", N1, 1, 4, "1.0", "hvc", ALONE, 0, 0, "rounds=100", 60,
	 false, NULL, NULL, true},
	{"credit", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 0, "rounds=100", 60,
	 false, NULL, "sched=credit sched_credit_tslice_ms=5", false},
	{"rtds", "4k-le", "img", A57, 1, 2, "1.0", "hvc", CONTENDED, 0, 0, "rounds=100", 60, false,
	 NULL, "sched=rtds timer_slop=1", false},
	{"null", "4k-le", "img", A57, 1, 1, "1.0", "hvc", ALONE, 0, 0, NULL, 60, false, NULL,
	 "sched=null", false},
	{"slow", "4k-le", "img", A57, 1, 3, "1.0", "hvc", ALONE, 0, 0, "rounds=5", 60, false,
	 SLOW_CASES, "sched=credit sched_credit_tslice_ms=150", false},
	{"off", "4k-le", "img", A57, 1, 2, "off", "hvc", ALONE, 0, 0, NULL, 60, false, NULL, NULL,
	 false},
	{"off-domain", "64k-le", "img", N1, 1, 2, "off", "hvc", CONTENDED, 0, 0, NULL, 60, false,
	 NULL, NULL, true},
};

#define PLANS(table) .plans = table, .plan_count = sizeof(table) / sizeof(table[0])

const struct conform_target conform_targets[CONFORM_TARGETS] = {
	{.by = &target_pvtime,
	 .title = "this project's hypervisor",
	 .ours = true,
	 PLANS(pvtime_plans)},
	{.by = &target_kvm, .title = "Linux KVM", PLANS(kvm_plans)},
	{.by = &target_kvm_mended, .title = "Linux KVM with ports/linux", PLANS(kvm_plans)},
	{.by = &target_xen, .title = "Xen", PLANS(xen_plans)},
	{.by = &target_xen_pvtime, .title = "Xen with ports/xen", PLANS(xen_pvtime_plans)},
};
