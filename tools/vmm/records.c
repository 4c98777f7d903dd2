/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include "tools/vmm/records.h"

#define NS_PER_S UINT64_C(1000000000)

void report_start(struct outlet *o)
{
	outlet_record(o, "start %" PRIu64, NS_PER_S);
}

static void report_vcpu(struct outlet *o, const struct vcpu *v)
{
	static const char letters[PVTIME_STATES] = {
		[PVTIME_OFF] = 'O',	[PVTIME_BLOCKED] = 'B', [PVTIME_READY] = 'Y',
		[PVTIME_RUNNING] = 'R', [PVTIME_PAUSED] = 'P',
	};
	const struct account *a = &v->account;
	const uint64_t *t = a->ticks;

	/* No write is refused where KVM lets the guest write to the structure. */
	outlet_record(o, "vcpu %u %u %ju %ju %ju %ju %ju %ju %ju %ju %ju %ju %ju %c", v->vm->id,
		      v->id, (uintmax_t)t[PVTIME_RUNNING], (uintmax_t)t[PVTIME_READY],
		      (uintmax_t)t[PVTIME_BLOCKED], (uintmax_t)t[PVTIME_OFF],
		      (uintmax_t)t[PVTIME_PAUSED], (uintmax_t)account_elapsed(a),
		      (uintmax_t)t[PVTIME_READY], (uintmax_t)v->published_ns, (uintmax_t)v->exits,
		      (uintmax_t)a->switches,
		      (uintmax_t)__atomic_load_n(&v->refused_writes, __ATOMIC_RELAXED),
		      letters[a->state]);
}

void report_ledger(struct outlet *o, const struct vm *vms, uint32_t count, const char *kind,
		   uint64_t at)
{
	outlet_record(o, "%s %" PRIu64, kind, at);
	for (uint32_t i = 0; i < count; i++)
		for (unsigned j = 0; j < vms[i].made; j++)
			report_vcpu(o, &vms[i].vcpus[j]);
	outlet_record(o, "end");
}

void report_vm(struct outlet *o, const struct vm *vm, const char *what)
{
	outlet_record(o, "vm %u %s", vm->id, what);
}
