/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"
#include "arch.h"
#include "format.h"
#include "lab.h"
#include "link.h"
#include "pvtime.h"
#include "vm.h"

static struct spinlock lock; /* records that belong together stay together */
static bool over;	     /* the last record has been */

void report_start(void)
{
	link_record("start %lu", read_sysreg(cntfrq_el0));
}

static void report_vcpu(struct vcpu *v)
{
	static const char letters[PVTIME_STATES] = {
		[PVTIME_OFF] = 'O',	[PVTIME_BLOCKED] = 'B', [PVTIME_READY] = 'Y',
		[PVTIME_RUNNING] = 'R', [PVTIME_PAUSED] = 'P',
	};
	struct pvtime_vcpu copy;
	uint64_t t[PVTIME_STATES], elapsed, switches;

	sched_ledger(v, &copy, &switches);
	pvtime_totals(&copy, counter(), t, &elapsed);
	link_record("vcpu %u %u %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %c", v->vm->id, v->id,
		    t[PVTIME_RUNNING], t[PVTIME_READY], t[PVTIME_BLOCKED], t[PVTIME_OFF],
		    t[PVTIME_PAUSED], elapsed, pvtime_ticks_to_ns(t[PVTIME_READY], copy.rate.freq),
		    pvtime_published(v), v->exits, switches, v->refused_writes,
		    letters[copy.state]);
}

/* With the lock: what has come of a VM since it was last told. */
static void tell_news(struct vm *vm)
{
	static const char *const words[] = {"reset", "off", "stuck"};
	unsigned news = __atomic_exchange_n(&vm->news, 0, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (news & 1u << i)
			link_record("vm %u %s", vm->id, words[i]);
}

/* With the lock. What has come of the VMs by then is told before it. */
static void report_ledger(const char *kind, uint64_t ticks)
{
	for (unsigned i = 0; i < lab_vm_count(); i++)
		tell_news(lab_vm(i));
	link_record("%s %lu", kind, ticks);
	for (unsigned i = 0; i < lab_vm_count(); i++) {
		struct vm *vm = lab_vm(i);

		for (unsigned j = 0; j < vm->nvcpus; j++)
			report_vcpu(&vm->vcpus[j]);
	}
	link_record("end");
}

void report_sample(uint64_t ticks)
{
	spin_lock(&lock);
	report_ledger("sample", ticks);
	spin_unlock(&lock);
}

void report_line(struct vm *vm, uint64_t ticks)
{
	char text[32 + 21 * MAP_MAX_VCPUS_PER_VM]; /* a space and 20 digits for each */
	size_t n = format(text, sizeof(text), "line %u %lu", vm->id, ticks);

	for (unsigned i = 0; i < vm->nvcpus; i++) {
		struct pvtime_vcpu copy;
		uint64_t t[PVTIME_STATES], elapsed, switches;

		sched_ledger(&vm->vcpus[i], &copy, &switches);
		pvtime_totals(&copy, counter(), t, &elapsed);
		n += format(text + n, sizeof(text) - n, " %lu",
			    pvtime_ticks_to_ns(t[PVTIME_READY], copy.rate.freq));
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

void report_end(uint64_t ticks, const struct vm *stuck)
{
	spin_lock(&lock);
	report_ledger("final", ticks);
	if (stuck)
		link_record("done 1 VM %s stopped for good without SYSTEM_OFF: "
			    "its vCPUs are off, or wait for what cannot come",
			    stuck->name);
	else
		link_record("done 0 the lab has ended");
	over = true;
	spin_unlock(&lock);
}
