/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"
#include "arch.h"
#include "format.h"
#include "lab.h"
#include "link.h"
#include "pvtime.h"
#include "vm.h"

static struct spinlock lock; /* records that belong together stay together */

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

void report_ledger(const char *kind, uint64_t ticks)
{
	spin_lock(&lock);
	link_record("%s %lu", kind, ticks);
	for (unsigned i = 0; i < lab_vm_count(); i++) {
		struct vm *vm = lab_vm(i);

		for (unsigned j = 0; j < vm->nvcpus; j++)
			report_vcpu(&vm->vcpus[j]);
	}
	link_record("end");
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
	link_record("%s", text);
}

void report_vm(const struct vm *vm, const char *what)
{
	spin_lock(&lock);
	link_record("vm %u %s", vm->id, what);
	spin_unlock(&lock);
}
