/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic_fake.h"

#include <stdlib.h>
#include <string.h>

#define STATE (LR_PENDING | LR_ACTIVE)

struct fake_cpu fake_cpus[FAKE_CPUS];
struct vm fake_vm;
struct vcpu fake_vcpus[FAKE_VCPUS];
unsigned fake_nlrs, fake_this_cpu, fake_lr_writes, fake_maintenance;
unsigned fake_kicks[FAKE_VCPUS];
uint32_t fake_timers[FAKE_VCPUS];
unsigned guest_retries;

static struct fake_cpu *here(void)
{
	return &fake_cpus[fake_this_cpu];
}

unsigned gich_lr_count(void)
{
	return fake_nlrs;
}

unsigned gich_priority_bits(void)
{
	return 5;
}

uint64_t gich_read_lr(unsigned i)
{
	return here()->lr[i];
}

void gich_write_lr(unsigned i, uint64_t value)
{
	/* Active and pending with HW = 1 is UNPREDICTABLE; so is one INTID twice, see enter(). */
	if (i >= fake_nlrs || ((value & LR_HW) && (value & STATE) == STATE))
		abort();
	fake_lr_writes++;
	here()->lr[i] = value;
}

uint64_t gich_read_elrsr(void)
{
	uint64_t empty = 0;

	for (unsigned i = 0; i < fake_nlrs; i++)
		empty |= here()->lr[i] & (STATE | LR_EOI) ? 0 : BIT(i);
	return empty;
}

uint64_t gich_read_hcr(void)
{
	return here()->hcr;
}

void gich_write_hcr(uint64_t value)
{
	here()->hcr = value;
}

uint64_t gich_read_vmcr(void)
{
	return here()->vmcr;
}

void gich_write_vmcr(uint64_t value)
{
	here()->vmcr = value;
}

uint32_t gich_read_apr(unsigned group, unsigned n)
{
	return here()->apr[group][n];
}

void gich_write_apr(unsigned group, unsigned n, uint32_t value)
{
	here()->apr[group][n] = value;
}

uint64_t gich_read_misr(void)
{
	const struct fake_cpu *c = here();
	bool eoi = false, pending = false;
	uint64_t misr;

	for (unsigned i = 0; i < fake_nlrs; i++) {
		eoi |= (c->lr[i] & (STATE | LR_HW | LR_EOI)) == LR_EOI;
		pending |= (c->lr[i] & STATE) == LR_PENDING;
	}
	misr = (eoi ? BIT(0) : 0) | ((c->hcr & HCR_LRENPIE) && HCR_EOICOUNT(c->hcr) ? BIT(2) : 0) |
	       ((c->hcr & HCR_NPIE) && !pending ? BIT(3) : 0) |
	       ((c->hcr & HCR_VGRP0EIE) && (c->vmcr & VMCR_VENG0) ? BIT(4) : 0) |
	       ((c->hcr & HCR_VGRP0DIE) && !(c->vmcr & VMCR_VENG0) ? BIT(5) : 0) |
	       ((c->hcr & HCR_VGRP1EIE) && (c->vmcr & VMCR_VENG1) ? BIT(6) : 0) |
	       ((c->hcr & HCR_VGRP1DIE) && !(c->vmcr & VMCR_VENG1) ? BIT(7) : 0);
	return c->hcr & HCR_EN ? misr : 0;
}

void gic_ppi_set_active(unsigned intid)
{
	here()->ppi_active |= vgic_bit(intid);
}

void gic_ppi_deactivate(unsigned intid)
{
	here()->ppi_active &= ~vgic_bit(intid);
}

unsigned fake_cpu_of(const struct vcpu *v)
{
	for (unsigned i = 0; i < FAKE_CPUS; i++)
		if (fake_cpus[i].loaded == v)
			return i;
	return FAKE_CPUS;
}

void vcpu_kick(struct vcpu *v)
{
	unsigned cpu = fake_cpu_of(v);

	fake_kicks[v->id]++;
	if (cpu < FAKE_CPUS)
		fake_cpus[cpu].kicked = true;
}

static bool timer_holds(const struct vcpu *v, unsigned intid)
{
	return fake_timers[v->id] & vgic_bit(intid);
}

static void resync(struct vcpu *v, unsigned intid)
{
	bool line = timer_holds(v, intid);

	if (!line && !vgic_hw_ppi_held(v, intid))
		return;
	if (line)
		gic_ppi_set_active(intid);
	vgic_hw_ppi(v, intid, line);
}

void vtimer_resync(struct vcpu *v)
{
	resync(v, MAP_PPI_VTIMER);
	resync(v, MAP_PPI_PTIMER);
}

static void put(struct vcpu *v)
{
	static const unsigned timers[] = {MAP_PPI_VTIMER, MAP_PPI_PTIMER};

	vgic_put(v);
	for (unsigned i = 0; i < 2; i++) {
		if (!vgic_hw_ppi_held(v, timers[i]))
			continue;
		gic_ppi_deactivate(timers[i]);
		vgic_hw_ppi(v, timers[i], false);
	}
	if (here()->ppi_active != 0 || (here()->hcr & HCR_EN))
		abort();
	for (unsigned i = 0; i < fake_nlrs; i++)
		if (here()->lr[i] != 0)
			abort();
}

static void load(struct vcpu *v)
{
	static const unsigned timers[] = {MAP_PPI_VTIMER, MAP_PPI_PTIMER};

	vgic_load(v);
	for (unsigned i = 0; i < 2; i++) {
		if (timer_holds(v, timers[i]) || vgic_ppi_is_active(v, timers[i])) {
			gic_ppi_set_active(timers[i]);
			vgic_hw_ppi(v, timers[i], timer_holds(v, timers[i]));
		}
	}
}

static void enter(struct vcpu *v)
{
	if (vgic_needs_flush(&v->gic))
		vgic_flush(v);
	for (unsigned i = 0; i < fake_nlrs; i++)
		for (unsigned j = 0; j < i; j++)
			if ((here()->lr[i] & STATE) && (here()->lr[j] & STATE) &&
			    (uint32_t)here()->lr[i] == (uint32_t)here()->lr[j])
				abort();
}

void fake_run(unsigned cpu, struct vcpu *v)
{
	unsigned was = fake_this_cpu;

	fake_this_cpu = cpu;
	if (here()->loaded)
		put(here()->loaded);
	here()->loaded = v;
	here()->kicked = false;
	if (v) {
		load(v);
		enter(v);
	}
	fake_this_cpu = was;
}

bool fake_exit_if_due(unsigned cpu)
{
	struct vcpu *v = fake_cpus[cpu].loaded;
	unsigned was = fake_this_cpu;
	uint32_t fired;
	bool due = false;

	if (!v)
		return false;
	fake_this_cpu = cpu;
	fired = fake_timers[v->id] & ~here()->ppi_active;
	if (gich_read_misr() != 0) {
		vgic_maintenance(v);
		fake_maintenance++;
		if (gich_read_misr() != 0)
			abort();
		due = true;
	}
	for (; fired != 0; fired &= fired - 1) {
		here()->ppi_active |= fired & -fired;
		vgic_hw_ppi(v, (unsigned)__builtin_ctz(fired), true);
		due = true;
	}
	due |= here()->kicked || vgic_needs_flush(&v->gic);
	here()->kicked = false;
	enter(v);
	fake_this_cpu = was;
	return due;
}

void fake_settle(void)
{
	bool due = true;

	for (unsigned n = 0; due; n++) {
		if (n > 100)
			abort(); /* a storm */
		due = false;
		for (unsigned i = 0; i < FAKE_CPUS; i++)
			due |= fake_exit_if_due(i);
	}
}

void fake_start(unsigned nlrs)
{
	memset(fake_cpus, 0, sizeof(fake_cpus));
	memset(&fake_vm, 0, sizeof(fake_vm));
	memset(fake_vcpus, 0, sizeof(fake_vcpus));
	memset(fake_kicks, 0, sizeof(fake_kicks));
	memset(fake_timers, 0, sizeof(fake_timers));
	fake_nlrs = nlrs;
	fake_vm.nvcpus = FAKE_VCPUS;
	fake_vm.vcpus = fake_vcpus;
	for (unsigned i = 0; i < FAKE_VCPUS; i++) {
		fake_vcpus[i].id = i;
		fake_vcpus[i].vm = &fake_vm;
	}
	vgic_reset_vm(&fake_vm);
	for (unsigned i = 0; i < FAKE_VCPUS; i++)
		vgic_reset_vcpu(&fake_vcpus[i]);
}

static unsigned running(const struct fake_cpu *c)
{
	uint32_t ap = c->apr[0][0] | c->apr[1][0];

	return ap ? (unsigned)__builtin_ctz(ap) * 8 : 0x100;
}

/* 8 bits of priority, of which bpr says how many are the group. */
static unsigned group_priority(const struct fake_cpu *c, unsigned group, unsigned priority)
{
	unsigned bpr0 = (unsigned)(c->vmcr >> VMCR_VBPR0_SHIFT & 7);
	unsigned bpr1 = (unsigned)(c->vmcr >> VMCR_VBPR1_SHIFT & 7);
	unsigned sub = group == 0 || (c->vmcr & VMCR_VCBPR) ? bpr0 + 1 : bpr1;

	return priority >> sub << sub;
}

/* The list register that would be signalled; -1: none. */
static int highest(const struct fake_cpu *c)
{
	int best = -1;

	for (unsigned i = 0; i < fake_nlrs; i++) {
		unsigned group = c->lr[i] & LR_GROUP1 ? 1 : 0;

		if ((c->lr[i] & STATE) != LR_PENDING ||
		    !(c->vmcr & (group ? VMCR_VENG1 : VMCR_VENG0)))
			continue;
		if (best < 0 || FIELD(c->lr[i], 55, 48) < FIELD(c->lr[best], 55, 48))
			best = (int)i;
	}
	if (best >= 0) {
		unsigned priority = (unsigned)FIELD(c->lr[best], 55, 48);

		if (priority >= c->vmcr >> VMCR_VPMR_SHIFT ||
		    group_priority(c, c->lr[best] & LR_GROUP1 ? 1 : 0, priority) >= running(c))
			return -1;
	}
	return best;
}

unsigned guest_hppi(unsigned cpu, unsigned group)
{
	const struct fake_cpu *c = &fake_cpus[cpu];
	int i = highest(c);

	return i < 0 || ((c->lr[i] & LR_GROUP1) != 0) != group ? 1023 : (unsigned)c->lr[i] & 0x3ff;
}

unsigned guest_ack(unsigned cpu, unsigned group)
{
	struct fake_cpu *c = &fake_cpus[cpu];
	unsigned intid = guest_hppi(cpu, group);
	int i = highest(c);

	if (intid == 1023)
		return intid;
	c->apr[group][0] |= 1u << group_priority(c, group, (unsigned)FIELD(c->lr[i], 55, 48)) / 8;
	c->lr[i] ^= STATE;
	return intid;
}

/* Returns whether a list register had it. */
static bool deactivate(struct fake_cpu *c, unsigned intid)
{
	for (unsigned i = 0; i < fake_nlrs; i++) {
		if (!(c->lr[i] & LR_ACTIVE) || (uint32_t)c->lr[i] != intid)
			continue;
		c->lr[i] &= ~LR_ACTIVE;
		if (c->lr[i] & LR_HW)
			c->ppi_active &= ~vgic_bit((uint32_t)FIELD(c->lr[i], 44, 32));
		return true;
	}
	return false;
}

void guest_eoi(unsigned cpu, unsigned group, unsigned intid)
{
	struct fake_cpu *c = &fake_cpus[cpu];

	c->apr[group][0] &= c->apr[group][0] - 1;
	if (!(c->vmcr & VMCR_VEOIM) && !deactivate(c, intid))
		c->hcr += BIT(27);
}

void guest_dir(unsigned cpu, unsigned intid)
{
	struct fake_cpu *c = &fake_cpus[cpu];

	if (!(c->hcr & HCR_TDIR)) {
		deactivate(c, intid);
		return;
	}
	fake_this_cpu = cpu;
	vgic_dir(c->loaded, intid);
	enter(c->loaded);
}

static uint64_t access(unsigned cpu, uint64_t address, unsigned size, bool write, uint64_t value)
{
	struct vcpu *v = fake_cpus[cpu].loaded;

	for (guest_retries = 0;; guest_retries++) {
		enum vgic_result result;

		fake_this_cpu = cpu;
		result = vgic_mmio(v, (ipaddr_t){address}, size, write, &value);
		enter(v);
		if (result == VGIC_DONE)
			return value;
		if (result == VGIC_FAULT || guest_retries > 2)
			abort();
		for (unsigned i = 0; i < FAKE_CPUS; i++)
			fake_exit_if_due(i);
	}
}

uint64_t guest_read(unsigned cpu, uint64_t address, unsigned size)
{
	return access(cpu, address, size, false, UINT64_C(0xdeadbeefdeadbeef));
}

void guest_write(unsigned cpu, uint64_t address, unsigned size, uint64_t value)
{
	access(cpu, address, size, true, value);
}

void guest_unmask(unsigned cpu)
{
	fake_cpus[cpu].vmcr |= UINT64_C(0xf8) << VMCR_VPMR_SHIFT | VMCR_VENG0 | VMCR_VENG1;
}

void fake_configure(unsigned cpu)
{
	guest_write(cpu, GICD(0), 4, 3);
	for (unsigned word = 1; word < 9; word++) {
		guest_write(cpu, GICD(0x80 + word * 4), 4, UINT32_MAX);
		guest_write(cpu, GICD(0x100 + word * 4), 4, UINT32_MAX);
	}
	for (unsigned intid = 32; intid < MAP_INTIDS; intid += 4)
		guest_write(cpu, GICD(0x400 + intid), 4, 0xa0a0a0a0);
	for (unsigned n = 0; n < FAKE_VCPUS; n++) {
		guest_write(cpu, SGIS(n, 0x80), 4, UINT32_MAX);
		guest_write(cpu, SGIS(n, 0x100), 4, UINT32_MAX);
		for (unsigned intid = 0; intid < 32; intid += 4)
			guest_write(cpu, SGIS(n, 0x400 + intid), 4, 0xa0a0a0a0);
	}
	guest_unmask(cpu);
	fake_settle();
}
