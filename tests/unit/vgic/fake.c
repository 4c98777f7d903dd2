/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/vgic/fake.h"

#include <stdlib.h>
#include <string.h>

#define STATE (LR_PENDING | LR_ACTIVE)

struct fake_cpu fake_cpus[FAKE_CPUS];
struct vm fake_vm;
struct vcpu fake_vcpus[FAKE_VCPUS];
unsigned fake_nlrs, fake_this_cpu, fake_lr_writes, fake_maintenance;
uint64_t fake_misr_at_entry;
bool fake_as_qemu;
unsigned fake_wakes[FAKE_VCPUS];
uint32_t fake_timers[FAKE_VCPUS];

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
	/*
	 * Active and pending with HW = 1 is UNPREDICTABLE. So is the same INTID in two list
	 * registers, see fake_enter().
	 */
	if (i >= fake_nlrs || ((value & LR_HW) && (value & STATE) == STATE))
		abort();
	fake_lr_writes++;
	here()->lr[i] = value;
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

static uint64_t read_misr(void)
{
	const struct fake_cpu *c = here();
	bool eoi = false, pending = false;
	uint64_t off0 = fake_as_qemu ? VMCR_VENG1 : VMCR_VENG0, misr;

	for (unsigned i = 0; i < fake_nlrs; i++) {
		eoi |= (c->lr[i] & (STATE | LR_HW | LR_EOI)) == LR_EOI;
		pending |= (c->lr[i] & STATE) == LR_PENDING;
	}
	misr = (eoi ? BIT(0) : 0) | ((c->hcr & HCR_LRENPIE) && HCR_EOICOUNT(c->hcr) ? BIT(2) : 0) |
	       ((c->hcr & HCR_NPIE) && !pending ? BIT(3) : 0) |
	       ((c->hcr & HCR_VGRP0EIE) && (c->vmcr & VMCR_VENG0) ? BIT(4) : 0) |
	       ((c->hcr & HCR_VGRP0DIE) && !(c->vmcr & off0) ? BIT(5) : 0) |
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

void vcpu_wake(struct vcpu *v)
{
	unsigned cpu = fake_cpu_of(v);

	fake_wakes[v->id]++;
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

void fake_enter(struct vcpu *v)
{
	if (vgic_needs_flush(&v->gic))
		vgic_flush(v);
	for (unsigned i = 0; i < fake_nlrs; i++)
		for (unsigned j = 0; j < i; j++)
			if ((here()->lr[i] & STATE) && (here()->lr[j] & STATE) &&
			    (uint32_t)here()->lr[i] == (uint32_t)here()->lr[j])
				abort();
	fake_misr_at_entry |= read_misr();
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
		fake_enter(v);
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
	if (read_misr() != 0) {
		vgic_maintenance(v);
		fake_maintenance++;
		if (read_misr() != 0)
			abort();
		due = true;
	}
	for (; fired != 0; fired &= fired - 1) {
		here()->ppi_active |= fired & -fired;
		vgic_hw_ppi(v, (unsigned)__builtin_ctz(fired), true);
		due = true;
	}
	due |= here()->kicked;
	here()->kicked = false;
	if (due)
		fake_enter(v);
	fake_this_cpu = was;
	return due;
}

void fake_settle(void)
{
	bool due = true;

	for (unsigned n = 0; due; n++) {
		if (n > 100)
			abort(); /* an interrupt storm */
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
	memset(fake_wakes, 0, sizeof(fake_wakes));
	memset(fake_timers, 0, sizeof(fake_timers));
	fake_misr_at_entry = 0;
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
