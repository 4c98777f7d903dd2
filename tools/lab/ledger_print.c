/* SPDX-License-Identifier: BSD-2-Clause */
/* A ledger written out: JSON for programs, a table for people. */
#include <inttypes.h>
#include <string.h>
#include "tools/lab/ledger.h"

/* Names of VMs are of a-z, 0-9 and '-': nothing in them needs an escape. */
static void vcpu_json(const struct ledger_vcpu *vcpu, uint32_t id, FILE *out)
{
	fprintf(out,
		"{\"id\":%" PRIu32 ",\"ticks\":{\"running\":%" PRIu64 ",\"ready\":%" PRIu64
		",\"blocked\":%" PRIu64 ",\"off\":%" PRIu64 ",\"paused\":%" PRIu64
		",\"elapsed\":%" PRIu64 "},",
		id, vcpu->ticks[PVTIME_RUNNING], vcpu->ticks[PVTIME_READY],
		vcpu->ticks[PVTIME_BLOCKED], vcpu->ticks[PVTIME_OFF], vcpu->ticks[PVTIME_PAUSED],
		vcpu->elapsed);
	fprintf(out,
		"\"stolen_ns\":%" PRIu64 ",\"published_ns\":%" PRIu64 ",\"exits\":%" PRIu64
		",\"switches\":%" PRIu64 ",\"refused_writes\":%" PRIu64 "}",
		vcpu->stolen_ns, vcpu->published_ns, vcpu->exits, vcpu->switches, vcpu->refused);
}

void ledger_print_json(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	fprintf(out, "{\"cntfrq\":%" PRIu32 ",\"vms\":[", ledger->cntfrq);
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		fprintf(out, "%s{\"name\":\"%s\",\"vcpus\":[", i > 0 ? "," : "", vm->name);
		for (uint32_t id = 0; id < vm->vcpus; id++) {
			if (id > 0)
				fputc(',', out);
			vcpu_json(&ledger->vcpus[vm->first + id], id, out);
		}
		fputs("]}", out);
	}
	fputs("]}\n", out);
}

/* Seconds to the millisecond, rounded down like the ns they come from. */
static void seconds(uint64_t ticks, uint32_t cntfrq, FILE *out)
{
	uint64_t ms = pvtime_ticks_to_ns(ticks, cntfrq) / 1000000;

	fprintf(out, " %8" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

void ledger_print_table(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	static const enum pvtime_state columns[] = {PVTIME_RUNNING, PVTIME_READY, PVTIME_BLOCKED,
						    PVTIME_OFF};
	size_t width = strlen("VM");

	for (uint32_t i = 0; i < shape->vm_count; i++)
		if (strlen(shape->vms[i].name) > width)
			width = strlen(shape->vms[i].name);
	fprintf(out, "%-*s vCPU %12s %12s %12s %12s %10s %10s\n", (int)width, "VM", "running s",
		"stolen s", "blocked s", "off s", "exits", "switches");
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++) {
			const struct ledger_vcpu *vcpu = &ledger->vcpus[vm->first + id];

			fprintf(out, "%-*s %4" PRIu32, (int)width, vm->name, id);
			for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++)
				seconds(vcpu->ticks[columns[c]], ledger->cntfrq, out);
			fprintf(out, " %10" PRIu64 " %10" PRIu64, vcpu->exits, vcpu->switches);
			if (vcpu->refused > 0)
				fprintf(out, "  %" PRIu64 " writes to its structure refused",
					vcpu->refused);
			if (ledger_forged(shape, vm, vcpu))
				fprintf(out,
					"  its structure, written by its guest: %" PRIu64 " ns",
					vcpu->published_ns);
			fputc('\n', out);
		}
	}
}
