/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of the list registers, step by step: the cases that a random run would not explain,
 * the cost when there is nothing to do, and accesses to state that another CPU's list registers
 * hold.
 */
#include "tests/unit/vgic/fake.h"
#include "tests/tap.h"

#define STATE(lr) ((unsigned)((lr) >> 62))
enum { INACTIVE, PENDING, ACTIVE, ACTIVE_PENDING };

static void start(unsigned nlrs)
{
	fake_start(nlrs);
	fake_run(0, &fake_vcpus[0]);
	fake_configure(0);
}

static const uint64_t *find(unsigned cpu, unsigned intid)
{
	static const uint64_t none;

	for (unsigned i = 0; i < fake_nlrs; i++)
		if ((uint32_t)fake_cpus[cpu].lr[i] == intid && STATE(fake_cpus[cpu].lr[i]))
			return &fake_cpus[cpu].lr[i];
	return &none;
}

static void line(unsigned intid, bool high)
{
	vgic_set_spi(&fake_vm, intid, high);
	fake_settle();
}

static void timer(unsigned v, unsigned intid, bool holds)
{
	fake_timers[v] = holds ? vgic_bit(intid) : 0;
	fake_settle();
}

static void level(void)
{
	start(4);
	line(33, true);
	tap_is_u64(*find(0, 33), LR_PENDING | LR_GROUP1 | LR_EOI | UINT64_C(0xa0) << 48 | 33,
		   "a line that goes high is pending, with a maintenance interrupt at its EOI");
	line(33, false);
	tap_is_u64(*find(0, 33), 0,
		   "a line that goes low before the guest takes it is not pending");
	line(33, true);
	guest_ack(0, 1);
	guest_eoi(0, 1, 33);
	fake_maintenance = 0;
	fake_settle();
	tap_ok(STATE(*find(0, 33)) == PENDING && fake_maintenance == 1,
	       "a line that is still high at its EOI is pending again after one maintenance interrupt");
	guest_ack(0, 1);
	line(33, false);
	guest_eoi(0, 1, 33);
	fake_maintenance = 0;
	fake_settle();
	tap_ok(STATE(*find(0, 33)) == INACTIVE && fake_maintenance == 0,
	       "a line that is low at its EOI is not pending, and causes no maintenance interrupt");
	guest_write(0, GICD(0x204), 4, 2);
	guest_ack(0, 1);
	guest_eoi(0, 1, 33);
	fake_settle();
	tap_is_u64(*find(0, 33), 0,
		   "an interrupt made pending by ISPENDR is not pending again after its EOI");
}

static void edges(void)
{
	start(4);
	guest_write(0, GICD(0xc08), 4, 0xaaaaaaaa);
	line(33, true);
	line(33, false);
	line(33, true);
	tap_is_u64(STATE(*find(0, 33)), PENDING, "an interrupt is pending after two edges");
	guest_ack(0, 1);
	tap_is_u64(guest_read(0, GICD(0x304), 4), 2,
		   "two edges are one interrupt, active once it is taken");
	tap_is_u64(guest_read(0, GICD(0x204), 4), 0, "an interrupt that is taken is not pending");
	line(33, false);
	line(33, true);
	tap_is_u64(STATE(*find(0, 33)), ACTIVE_PENDING,
		   "an edge while the interrupt is active makes it active and pending");
	guest_eoi(0, 1, 33);
	tap_is_u64(guest_hppi(0, 1), 33,
		   "an edge while the interrupt is active is a second interrupt");
}

static void timers(void)
{
	start(4);
	timer(0, 27, true);
	tap_is_u64(*find(0, 27),
		   LR_PENDING | LR_GROUP1 | LR_HW | UINT64_C(27) << 32 | UINT64_C(0xa0) << 48 | 27,
		   "the list register of a timer interrupt is tied to the physical PPI");
	guest_ack(0, 1);
	timer(0, 27, false);
	guest_eoi(0, 1, 27);
	tap_is_u64(fake_cpus[0].ppi_active, 0, "the guest's EOI deactivates the physical PPI");
	timer(0, 27, true);
	tap_is_u64(STATE(*find(0, 27)), PENDING, "a timer whose PPI is deactivated can fire again");
	guest_write(0, SGIS(0, 0x180), 4, 1u << 27);
	tap_ok(!STATE(*find(0, 27)) && fake_cpus[0].ppi_active == 1u << 27,
	       "a timer interrupt that the guest disables is in no list register, and its physical PPI stays active");
	tap_is_u64(guest_read(0, SGIS(0, 0x200), 4), 1u << 27,
		   "a disabled timer interrupt reads as pending");
	timer(0, 27, false);
	tap_is_u64(guest_read(0, SGIS(0, 0x200), 4), 0,
		   "a disabled timer interrupt reads as idle when its condition is gone");
	tap_is_u64(fake_cpus[0].ppi_active, 0,
		   "a disabled timer whose condition is gone leaves the PPI inactive");
	guest_write(0, SGIS(0, 0x100), 4, 1u << 27);

	timer(0, 27, true);
	guest_ack(0, 1);
	fake_run(0, &fake_vcpus[1]);
	tap_is_u64(
		fake_cpus[0].ppi_active, 0,
		"a vCPU that is switched out with an active timer interrupt leaves its CPU's PPI inactive");
	fake_run(1, &fake_vcpus[0]);
	tap_ok(fake_cpus[1].ppi_active == 1u << 27 && STATE(*find(1, 27)) == ACTIVE,
	       "an active timer interrupt is active on the vCPU's next CPU");
	timer(0, 27, false);
	guest_eoi(1, 1, 27);
	tap_is_u64(fake_cpus[1].ppi_active, 0, "the EOI on the next CPU deactivates the PPI there");
	timer(0, 30, true);
	guest_write(1, SGIS(0, 0x200), 4, 1u << 30);
	guest_ack(1, 1);
	guest_write(1, SGIS(0, 0x200), 4, 1u << 30);
	timer(0, 30, false);
	guest_eoi(1, 1, 30);
	fake_settle();
	tap_ok(STATE(*find(1, 30)) == PENDING && fake_cpus[1].ppi_active == 0,
	       "a timer PPI made pending by ISPENDR while active is pending after its EOI, and its physical PPI is inactive");
}

static void few_list_registers(void)
{
	start(4);
	for (unsigned intid = 40; intid < 48; intid++) {
		guest_write(0, GICD(0x400 + intid), 1, 0x80 - 8 * (intid - 40));
		line(intid, true);
	}
	tap_ok(guest_hppi(0, 1) == 47 && (fake_cpus[0].hcr & HCR_NPIE),
	       "with 8 pending interrupts and 4 list registers, the best is signalled and NPIE is set");
	for (unsigned n = 0; n < 8; n++) {
		unsigned intid = guest_ack(0, 1);

		tap_is_u64(intid, 47 - n,
			   "eight pending interrupts are taken in order of priority: number %u", n);
		line(intid, false);
		guest_eoi(0, 1, intid);
		fake_settle();
	}
	for (unsigned intid = 40; intid < 48; intid++) {
		line(intid, true);
		tap_is_u64(guest_ack(0, 1), intid,
			   "eight interrupts nest in 4 list registers: number %u is taken",
			   intid - 40);
		line(intid, false);
	}
	tap_ok(fake_cpus[0].hcr & HCR_LRENPIE,
	       "LRENPIE is set while more interrupts are active than there are list registers");
	for (unsigned intid = 47; intid >= 40; intid--) {
		guest_eoi(0, 1, intid);
		fake_settle();
	}
	tap_is_u64(guest_read(0, GICD(0x304), 4), 0, "eight nested interrupts are all deactivated");
	tap_is_u64(fake_cpus[0].hcr, HCR_EN,
		   "no maintenance interrupt is enabled after the last EOI");
}

/*
 * An interrupt that is finished and pending again must not come before a better one that found no
 * list register.
 */
static void finished_and_pending(void)
{
	start(2);
	guest_write(0, GICD(0xc08), 4, 2u << 18); /* 41 is an edge: its end needs no attention */
	guest_write(0, GICD(0x400 + 40), 1, 0x20);
	line(40, true);
	guest_ack(0, 1);
	guest_write(0, GICD(0x400 + 41), 1, 0x10);
	guest_write(0, GICD(0x400 + 42), 1, 0x18);
	line(41, true);
	line(42, true);
	guest_eoi(0, 1, 40);
	fake_settle();
	tap_is_u64(guest_ack(0, 1), 41,
		   "the best of two better interrupts is taken before one that is pending again");
	fake_settle();
	guest_eoi(0, 1, 41);
	fake_settle();
	tap_is_u64(guest_ack(0, 1), 42,
		   "the second of two better interrupts is taken before one that is pending again");
	fake_settle();
	line(42, false);
	guest_eoi(0, 1, 42);
	fake_settle();
	tap_is_u64(guest_ack(0, 1), 40,
		   "the interrupt that is pending again is taken after two better ones");
}

/* Requests for a list register of another CPU that overtake each other before it is folded. */
static void overtaking(void)
{
	uint64_t bit = 2, active, pending;

	start(4);
	fake_run(1, &fake_vcpus[1]);
	guest_unmask(1);
	guest_write(0, GICD(0x6000 + 8 * 33), 8, 1);
	guest_write(0, GICD(0x204), 4, bit);
	fake_settle();
	guest_ack(1, 1);
	fake_this_cpu = 0;
	fake_mmio(&fake_vcpus[0], GICD(0x384), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x304), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x204), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x284), 4, true, &bit);
	fake_settle();
	active = guest_read(0, GICD(0x304), 4);
	pending = guest_read(0, GICD(0x204), 4);
	tap_ok(active == 2 && pending == 0,
	       "the last of several requests counts: the interrupt is active, not pending");
	fake_this_cpu = 0;
	fake_mmio(&fake_vcpus[0], GICD(0x284), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x204), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x304), 4, true, &bit);
	fake_mmio(&fake_vcpus[0], GICD(0x384), 4, true, &bit);
	fake_settle();
	active = guest_read(0, GICD(0x304), 4);
	pending = guest_read(0, GICD(0x204), 4);
	tap_ok(active == 0 && pending == 2,
	       "the last of several requests counts: the interrupt is pending, not active");
}

static void nothing_to_do(void)
{
	start(4);
	fake_lr_writes = 0;
	tap_ok(!vgic_needs_flush(&fake_vcpus[0].gic),
	       "a vCPU of which nothing changed needs no flush");
	fake_run(0, &fake_vcpus[1]);
	fake_run(0, &fake_vcpus[0]);
	guest_read(0, GICD(4), 4);
	tap_ok(!vgic_needs_flush(&fake_vcpus[0].gic) && fake_lr_writes == 0,
	       "a switch with no interrupts touches no list register");
}

/* Two words, each of which has an interrupt in a list register of another CPU. */
static void pairs(void)
{
	uint32_t value[2];
	struct mmio m = {.ipa = {GICD(0x208)}, .size = 4, .ask = true, .value = 0x77};

	start(4);
	fake_run(1, &fake_vcpus[1]);
	guest_unmask(1);
	for (unsigned intid = 33; intid <= 66; intid += 33) {
		guest_write(0, GICD(0x6000 + 8 * intid), 8, 1);
		line(intid, true);
	}
	fake_settle();
	guest_read_pair(0, GICD(0x204), value);
	tap_ok(value[0] == 2 && value[1] == 4 && guest_retries == 1,
	       "two words that are both in list registers of another CPU are read after one retry");
	guest_ack(1, 1);
	guest_read_pair(0, GICD(0x304), value);
	tap_ok(value[0] == 2 && value[1] == 0 && guest_retries == 1,
	       "a pair of words reads the current state, not that of the pair before it");
	fake_this_cpu = 0;
	tap_ok(vgic_mmio(&fake_vcpus[0], &m) == VGIC_RETRY && m.value == 0x77,
	       "a read that only asks gives no value");
	m = (struct mmio){.ipa = {GICD(0x184)}, .size = 4, .write = true, .ask = true, .value = 4};
	tap_ok(vgic_mmio(&fake_vcpus[0], &m) == VGIC_DONE && (guest_read(0, GICD(0x184), 4) & 4),
	       "a write that only asks does not write");
}

static void two_cpus(void)
{
	uint64_t value = 0;

	start(4);
	fake_run(1, &fake_vcpus[1]);
	guest_unmask(1);
	guest_write(0, GICD(0x6000 + 8 * 33), 8, 1);
	line(33, true);
	guest_ack(1, 1);
	fake_wakes[1] = 0;
	fake_this_cpu = 0;
	tap_ok(fake_mmio(&fake_vcpus[0], GICD(0x304), 4, false, &value) == VGIC_RETRY &&
		       fake_wakes[1] == 1,
	       "a read of an active bit in another CPU's list register retries, and that CPU is kicked");
	tap_ok(fake_mmio(&fake_vcpus[0], GICD(0x304), 4, false, &value) == VGIC_RETRY &&
		       fake_wakes[1] == 1,
	       "a CPU that is kicked already is not kicked again");
	fake_exit_if_due(1);
	tap_is_u64(STATE(*find(1, 33)), ACTIVE_PENDING,
		   "a CPU that is kicked folds and continues with the same interrupts");
	tap_ok(fake_mmio(&fake_vcpus[0], GICD(0x304), 4, false, &value) == VGIC_DONE && value == 2,
	       "the access gets its value after the fold");
	guest_write(0, GICD(0x384), 4, 2);
	tap_ok(guest_retries == 1 && STATE(*find(1, 33)) == PENDING,
	       "ICACTIVER of an interrupt on another CPU is done when it returns");
	guest_write(0, GICD(0x184), 4, 2);
	tap_is_u64(STATE(*find(1, 33)), INACTIVE,
		   "ICENABLER of an interrupt on another CPU is done when it returns");
	guest_write(0, GICD(0x104), 4, 2);
	fake_settle();
	guest_write(0, GICD(0x6000 + 8 * 33), 8, 0);
	fake_settle();
	tap_ok(guest_hppi(0, 1) == 33 && guest_hppi(1, 1) == 1023,
	       "a new route moves a pending interrupt to the other vCPU");

	guest_eoi(1, 1, 33);
	fake_run(1, NULL);
	fake_wakes[1] = 0;
	fake_this_cpu = 0;
	vgic_sgi(&fake_vcpus[0], 1, 5 << 24 | 1 << 1);
	tap_ok(fake_wakes[1] == 1 && vgic_can_wake(&fake_vcpus[1]), "an SGI wakes a blocked vCPU");
	guest_write(0, SGIS(1, 0x180), 4, 1u << 5);
	fake_wakes[1] = 0;
	vgic_sgi(&fake_vcpus[0], 1, 5 << 24 | 1 << 1);
	tap_ok(fake_wakes[1] == 0 && !vgic_can_wake(&fake_vcpus[1]),
	       "a disabled SGI does not wake a blocked vCPU");
}

/*
 * One group is enabled, and more of its interrupts are pending than fit: the guest takes them all.
 */
static void one_group(unsigned group, bool as_qemu)
{
	const char *whose = as_qemu ? "as in QEMU" : "as in the architecture";
	unsigned taken = 0, intid;
	bool quiet;

	start(4);
	fake_as_qemu = as_qemu;
	fake_cpus[0].vmcr &= ~(uint64_t)(group ? VMCR_VENG0 : VMCR_VENG1);
	guest_write(0, SGIS(0, 0x80), 4, group ? UINT32_MAX : 0);
	guest_write(0, SGIS(0, 0x200), 4, 0xffff);
	quiet = tap_is_u64(
		fake_misr_at_entry, 0,
		"group %u alone is enabled and 16 of it are pending: no maintenance is due at entry, %s",
		group, whose);
	for (; quiet && (intid = guest_ack(0, group)) != 1023; taken++) {
		guest_eoi(0, group, intid);
		fake_settle();
	}
	tap_is_u64(taken, 16, "all 16 pending interrupts of the only enabled group are taken");
	fake_as_qemu = false;
}

int main(void)
{
	for (unsigned i = 0; i < 4; i++)
		one_group(i & 1, i & 2);
	level();
	edges();
	timers();
	few_list_registers();
	finished_and_pending();
	overtaking();
	nothing_to_do();
	two_cpus();
	pairs();
	return tap_done();
}
