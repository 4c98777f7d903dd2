/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints a ledger: as JSON for programs, as a table for people. */
#include <stdint.h>
#include <string.h>
#include "tools/json_format.h"
#include "tools/lab/ledger.h"

static void ticks_json(const char *name, const uint64_t ticks[PVTIME_STATES], uint64_t elapsed,
		       FILE *out)
{
	fprintf(out,
		"\"%s\":{\"running\":%ju,\"ready\":%ju,\"blocked\":%ju,\"off\":%ju,\"paused\":%ju,\"elapsed\":%ju},",
		name, (uintmax_t)ticks[PVTIME_RUNNING], (uintmax_t)ticks[PVTIME_READY],
		(uintmax_t)ticks[PVTIME_BLOCKED], (uintmax_t)ticks[PVTIME_OFF],
		(uintmax_t)ticks[PVTIME_PAUSED], (uintmax_t)elapsed);
}

/* Names of VMs consist of a-z, 0-9 and '-', so JSON needs no escapes. */
static void vcpu_json(const struct ledger_vcpu *vcpu, uint32_t id, bool life, FILE *out)
{
	fprintf(out, "{\"id\":%u,", id);
	ticks_json("ticks", vcpu->ticks, vcpu->elapsed, out);
	if (life)
		ticks_json("life", vcpu->life, ledger_sum(vcpu->life), out);
	fprintf(out,
		"\"stolen_ns\":%ju,\"published_ns\":%ju,\"exits\":%ju,\"switches\":%ju,\"refused_writes\":%ju}",
		(uintmax_t)vcpu->stolen_ns, (uintmax_t)vcpu->published_ns, (uintmax_t)vcpu->exits,
		(uintmax_t)vcpu->switches, (uintmax_t)vcpu->refused);
}

static const char *const ends[] = {
	[LEDGER_RUNNING] = "running", [LEDGER_OFF] = "powered off", [LEDGER_STUCK] = "stuck"};

void ledger_print_json(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	fprintf(out, "{\"format\":\"%s\",\"version\":%d,", JSON_LEDGER_FORMAT, JSON_LEDGER_VERSION);
	fprintf(out, "\"ended\":\"%s\",\"cntfrq\":%u,\"vms\":[", ledger->ended, ledger->cntfrq);
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		fprintf(out, "%s{\"name\":\"%s\",\"end\":\"%s\",\"resets\":%u,\"vcpus\":[",
			i > 0 ? "," : "", vm->name, ends[ledger->vms[i].end],
			ledger->vms[i].resets);
		for (uint32_t id = 0; id < vm->vcpus; id++) {
			if (id > 0)
				fputc(',', out);
			vcpu_json(&ledger->vcpus[vm->first + id], id, shape->cpu_count > 0, out);
		}
		fputs("]}", out);
	}
	fputc(']', out);
	for (uint32_t i = 0; i < shape->cpu_count; i++) {
		const struct ledger_cpu *cpu = &ledger->cpus[i];

		fprintf(out, "%s{\"id\":%u,\"vcpus\":%ju,\"own\":%ju,\"idle\":%ju,\"elapsed\":%ju}",
			i > 0 ? "," : ",\"pcpus\":[", i, (uintmax_t)cpu->vcpus, (uintmax_t)cpu->own,
			(uintmax_t)cpu->idle, (uintmax_t)cpu->elapsed);
	}
	fputs(shape->cpu_count > 0 ? "]}\n" : "}\n", out);
}

/* Seconds with three decimals, rounded down like the nanoseconds they come from. */
static void seconds(uint64_t ticks, uint32_t cntfrq, FILE *out)
{
	uint64_t ms = pvtime_ticks_to_ns(ticks, cntfrq) / 1000000;

	fprintf(out, " %8ju.%03ju", (uintmax_t)(ms / 1000), (uintmax_t)(ms % 1000));
}

static const enum pvtime_state columns[] = {PVTIME_RUNNING, PVTIME_READY, PVTIME_BLOCKED,
					    PVTIME_OFF};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int name_width(const struct ledger_shape *shape)
{
	size_t width = strlen("VM");

	for (uint32_t i = 0; i < shape->vm_count; i++)
		if (strlen(shape->vms[i].name) > width)
			width = strlen(shape->vms[i].name);
	return (int)width;
}

/* A vCPU's name, and its seconds by state. */
static void vcpu_seconds(const char *vm, int width, uint32_t id,
			 const uint64_t ticks[PVTIME_STATES], uint32_t cntfrq, FILE *out)
{
	fprintf(out, "%-*s %4u", width, vm, id);
	for (size_t c = 0; c < COLUMNS; c++)
		seconds(ticks[columns[c]], cntfrq, out);
}

/*
 * Print the times since the lab was made, which a reset does not clear, and where the time of the
 * physical CPUs went.
 */
static void print_books(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	int width = name_width(shape);

	fputs("\nSince the lab was made, over all resets, loading included:\n", out);
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++) {
			vcpu_seconds(vm->name, width, id, ledger->vcpus[vm->first + id].life,
				     ledger->cntfrq, out);
			fputc('\n', out);
		}
	}
	fprintf(out, "\n%-*s  CPU %12s %12s %12s\n", width, "", "vCPUs s", "hypervisor s",
		"idle s");
	for (uint32_t i = 0; i < shape->cpu_count; i++) {
		fprintf(out, "%-*s %4u", width, "", i);
		seconds(ledger->cpus[i].vcpus, ledger->cntfrq, out);
		seconds(ledger->cpus[i].own, ledger->cntfrq, out);
		seconds(ledger->cpus[i].idle, ledger->cntfrq, out);
		fputc('\n', out);
	}
}

/* Print why the lab and each VM ended, in the words of the JSON. */
static void print_end(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	fprintf(out, "\nEnded: %s.", ledger->ended);
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		fprintf(out, "%s %s: %s", i > 0 ? ";" : "", shape->vms[i].name,
			ends[ledger->vms[i].end]);
		if (ledger->vms[i].resets > 0)
			fprintf(out, ", %u reset%s", ledger->vms[i].resets,
				ledger->vms[i].resets > 1 ? "s" : "");
	}
	fputc('\n', out);
}

void ledger_print_table(const struct ledger *ledger, const struct ledger_shape *shape, FILE *out)
{
	int width = name_width(shape);

	fprintf(out, "%-*s vCPU %12s %12s %12s %12s %10s %10s\n", width, "VM", "running s",
		"stolen s", "blocked s", "off s", "exits", "switches");
	for (uint32_t i = 0; i < shape->vm_count; i++) {
		const struct ledger_vm *vm = &shape->vms[i];

		for (uint32_t id = 0; id < vm->vcpus; id++) {
			const struct ledger_vcpu *vcpu = &ledger->vcpus[vm->first + id];

			vcpu_seconds(vm->name, width, id, vcpu->ticks, ledger->cntfrq, out);
			fprintf(out, " %10ju %10ju", (uintmax_t)vcpu->exits,
				(uintmax_t)vcpu->switches);
			if (vcpu->refused > 0)
				fprintf(out, "  %ju writes to its structure refused",
					(uintmax_t)vcpu->refused);
			if (ledger_forged(shape, vm, vcpu))
				fprintf(out, "  the guest wrote to its structure: %ju ns",
					(uintmax_t)vcpu->published_ns);
			fputc('\n', out);
		}
	}
	if (ledger->final && shape->cpu_count > 0)
		print_books(ledger, shape, out);
	if (ledger->ended != NULL)
		print_end(ledger, shape, out);
}
