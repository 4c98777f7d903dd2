/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More interrupts at once than a hypervisor has list registers, pending and active, in both groups
 * and with the groups enabled and disabled. Interrupts for which no list register is free must be
 * delivered later, in priority order (IHI 0069, 4.8), and the guest must keep running meanwhile.
 * The guest masks exceptions and polls the CPU interface. TAP. The word one_group leaves out what
 * QEMU's own GIC cannot do: it considers only the highest pending interrupt of both groups, and
 * delivers no other if the group of that interrupt is disabled.
 */
#include <tests/tap.h>
#include "guest/board.h"
#include "guest/cpu.h"
#include "guest/gic.h"
#include "guest/start.h"
#include "guest/sysreg.h"
#include "guest/timer.h"

#define SGIS 16u
#define ALL  0xffffu
#define EVEN 0x5555u
#define ODD  0xaaaau
#define NONE 1023u

#define GICD_CTLR_BOTH 0x13u /* ARE, groups 0 and 1 */

#define IGROUPR0   0x080u
#define ISPENDR0   0x200u
#define ICPENDR0   0x280u
#define ISACTIVER0 0x300u
#define ICACTIVER0 0x380u
#define IPRIORITYR 0x400u

static void set(uint32_t offset, uint32_t value)
{
	mmio_write32(cpu_self()->gic_private + offset, value);
}

static void enable_groups(unsigned groups)
{
	sysreg_write("S3_0_c12_c12_6", groups & 1);	 /* ICC_IGRPEN0_EL1 */
	sysreg_write("S3_0_c12_c12_7", groups >> 1 & 1); /* ICC_IGRPEN1_EL1 */
	isb();
}

static unsigned acknowledge(unsigned group)
{
	uint64_t intid = group ? sysreg_read("S3_0_c12_c12_0") : sysreg_read("S3_0_c12_c8_0");

	dsb(sy);
	return (unsigned)intid;
}

static void end(unsigned group, unsigned intid)
{
	if (group)
		sysreg_write("S3_0_c12_c12_1", intid);
	else
		sysreg_write("S3_0_c12_c8_1", intid);
	isb();
}

/*
 * Reset the SGIs: those in `group1` are in group 1, the others in group 0. SGI n has priority 0xf0
 * - 16 n, so SGI 15 has the highest.
 */
static void start(uint32_t group1, unsigned groups)
{
	enable_groups(0);
	set(ICPENDR0, ALL);
	set(ICACTIVER0, ALL);
	set(IGROUPR0, group1);
	for (unsigned i = 0; i < SGIS; i += 4)
		set(IPRIORITYR + i, 0x01010101u * (0xf0 - 16 * i) - 0x30201000u);
	enable_groups(groups);
}

/* Let the guest run for a millisecond. */
static void run_on(void)
{
	uint64_t until = counter_virtual() + timer_ticks(1);

	while (counter_virtual() < until)
		;
}

/*
 * Acknowledge and end all pending interrupts. Returns whether they are exactly those in `wanted`,
 * the highest priority first, each in its group.
 */
static bool take(uint32_t group1, uint32_t wanted)
{
	while (wanted != 0) {
		unsigned next = 31 - (unsigned)__builtin_clz(wanted), group = group1 >> next & 1;
		unsigned intid = acknowledge(group);

		if (intid != next) {
			tap_print("# group %u: acknowledged %u, expected the highest of 0x%x\n",
				  group, intid, wanted);
			return false;
		}
		end(group, intid);
		wanted &= ~(1u << next);
	}
	return acknowledge(0) == NONE && acknowledge(1) == NONE;
}

static void pending(unsigned group)
{
	uint32_t group1 = group ? ALL : 0;

	start(group1, 1u << group);
	set(ISPENDR0, ALL);
	run_on();
	tap_ok(take(group1, ALL),
	       "16 pending interrupts of group %u are delivered while only group %u is enabled",
	       group, group);
}

static void pending_in_both(unsigned first)
{
	uint32_t mine = first ? ODD : EVEN;

	start(ODD, 3);
	set(ISPENDR0, ALL);
	run_on();
	enable_groups(1u << first);
	if (first) /* QEMU does not notify a hypervisor that group 0 was disabled; this read does */
		(void)mmio_read32(cpu_self()->gic_private + ISPENDR0);
	run_on();
	tap_ok(take(ODD, mine),
	       "with 16 pending in both groups, exactly group %u's are delivered after group %u is disabled",
	       first, !first);
	enable_groups(3);
	run_on();
	tap_ok(take(ODD, ALL & ~mine),
	       "the pending interrupts of group %u are delivered when it is enabled again", !first);
}

/* Interrupts become pending before their groups are enabled. */
static void pending_before(unsigned groups)
{
	start(ODD, 0);
	set(ISPENDR0, ALL);
	run_on();
	enable_groups(groups);
	run_on();
	tap_ok(take(ODD, (groups & 1 ? EVEN : 0) | (groups & 2 ? ODD : 0)),
	       "interrupts that were pending before groups 0x%x are enabled are delivered", groups);
}

/* Each interrupt preempts the last, until all 16 are active. They end in reverse order. */
static void active(unsigned group)
{
	unsigned taken = 0;

	start(group ? ALL : 0, 1u << group);
	for (unsigned i = 0; i < SGIS; i++) {
		set(ISPENDR0, 1u << i);
		taken += acknowledge(group) == i;
		run_on();
	}
	tap_is_u64(taken, SGIS, "16 interrupts of group %u preempt each other", group);
	set(ISPENDR0, 1);
	tap_ok(acknowledge(group) == NONE,
	       "an interrupt of group %u that is pending again is not delivered while 16 are active",
	       group);
	for (unsigned i = SGIS; i-- > 0;) {
		end(group, i);
		run_on();
	}
	tap_ok(take(group ? ALL : 0, 1),
	       "the interrupt of group %u that is pending again is delivered when all 16 have ended",
	       group);
}

/*
 * Interrupts made active through a register, without an acknowledge. The guest keeps running, and
 * pending interrupts are delivered when these are no longer active.
 */
static void active_by_register(void)
{
	start(ALL, 2);
	set(ISACTIVER0, ALL);
	set(ISPENDR0, ALL);
	run_on();
	tap_ok(acknowledge(1) == NONE,
	       "no interrupt is delivered while a register has made all 16 active and pending");
	set(ICACTIVER0, ALL);
	run_on();
	tap_ok(take(ALL, ALL),
	       "all 16 pending interrupts are delivered when a register has made them inactive");
}

int main(void)
{
	mmio_write32(board.gicd.base, GICD_CTLR_BOTH);
	sysreg_write("S3_0_c12_c12_3", 0); /* ICC_BPR1_EL1, ICC_BPR0_EL1: each priority preempts */
	sysreg_write("S3_0_c12_c8_3", 0);
	sysreg_write("S3_0_c4_c6_0", 0xff); /* ICC_PMR_EL1 */
	for (unsigned group = 0; group < 2; group++)
		pending(group);
	for (unsigned first = 0; first < 2 && !board_has_arg("one_group"); first++)
		pending_in_both(first);
	for (unsigned groups = 1; groups < 4 && !board_has_arg("one_group"); groups++)
		pending_before(groups);
	for (unsigned group = 0; group < 2; group++)
		active(group);
	active_by_register();
	return tap_done();
}
