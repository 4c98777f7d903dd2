/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/accuracy.md. */
#include <stdio.h>
#include "tools/bench/tell.h"

static const char heading[] =
	"# How exact the accounting is\n"
	"\n"
	"`make bench` writes this page from `bench/results.json`. In each run, one or more vCPUs, each in a VM of its own, compute\n"
	"without end on one CPU, for the guest time in the table.\n"
	"\n"
	"| run | vCPUs | seconds | structure against ledger, ns | guest against ledger, ns | gap over stolen, ns | stolen over gap, ns | share against weight or cap, % of the CPU |\n"
	"|---|---|---|---|---|---|---|---|\n";

static const char meaning[] =
	"\n"
	"Each number is the greatest difference of any vCPU in the run.\n"
	"\n"
	"- **structure against ledger**: the content of the structure at the end, against the time in READY in the hypervisor's\n"
	"  ledger, in whole nanoseconds.\n"
	"- **guest against ledger**: what the guest read from its structure when no competitor was left, against the same time.\n"
	"- **gap over stolen**: the guest reads the counter all the time. When it finds a gap, it reads how much time was stolen in\n"
	"  it. The number is the rest of the gap, without the time that it takes to see a gap. That rest is the hypervisor's own work\n"
	"  for a switch, or an interrupt that was not the guest's: by R-24 it is RUNNING, not stolen.\n"
	"- **stolen over gap**: must not occur. A tick of the counter is 16 ns.\n"
	"- **share against weight or cap**: with weights, the vCPU's part of the time that all vCPUs ran, against its part of all\n"
	"  weights (100, 200, 300, ...). With caps, the time that the vCPU ran as a part of the time that it wanted to run, against\n"
	"  its cap.\n"
	"\n"
	"vCPU *i* of *n* has the weight 100 *i*, or a cap of *i* parts of 80 % in *n* (*n* + 1) / 2 parts, rounded down.\n";

static void print_number(double value, bool there, const char *format, FILE *out)
{
	if (there)
		fprintf(out, format, value);
	else
		fputs(" - |", out);
}

void bench_accuracy_markdown(const struct bench_results *results, FILE *out)
{
	fputs(heading, out);
	for (unsigned i = 0; i < BENCH_ACCURACIES; i++) {
		const struct bench_accuracy *a = &results->accuracy[i];
		if (a->vcpus == 0)
			continue;
		fprintf(out, "| %s | %u | %.0f | %.0f | %.0f |", a->name, a->vcpus, a->seconds,
			a->structure_ns, a->guest_ns);
		print_number(a->gap_ns, a->gaps, " %.0f |", out);
		print_number(a->early_ns, a->gaps, " %.0f |", out);
		print_number(a->share_points, a->shares, " %.4f |\n", out);
		if (!a->shares)
			fputc('\n', out);
	}
	fputs(meaning, out);
	for (unsigned i = 0; i < BENCH_ACCURACIES; i++) {
		const struct bench_accuracy *a = &results->accuracy[i];
		if (a->vcpus > 0 && a->proc)
			fprintf(out,
				"\nIn the run `%s`, a Linux guest and a guest of this project compute on one CPU, and Linux reports when the other has\nfinished. Linux's /proc/stat, which counts ticks of 10 ms, differs from the ledger by %.1f ms.\n",
				a->name, a->proc_ns / 1e6);
	}
}
