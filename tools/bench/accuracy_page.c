/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/accuracy.md. */
#include <stdio.h>
#include "tools/bench/tell.h"

static const char heading[] =
	"# How exact the accounting is\n\n"
	"Written by `make bench`; the figures are in `bench/results.json`. In each run some vCPUs, each of a VM of its own,\n"
	"compute without end on one CPU, for as long as the table says in guest time.\n\n"
	"| run | vCPUs | seconds | structure and ledger, ns | guest and ledger, ns | gap and stolen, ns | stolen more than a gap, ns | share and weight or cap, % of the CPU |\n"
	"|---|---|---|---|---|---|---|---|\n";

static const char meaning[] =
	"\nEach number is the greatest difference of any vCPU of the run.\n\n"
	"- **structure and ledger**: what the structure holds at the end, and the time in READY in the hypervisor's ledger,\n"
	"  in whole nanoseconds.\n"
	"- **guest and ledger**: what the guest itself has read from its structure, when nobody competed any more, and the\n"
	"  same.\n"
	"- **gap and stolen**: the guest reads the counter all the time. Where it finds a gap, it reads what was stolen in\n"
	"  it. What the gap is longer, less what it takes to see it, is the hypervisor's own work for a switch, or an\n"
	"  interrupt that was not the guest's: by R-24 that is RUNNING, not stolen.\n"
	"- **stolen more than a gap**: must not be. The counter has 16 ns a tick.\n"
	"- **share and weight or cap**: of weights, the time it ran of all time that they ran, and its weight of all\n"
	"  weights (100, 200, 300, ...). Of caps, the time it ran of the time in which it wanted to run, and its cap.\n\n"
	"Weights and caps of the runs: vCPU *i* of *n* has the weight 100 *i*, or the cap of *i* parts of 80 % in\n"
	"*n* (*n* + 1) / 2 parts, rounded down.\n";

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
				"\nIn the run `%s`, a Linux guest computes beside one of ours, and reports when that one is done. Its\n/proc/stat, which counts in ticks of 10 ms, differs from the ledger by %.1f ms.\n",
				a->name, a->proc_ns / 1e6);
	}
}
