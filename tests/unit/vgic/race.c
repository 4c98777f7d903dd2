/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same as fuzz.c, but each CPU learns late what others do: a kicked CPU stays in its guest for
 * a while, where it takes and ends the interrupts in its list registers. In any order, no interrupt
 * is lost, no edge is taken more often than it came, no SPI is taken by two vCPUs at once, and
 * active bits read as they are.
 */
#include "tests/unit/vgic/fake.h"
#include "tests/tap.h"

#include <string.h>

#define NSGIS	4
#define NINTIDS 37
#define EDGES	(BIT(32) | BIT(33))

static uint64_t rng;
static unsigned came[FAKE_VCPUS][NINTIDS], took[FAKE_VCPUS][NINTIDS]; /* SPIs: at vCPU 0 */
static bool owed[FAKE_VCPUS][NINTIDS], active[FAKE_VCPUS][NINTIDS];
static bool line[NINTIDS];
static unsigned stack[FAKE_VCPUS][64], depth[FAKE_VCPUS], acks, retries;
static char wrong[160];

#define FAIL(...) ((void)(wrong[0] || snprintf(wrong, sizeof(wrong), __VA_ARGS__)))

static uint32_t rnd(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 33) % below;
}

static bool edge(unsigned intid)
{
	return intid < NSGIS || (intid >= 32 && (EDGES & BIT(intid)));
}

static unsigned of(unsigned v, unsigned intid)
{
	return intid < 32 ? v : 0;
}

static void comes(unsigned v, unsigned intid)
{
	came[of(v, intid)][intid]++;
	owed[of(v, intid)][intid] = true;
}

/* The guest's handler: it takes an interrupt and clears its cause, without a trap for the timer. */
static unsigned take(unsigned cpu)
{
	unsigned v = fake_cpus[cpu].loaded->id, intid = guest_ack(cpu, 1), o = of(v, intid);

	if (intid == 1023)
		return intid;
	acks++;
	if (active[o][intid])
		FAIL("INTID %u was taken while it was active", intid);
	active[o][intid] = true;
	owed[o][intid] = false;
	took[o][intid]++;
	if (edge(intid) && took[o][intid] > came[o][intid])
		FAIL("INTID %u was taken more often than it came", intid);
	stack[v][depth[v]++] = intid;
	if (intid < 32) {
		fake_timers[v] &= ~vgic_bit(intid);
	} else if (!edge(intid)) {
		line[intid] = false;
		vgic_set_spi(&fake_vm, intid, false);
	}
	return intid;
}

static void end(unsigned cpu)
{
	unsigned v = fake_cpus[cpu].loaded->id;

	if (depth[v] == 0)
		return;
	active[of(v, stack[v][depth[v] - 1])][stack[v][depth[v] - 1]] = false;
	guest_eoi(cpu, 1, stack[v][--depth[v]]);
}

static void send_sgi(unsigned cpu)
{
	unsigned to = rnd(FAKE_VCPUS), intid = rnd(NSGIS);

	fake_this_cpu = cpu;
	vgic_sgi(fake_cpus[cpu].loaded, 1, intid << 24 | 1u << to);
	fake_enter(fake_cpus[cpu].loaded);
	comes(to, intid);
}

static void device(void)
{
	unsigned intid = 32 + rnd(5);

	vgic_set_spi(&fake_vm, intid, true);
	if (edge(intid)) {
		if (!line[intid])
			comes(0, intid);
		vgic_set_spi(&fake_vm, intid, false);
	} else {
		line[intid] = owed[0][intid] = true;
	}
}

static void read_registers(unsigned cpu)
{
	unsigned v = rnd(FAKE_VCPUS);
	uint32_t pair[2] = {0};
	uint64_t spis, own;

	if (rnd(2)) {
		guest_read_pair(cpu, GICD(0x304), pair);
		spis = (uint64_t)pair[0] << 32;
	} else {
		spis = guest_read(cpu, GICD(0x304), 4) << 32;
	}
	if (pair[1] != 0)
		FAIL("the second word of a pair reads 0x%x, not 0", pair[1]);
	retries += guest_retries;
	for (unsigned i = 32; i < NINTIDS; i++)
		if ((spis >> i & 1) != active[0][i])
			FAIL("the active bit of INTID %u reads %u", i, (unsigned)(spis >> i & 1));
	spis = guest_read(cpu, GICD(0x204), 4) << 32;
	for (unsigned i = 32; i < NINTIDS; i++)
		if (!(spis >> i & 1) && (edge(i) ? owed[0][i] : line[i]))
			FAIL("INTID %u does not read as pending", i);
	own = guest_read(cpu, SGIS(v, 0x300), 4);
	retries += guest_retries;
	for (unsigned i = 0; i < 32; i++)
		if ((own >> i & 1) != active[v][i])
			FAIL("the active bit of vCPU %u's INTID %u reads %u", v, i,
			     (unsigned)(own >> i & 1));
}

/* An access that the guest does not repeat, as when an interrupt's handler continues elsewhere. */
static void abandon(unsigned cpu)
{
	uint64_t value = 0;

	fake_this_cpu = cpu;
	fake_mmio(fake_cpus[cpu].loaded, GICD(0x204), 4, false, &value);
	fake_enter(fake_cpus[cpu].loaded);
}

static void step(unsigned nlrs)
{
	unsigned cpu = rnd(FAKE_CPUS), what = rnd(100), v = rnd(FAKE_VCPUS);

	if (what < 8 || !fake_cpus[cpu].loaded) {
		if (fake_cpu_of(&fake_vcpus[v]) == FAKE_CPUS) {
			fake_run(cpu, &fake_vcpus[v]);
			guest_unmask(cpu);
		}
	} else if (what < 35) {
		take(cpu);
	} else if (what < 60) {
		end(cpu);
	} else if (what < 70) {
		send_sgi(cpu);
	} else if (what < 80) {
		device();
	} else if (what < 84) {
		fake_timers[v] |= 1u << (rnd(2) ? MAP_PPI_VTIMER : MAP_PPI_PTIMER);
	} else if (what < 90) {
		read_registers(cpu);
	} else if (what < 92) {
		abandon(cpu);
	} else if (what < 94) {
		guest_write(cpu, GICD(0x184), 4, rnd(32));
		retries += guest_retries;
	} else if (what < 96) {
		guest_write(cpu, GICD(0x104), 4, 31);
	} else if (what < 98) {
		guest_write(cpu, GICD(0x6000 + 8 * (32 + rnd(5))), 8, v);
	} else if (nlrs == VGIC_MAX_LRS) {
		guest_write(cpu, GICD(0x400 + 32 + rnd(5)), 1, rnd(16) * 8);
	}
	if (rnd(2))
		fake_exit_if_due(rnd(FAKE_CPUS));
}

static void run_on(unsigned cpu, unsigned v)
{
	for (unsigned i = 0; i < FAKE_CPUS; i++)
		fake_run(i, NULL);
	fake_run(cpu, &fake_vcpus[v]);
	guest_unmask(cpu);
	fake_settle();
}

/* No new interrupt comes: the guests take and end all that are left. */
static void drain(void)
{
	unsigned before;

	run_on(0, 0);
	fake_configure(0);
	do {
		before = acks;
		for (unsigned v = 0; v < FAKE_VCPUS; v++) {
			run_on(v % FAKE_CPUS, v);
			while (take(v % FAKE_CPUS) != 1023 || depth[v] > 0) {
				fake_settle();
				end(v % FAKE_CPUS);
				fake_settle();
			}
			if (fake_cpus[v % FAKE_CPUS].ppi_active != 0)
				FAIL("a physical PPI is left active");
			if (fake_timers[v] != 0)
				FAIL("the timer interrupt of vCPU %u was lost", v);
		}
	} while (acks != before);
	for (unsigned v = 0; v < FAKE_VCPUS; v++)
		for (unsigned i = 0; i < NINTIDS; i++)
			if (owed[v][i])
				FAIL("INTID %u of vCPU %u was lost", i, v);
	if ((guest_read(0, GICD(0x204), 4) | guest_read(0, GICD(0x304), 4)) != 0)
		FAIL("an SPI is left pending or active");
}

static void start(unsigned nlrs, uint64_t seed)
{
	rng = seed * UINT64_C(0x9e3779b97f4a7c15);
	memset(came, 0, sizeof(came));
	memset(took, 0, sizeof(took));
	memset(owed, 0, sizeof(owed));
	memset(active, 0, sizeof(active));
	memset(line, 0, sizeof(line));
	memset(depth, 0, sizeof(depth));
	acks = retries = 0;
	wrong[0] = 0;
	fake_start(nlrs);
	for (unsigned i = 0; i < FAKE_CPUS; i++) {
		fake_run(i, &fake_vcpus[i]);
		guest_unmask(i);
	}
	fake_configure(0);
	guest_write(0, GICD(0xc08), 4, 0xa); /* 32 and 33 */
	for (unsigned i = 0; i < 32; i++) {
		guest_write(0, GICD(0x400 + 32 + i % 5), 1, rnd(16) * 8);
		for (unsigned v = 0; v < FAKE_VCPUS; v++)
			guest_write(0, SGIS(v, 0x400 + i), 1, rnd(16) * 8);
	}
}

int main(void)
{
	static const unsigned nlrs[] = {1, 2, 4, VGIC_MAX_LRS};
	const unsigned steps = 10000;

	for (unsigned i = 0; i < 16; i++) {
		unsigned n = 0;

		start(nlrs[i / 4], i + 1);
		for (; n < steps && !wrong[0]; n++)
			step(nlrs[i / 4]);
		if (!wrong[0])
			drain();
		if (!tap_ok(!wrong[0] && acks > steps / 20,
			    "%u list registers: in %u steps no interrupt is lost or taken too often (%u taken, %u retries)",
			    nlrs[i / 4], steps, acks, retries))
			tap_print("# seed %u, step %u: %s\n", i + 1, n, wrong);
	}
	return tap_done();
}
