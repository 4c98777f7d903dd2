/* SPDX-License-Identifier: BSD-2-Clause */
#include "records.h"
#include "arch.h"
#include "cpu.h"
#include "format.h"
#include "link.h"
#include "pvtime.h"
#include "sysregs.h"
#include "vm.h"

#define VECTORS_BYTES 0x800u /* the table at VBAR_EL1 */

static struct spinlock lock; /* keeps records together that belong together */
static bool over;	     /* the last record was sent */

void report_start(void)
{
	link_record("start %lu", read_sysreg(cntfrq_el0));
}

/* The ledger of a vCPU, and its totals as of now. */
static struct pvtime_totals totals(struct vcpu *v, struct sched_ledger *l)
{
	struct pvtime_totals totals;

	sched_ledger(v, l);
	pvtime_totals(&l->time, counter(), &totals);
	return totals;
}

static uint64_t stolen_ns(const struct pvtime_totals *t)
{
	return pvtime_ticks_to_ns(t->ticks[PVTIME_READY], (uint32_t)read_sysreg(cntfrq_el0));
}

static void report_vcpu(struct vcpu *v, bool final)
{
	static const char letters[PVTIME_STATES] = {
		[PVTIME_OFF] = 'O',	[PVTIME_BLOCKED] = 'B', [PVTIME_READY] = 'Y',
		[PVTIME_RUNNING] = 'R', [PVTIME_PAUSED] = 'P',
	};
	struct sched_ledger l;
	struct pvtime_totals all = totals(v, &l);
	const uint64_t *t = all.ticks;

	link_record("vcpu %u %u %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %c", v->vm->id, v->id,
		    t[PVTIME_RUNNING], t[PVTIME_READY], t[PVTIME_BLOCKED], t[PVTIME_OFF],
		    t[PVTIME_PAUSED], all.elapsed, stolen_ns(&all), pvtime_published(v), v->exits,
		    l.switches, v->refused_writes, letters[pvtime_get_state(&l.time)]);
	if (final)
		link_record("life %u %u %lu %lu %lu %lu %lu", v->vm->id, v->id,
			    t[PVTIME_RUNNING] + l.past[PVTIME_RUNNING],
			    t[PVTIME_READY] + l.past[PVTIME_READY],
			    t[PVTIME_BLOCKED] + l.past[PVTIME_BLOCKED],
			    t[PVTIME_OFF] + l.past[PVTIME_OFF],
			    t[PVTIME_PAUSED] + l.past[PVTIME_PAUSED]);
}

static void report_cpu(unsigned cpu)
{
	struct books b = sched_books(cpu);
	uint64_t now = counter();
	uint64_t given = books_given(&b, now), idle = books_idle(&b, now), elapsed = now - b.begun;

	link_record("cpu %u %lu %lu %lu %lu", cpu, given, elapsed - given - idle, idle, elapsed);
}

/* With the lock held: report the phase changes of a VM that are not reported yet. */
static void tell_news(struct vm *vm)
{
	static const char *const words[] = {"reset", "off", "stuck"};
	unsigned news = __atomic_exchange_n(&vm->news, 0, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (news & 1u << i)
			link_record("vm %u %s", vm->id, words[i]);
}

/* With the lock held. The phase changes of the VMs are reported before the ledger. */
static void report_ledger(struct vm *vms, unsigned count, bool final, uint64_t ticks)
{
	for (unsigned i = 0; i < count; i++)
		tell_news(&vms[i]);
	link_record("%s %lu", final ? "final" : "sample", ticks);
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < vms[i].nvcpus; j++)
			report_vcpu(&vms[i].vcpus[j], final);
	for (unsigned i = 0; final && i < cpu_count; i++)
		report_cpu(i);
	link_record("end");
}

void report_sample(struct vm *vms, unsigned count, uint64_t ticks)
{
	spin_lock(&lock);
	report_ledger(vms, count, false, ticks);
	spin_unlock(&lock);
}

void report_line(struct vm *vm, uint64_t ticks)
{
	char text[32 + 21 * MAP_MAX_VCPUS_PER_VM]; /* a space and 20 digits for each vCPU */
	size_t n = format(text, sizeof(text), "line %u %lu", vm->id, ticks);

	for (unsigned i = 0; i < vm->nvcpus; i++) {
		struct sched_ledger l;
		struct pvtime_totals t = totals(&vm->vcpus[i], &l);

		n += format(text + n, sizeof(text) - n, " %lu", stolen_ns(&t));
	}
	spin_lock(&lock);
	if (!over)
		link_record("%s", text);
	spin_unlock(&lock);
}

void report_vm(struct vm *vm)
{
	spin_lock(&lock);
	if (!over)
		tell_news(vm);
	spin_unlock(&lock);
}

void report_nowhere(const struct vcpu *v, uint64_t ipa)
{
	spin_lock(&lock);
	if (!over)
		link_log(
			"VM %s: vCPU %u has accessed 0x%lx, where the machine has neither memory nor a device, at PC 0x%lx: it gets an external abort. Further such accesses are not reported",
			v->vm->name, v->id, ipa, v->regs.pc);
	spin_unlock(&lock);
}

/*
 * How long the VM has run, in ticks, if it has only computed: no vCPU ever waited, and the VM
 * started no other vCPU. Otherwise 0.
 */
static uint64_t only_computed(struct vm *vm)
{
	uint64_t ran = 0;

	if (vm->phase != VM_RUNNING || vm->noticed)
		return 0;
	for (unsigned i = 0; i < vm->nvcpus; i++) {
		struct sched_ledger l;
		struct pvtime_totals t = totals(&vm->vcpus[i], &l);

		if (t.ticks[PVTIME_BLOCKED] != 0 || (i > 0 && t.ticks[PVTIME_RUNNING] != 0))
			return 0;
		ran += t.ticks[PVTIME_RUNNING];
	}
	return ran;
}

/*
 * A user who waits for this VM looks for a reason. Its registers are saved: all vCPUs are paused.
 */
static void tell_silent(struct vm *vm)
{
	const struct vcpu *v = &vm->vcpus[0];
	const uint64_t *r = v->el1.r, vectors = r[EL1_VBAR], ran = only_computed(vm);

	if (ran == 0)
		return;
	if (v->regs.pc - vectors < VECTORS_BYTES && r[EL1_ELR] - vectors < VECTORS_BYTES)
		link_log(
			"VM %s has done nothing but take exceptions: vCPU 0 is at PC 0x%lx, in its vectors (VBAR_EL1 0x%lx), with ELR_EL1 0x%lx and ESR_EL1 0x%lx. Is its kernel built for this machine?",
			vm->name, v->regs.pc, vectors, r[EL1_ELR], r[EL1_ESR]);
	else if (ran >= read_sysreg(cntfrq_el0)) /* for a second: it has not just begun */
		link_log(
			"VM %s has printed nothing, waited for nothing and started no other vCPU: vCPU 0 is at PC 0x%lx",
			vm->name, v->regs.pc);
}

void report_end(struct vm *vms, unsigned count, uint64_t ticks, const struct vm *stuck)
{
	spin_lock(&lock);
	for (unsigned i = 0; i < count; i++)
		tell_silent(&vms[i]);
	report_ledger(vms, count, true, ticks);
	if (stuck)
		link_record(
			"done 1 VM %s stopped for good without SYSTEM_OFF: each of its vCPUs is off, or waits for an interrupt that cannot come",
			stuck->name);
	else
		link_record("done 0 the lab has ended");
	over = true;
	spin_unlock(&lock);
}
