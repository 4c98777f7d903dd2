/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random guests on random CPUs against the architecture's model, step by step: which interrupt each
 * PE would take, what each register reads, whether a WFI ends, whether a blocked vCPU is kicked,
 * and that no physical PPI is left active which no vCPU will deactivate.
 */
#include "tests/unit/vgic/model.h"
#include "tests/tap.h"

#include <string.h>

#define STACK 64

/* How a run is set up. */
struct setup {
	const char *what;
	unsigned nlrs;
	bool dir; /* ICC_CTLR_EL1.EOImode = 1 */
	/* deactivation in the order that hardware expects where list registers are short */
	bool strict;
};

static struct model m;
static const struct setup *setup;
static uint64_t rng;
static struct taken {
	unsigned intid, group;
} taken[FAKE_VCPUS][STACK];
static unsigned ntaken[FAKE_VCPUS];
static unsigned to_deactivate[STACK], nto_deactivate, deactivate_on[STACK];
static char wrong[160];
static unsigned acks, retries;

#define FAIL(...) ((void)(wrong[0] || snprintf(wrong, sizeof(wrong), __VA_ARGS__)))

static uint32_t rnd(uint32_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 33) % below;
}

/* The interrupts in use: 13, so that 16 list registers are always enough. */
static const uint32_t used[] = {0xf | 1u << 20 | VGIC_HW_PPIS, 0x1f, 1};
static const unsigned intids[] = {0, 1, 2, 3, 20, 27, 30, 32, 33, 34, 35, 36, 64};
#define NINTIDS (sizeof(intids) / sizeof(intids[0]))

static uint32_t some(unsigned word)
{
	uint32_t bits = (uint32_t)(rnd(65536) | rnd(65536) << 16);

	return used[word] & bits & (rnd(65536) | rnd(65536) << 16);
}

static unsigned vcpu_on(unsigned cpu)
{
	return fake_cpus[cpu].loaded->id;
}

static void step_ack(unsigned cpu)
{
	unsigned v = vcpu_on(cpu), group = rnd(2), before = model_signalled(&m, v);
	unsigned intid = guest_ack(cpu, group);
	const struct model_irq *irq = model_irq(&m, v, intid == 1023 ? 0 : intid);

	if (intid == 1023)
		return;
	acks++;
	if (irq->group != group || irq->priority != before || !model_pending(&m, v, intid) ||
	    !model_forwarded(&m, v, intid))
		FAIL("vCPU %u took INTID %u of priority %u, while priority %u was signalled", v,
		     intid, irq->priority, before);
	model_ack(&m, v, intid);
	if (ntaken[v] < STACK)
		taken[v][ntaken[v]++] = (struct taken){intid, group};
}

static void step_eoi(unsigned cpu)
{
	unsigned v = vcpu_on(cpu), i;
	struct taken t;
	struct model_irq *irq;

	if (ntaken[v] == 0)
		return;
	i = setup->strict ? ntaken[v] - 1 : rnd(ntaken[v]);
	t = taken[v][i];
	memmove(&taken[v][i], &taken[v][i + 1], (--ntaken[v] - i) * sizeof(t));
	guest_eoi(cpu, t.group, t.intid);
	model_drop(&m, v, t.group);
	irq = model_irq(&m, v, t.intid);
	if (setup->dir && nto_deactivate < STACK) {
		deactivate_on[nto_deactivate] = v;
		to_deactivate[nto_deactivate++] = t.intid;
	} else if (!setup->dir && irq->active && (t.intid < 32 || irq->owner == v)) {
		irq->active = false;
	}
}

/* With EOImode 1 an SPI may be deactivated by any PE. */
static void step_dir(unsigned cpu)
{
	unsigned v = vcpu_on(cpu), i;

	if (nto_deactivate == 0)
		return;
	i = rnd(nto_deactivate);
	if (to_deactivate[i] < 32 && deactivate_on[i] != v)
		return;
	guest_dir(cpu, to_deactivate[i]);
	model_irq(&m, v, to_deactivate[i])->active = false;
	nto_deactivate--;
	to_deactivate[i] = to_deactivate[nto_deactivate];
	deactivate_on[i] = deactivate_on[nto_deactivate];
}

/* A word of 32 interrupts in a register group: of the distributor, or of a redistributor. */
struct place {
	unsigned word, vcpu;
};

static struct place any_place(void)
{
	return (struct place){rnd(3), rnd(FAKE_VCPUS)};
}

static uint64_t address(struct place at, unsigned offset, unsigned bytes)
{
	return at.word == 0 ? SGIS(at.vcpu, offset) : GICD(offset + at.word * bytes);
}

static void step_write_bits(unsigned cpu)
{
	static const unsigned offsets[] = {0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380};
	struct place at = any_place();
	unsigned reg = rnd(setup->strict ? 5 : 7);
	uint32_t bits = some(at.word);

	if ((reg == 2 || reg == 5) && rnd(4))
		reg--; /* otherwise few interrupts would be delivered in the end */
	if (reg == 0 && setup->strict)
		return; /* a changed group would need the other EOIR */
	guest_write(cpu, address(at, offsets[reg], 4), 4, bits);
	retries += guest_retries;
	for (unsigned i = 0; i < 32; i++) {
		struct model_irq *irq = model_irq(&m, at.vcpu, at.word * 32 + i);
		bool set = bits >> i & 1;

		if (reg == 0)
			irq->group = set;
		if (!set)
			continue;
		if (reg == 1 || reg == 2)
			irq->enabled = reg == 1;
		else if (reg == 3)
			model_set_pending(irq);
		else if (reg == 4)
			irq->latch = false;
		else if (reg == 5)
			model_activate(irq);
		else if (reg == 6)
			irq->active = false;
	}
}

static void step_read_bits(unsigned cpu)
{
	static const unsigned offsets[] = {0x80, 0x100, 0x200, 0x300};
	struct place at = any_place();
	unsigned reg = rnd(4);
	uint32_t got, want = 0;

	got = (uint32_t)guest_read(cpu, address(at, offsets[reg] + (reg ? rnd(2) * 0x80 : 0), 4),
				   4);
	retries += guest_retries;
	for (unsigned i = 0; i < 32; i++) {
		unsigned intid = at.word * 32 + i;
		const struct model_irq *irq = model_irq(&m, at.vcpu, intid);
		bool set = reg == 0   ? irq->group
			   : reg == 1 ? irq->enabled
			   : reg == 2 ? model_pending(&m, at.vcpu, intid)
				      : irq->active;

		want |= (uint32_t)set << i;
	}
	if (got != want)
		FAIL("register group %u of word %u, vCPU %u, reads 0x%x, not 0x%x", reg, at.word,
		     at.vcpu, got, want);
}

static void step_priority(unsigned cpu)
{
	unsigned intid = intids[rnd(NINTIDS)], v = rnd(FAKE_VCPUS);
	uint8_t priority = (uint8_t)rnd(256);
	struct model_irq *irq = model_irq(&m, v, intid);

	if (setup->strict && irq->active)
		return;
	guest_write(cpu, intid < 32 ? SGIS(v, 0x400 + intid) : GICD(0x400 + intid), 1, priority);
	irq->priority = priority & 0xf8;
}

static void step_config(unsigned cpu)
{
	struct place at = any_place();
	uint32_t bits = some(at.word) & 0xffff, value = 0;
	bool high = at.word == 0; /* the PPIs' half */

	if (high)
		bits = rnd(2) << 4; /* 20 */
	for (unsigned i = 0; i < 16; i++)
		value |= (bits >> i & 1) << (2 * i + 1);
	guest_write(cpu, address(at, 0xc00, 8) + (high ? 4 : 0), 4, value);
	for (unsigned i = 0; i < 16; i++) {
		unsigned intid = at.word * 32 + i + (high ? 16 : 0);

		if (intid != MAP_PPI_VTIMER && intid != MAP_PPI_PTIMER)
			model_irq(&m, at.vcpu, intid)->edge = bits >> i & 1;
	}
}

static void step_sgi(unsigned cpu)
{
	unsigned v = vcpu_on(cpu), group = rnd(2), intid = rnd(4), list = rnd(32);
	bool others = rnd(8) == 0, elsewhere = rnd(8) == 0;

	fake_this_cpu = cpu;
	vgic_sgi(&fake_vcpus[v], group,
		 (uint64_t)others << 40 | (uint64_t)elsewhere << 32 | intid << 24 | list);
	fake_enter(&fake_vcpus[v]);
	for (unsigned i = 0; i < FAKE_VCPUS; i++) {
		struct model_irq *irq = model_irq(&m, i, intid);
		bool hit = others ? i != v : !elsewhere && (list >> i & 1);

		if (hit && (group == 1 || !irq->group))
			model_set_pending(irq);
	}
}

static void step_line(void)
{
	unsigned intid = intids[7 + rnd(NINTIDS - 7)];
	bool high = rnd(2);

	vgic_set_spi(&fake_vm, intid, high);
	model_line(model_irq(&m, 0, intid), high);
}

static void step_route(unsigned cpu)
{
	unsigned intid = intids[7 + rnd(NINTIDS - 7)], to = rnd(FAKE_VCPUS + 1);
	bool half = rnd(2);

	guest_write(cpu, GICD(0x6000 + 8 * intid), half ? 4 : 8, to);
	model_route(model_irq(&m, 0, intid), to);
}

/* The guest programs its timer, or the timer's deadline comes. */
static void step_timer(void)
{
	unsigned v = rnd(FAKE_VCPUS), cpu = fake_cpu_of(&fake_vcpus[v]);

	fake_timers[v] ^= 1u << (rnd(2) ? MAP_PPI_VTIMER : MAP_PPI_PTIMER);
	if (cpu < FAKE_CPUS) {
		fake_this_cpu = cpu;
		vtimer_resync(&fake_vcpus[v]);
		fake_enter(&fake_vcpus[v]);
	}
}

static void step_mask(unsigned cpu)
{
	uint64_t *vmcr = &fake_cpus[cpu].vmcr;

	switch (rnd(4)) {
	case 0:
		*vmcr = rnd(4) ? *vmcr | VMCR_VENG0 : *vmcr & ~(uint64_t)VMCR_VENG0;
		break;
	case 1:
		*vmcr = rnd(4) ? *vmcr | VMCR_VENG1 : *vmcr & ~(uint64_t)VMCR_VENG1;
		break;
	default:
		*vmcr = (*vmcr & 0xffffff) | (rnd(4) ? 0xf8u : rnd(32) * 8) << VMCR_VPMR_SHIFT;
		break;
	}
	m.vmcr[vcpu_on(cpu)] = (uint32_t)*vmcr;
}

static void step_enable_groups(unsigned cpu)
{
	uint32_t groups = rnd(4) ? 3 : rnd(4);

	guest_write(cpu, GICD(0), 4, groups);
	m.ctlr = groups;
}

/* CPU `cpu` switches to another vCPU, to none, or to the same one again. */
static void step_switch(unsigned cpu)
{
	unsigned v = rnd(FAKE_VCPUS + 1);

	if (v == FAKE_VCPUS)
		fake_run(cpu, NULL);
	else if (fake_cpu_of(&fake_vcpus[v]) == FAKE_CPUS ||
		 fake_cpus[cpu].loaded == &fake_vcpus[v])
		fake_run(cpu, &fake_vcpus[v]);
}

static void step(void)
{
	unsigned cpu = rnd(FAKE_CPUS), what = rnd(100);

	if (what < 6 || !fake_cpus[cpu].loaded)
		step_switch(cpu);
	else if (what < 30)
		step_ack(cpu);
	else if (what < 52)
		step_eoi(cpu);
	else if (what < 60)
		step_dir(cpu);
	else if (what < 66)
		step_line();
	else if (what < 72)
		step_sgi(cpu);
	else if (what < 75)
		step_timer();
	else if (what < 83)
		step_write_bits(cpu);
	else if (what < 88)
		step_read_bits(cpu);
	else if (what < 91)
		step_priority(cpu);
	else if (what < 92)
		step_config(cpu);
	else if (what < 94)
		step_route(cpu);
	else if (what < 98)
		step_mask(cpu);
	else
		step_enable_groups(cpu);
}

/* Compares vCPU v with the model while no change is under way. */
static void check_vcpu(struct vcpu *v)
{
	unsigned cpu = fake_cpu_of(v), signalled = model_signalled(&m, v->id), intid;
	struct fake_cpu *c = &fake_cpus[cpu % FAKE_CPUS];

	if (cpu < FAKE_CPUS) {
		unsigned group = guest_hppi(cpu, 0) == 1023;
		const struct model_irq *irq;

		fake_this_cpu = cpu;
		intid = guest_hppi(cpu, group);
		irq = model_irq(&m, v->id, intid == 1023 ? 0 : intid);
		if ((intid == 1023 ? MODEL_IDLE : irq->priority) != signalled)
			FAIL("vCPU %u is signalled INTID %u, not one of priority %u", v->id, intid,
			     signalled);
		for (unsigned i = MAP_PPI_VTIMER; i <= MAP_PPI_PTIMER; i += 3)
			if ((c->ppi_active >> i & 1) && !(fake_timers[v->id] >> i & 1) &&
			    !model_irq(&m, v->id, i)->active)
				FAIL("physical PPI %u is left active on CPU %u", i, cpu);
	}
	if (rnd(4) == 0) {
		intid = intids[4 + rnd(3)];
		if (vgic_can_wake(v) != (signalled != MODEL_IDLE))
			FAIL("vgic_can_wake() of vCPU %u does not match priority %u, which is signalled",
			     v->id, signalled);
		if (vgic_ppi_enabled(v, intid) !=
		    (model_forwarded(&m, v->id, intid) &&
		     model_unmasked(&m, v->id, model_irq(&m, v->id, intid)->group,
				    model_irq(&m, v->id, intid)->priority)))
			FAIL("vgic_ppi_enabled() of vCPU %u and PPI %u does not match the model",
			     v->id, intid);
		if (cpu < FAKE_CPUS)
			fake_enter(v);
	}
}

static void start(const struct setup *s)
{
	setup = s;
	memset(&m, 0, sizeof(m));
	memset(ntaken, 0, sizeof(ntaken));
	nto_deactivate = acks = retries = 0;
	wrong[0] = 0;
	fake_start(s->nlrs);
	for (unsigned i = 0; i < FAKE_VCPUS; i++) {
		fake_vcpus[i].gic.vmcr |= s->dir ? VMCR_VEOIM : 0;
		m.vmcr[i] = fake_vcpus[i].gic.vmcr;
		for (unsigned n = 0; n < 16; n++)
			m.ppi[i][n].edge = true;
	}
	for (unsigned i = 0; i < FAKE_CPUS; i++)
		fake_run(i, &fake_vcpus[i]);
}

static void run(const struct setup *s, uint64_t seed, unsigned steps)
{
	unsigned n;

	rng = seed * UINT64_C(0x9e3779b97f4a7c15);
	start(s);
	for (n = 0; n < steps && !wrong[0]; n++) {
		bool idle[FAKE_VCPUS];

		for (unsigned i = 0; i < FAKE_VCPUS; i++) {
			idle[i] = fake_cpu_of(&fake_vcpus[i]) == FAKE_CPUS &&
				  model_signalled(&m, i) == MODEL_IDLE;
			fake_wakes[i] = 0;
		}
		step();
		fake_settle();
		for (unsigned i = 0; i < FAKE_VCPUS; i++) {
			if (idle[i] && fake_wakes[i] == 0 &&
			    fake_cpu_of(&fake_vcpus[i]) == FAKE_CPUS &&
			    model_signalled(&m, i) != MODEL_IDLE)
				FAIL("blocked vCPU %u was not kicked for a signalled interrupt", i);
			check_vcpu(&fake_vcpus[i]);
		}
		fake_settle();
	}
	if (fake_misr_at_entry)
		FAIL("a guest was entered with ICH_MISR_EL2 = 0x%x, not 0",
		     (unsigned)fake_misr_at_entry);
	if (!tap_ok(!wrong[0] && acks > steps / 100,
		    "%s: the vGIC agrees with the model in all %u steps (%u interrupts taken, %u retries)",
		    s->what, steps, acks, retries))
		tap_print("# seed %u, step %u: %s\n", (unsigned)seed, n, wrong);
}

int main(void)
{
	static const struct setup setups[] = {
		{"enough list registers", 16, false, false},
		{"4 list registers, EOI in order", 4, false, true},
		{"2 list registers, EOI in order", 2, false, true},
		{"1 list register, EOI in order", 1, false, true},
		{"16 list registers and ICC_DIR", 16, true, false},
		{"4 list registers and ICC_DIR", 4, true, false},
		{"1 list register and ICC_DIR", 1, true, false},
	};

	for (unsigned i = 0; i < sizeof(setups) / sizeof(setups[0]); i++)
		for (unsigned seed = 1; seed <= 4; seed++)
			run(&setups[i], seed, 20000);
	return tap_done();
}
