/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest does on the fake's virtual CPU interface, and its register accesses. */
#include "tests/unit/vgic/fake.h"

#include <stdlib.h>

#define STATE (LR_PENDING | LR_ACTIVE)

unsigned guest_retries;

static unsigned running(const struct fake_cpu *c)
{
	uint32_t ap = c->apr[0][0] | c->apr[1][0];

	return ap ? (unsigned)__builtin_ctz(ap) * 8 : 0x100;
}

/* The group priority: as many of the upper bits of the 8-bit priority as BPR selects. */
static unsigned group_priority(const struct fake_cpu *c, unsigned group, unsigned priority)
{
	unsigned bpr0 = (unsigned)(c->vmcr >> VMCR_VBPR0_SHIFT & 7);
	unsigned bpr1 = (unsigned)(c->vmcr >> VMCR_VBPR1_SHIFT & 7);
	unsigned sub = group == 0 || (c->vmcr & VMCR_VCBPR) ? bpr0 + 1 : bpr1;

	return priority >> sub << sub;
}

/* The list register whose interrupt would be signalled; -1: none. */
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

/* Returns whether a list register held the INTID. */
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
	fake_enter(c->loaded);
}

enum vgic_result fake_mmio(struct vcpu *v, uint64_t address, unsigned size, bool write,
			   uint64_t *value)
{
	struct mmio m = {
		.ipa = {address}, .size = size, .write = write, .value = write ? *value : 0};
	enum vgic_result result = vgic_mmio(v, &m);

	if (result == VGIC_DONE && !write)
		*value = m.value;
	return result;
}

static uint64_t access(unsigned cpu, uint64_t address, unsigned size, bool write, uint64_t value)
{
	struct vcpu *v = fake_cpus[cpu].loaded;

	for (guest_retries = 0;; guest_retries++) {
		enum vgic_result result;

		fake_this_cpu = cpu;
		result = fake_mmio(v, address, size, write, &value);
		fake_enter(v);
		if (result == VGIC_DONE)
			return value;
		if (result == VGIC_FAULT || guest_retries > 2)
			abort();
		for (unsigned i = 0; i < FAKE_CPUS; i++)
			fake_exit_if_due(i);
	}
}

/* Makes the access to both words, or only asks whether it can be made. */
static enum vgic_result pair(struct vcpu *v, uint64_t address, bool ask, uint32_t value[2])
{
	enum vgic_result worst = VGIC_DONE;

	for (unsigned i = 0; i < 2; i++) {
		struct mmio m = {.ipa = {address + 4 * i}, .size = 4, .ask = ask};
		enum vgic_result result = vgic_mmio(v, &m);

		if (result != VGIC_DONE)
			worst = result;
		value[i] = (uint32_t)m.value;
	}
	return worst;
}

void guest_read_pair(unsigned cpu, uint64_t address, uint32_t value[2])
{
	struct vcpu *v = fake_cpus[cpu].loaded;

	for (guest_retries = 0;; guest_retries++) {
		enum vgic_result asked;

		fake_this_cpu = cpu;
		asked = pair(v, address, true, value);
		if (asked == VGIC_DONE && pair(v, address, false, value) != VGIC_DONE)
			abort();
		fake_enter(v);
		if (asked == VGIC_DONE)
			return;
		if (asked == VGIC_FAULT || guest_retries > 2)
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
