/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/performance.md. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/tell.h"

static const char heading[] =
	"# What the paths cost\n\n"
	"Written by `make bench`; the figures are in `bench/results.json`. How exact the accounting is has a page of its\n"
	"own, `docs/accuracy.md`.\n\n"
	"![Instructions of each path on this hypervisor, on Linux KVM and on Xen](performance.svg)\n\n";

static const char method[] =
	"\n## How it is measured\n\n"
	"One guest, the same binary on each hypervisor (`bench/guest/`), does the same thing a thousand times in a loop,\n"
	"and reads the counter before and after. QEMU runs all of them by `-icount shift=0`: each instruction takes one\n"
	"nanosecond of the guest's clock, whatever else the machine is doing. So a difference of two readings is\n"
	"the number of instructions in between, of the guest and of everything below it; and it is the same on every\n"
	"machine. The counter runs at 62.5 MHz and moves once in 16 instructions; the guest reads it so often in a row that\n"
	"it sees which of them that was.\n\n"
	"The figure is the best of all batches, per operation, the loop around it included. On this hypervisor all batches\n"
	"are much the same; on the others a batch may have a tick in it, or a worker thread.\n\n"
	"Each hypervisor has one CPU (two for the IPI), without anybody who competes. Linux KVM is Debian's kernel as a host\n"
	"at EL2 in QEMU, Debian's QEMU its VMM; on cortex-a57 it has no VHE, on neoverse-n1 it has. Xen runs the\n"
	"guest as dom0.\n"
	"\n"
	"Linux and Xen are as Debian has them, and do what this hypervisor does not, as `DESIGN.md` says. On neoverse-n1 both run\n"
	"through a loop against Spectre-BHB at each exit from a guest: 83 instructions of each of Linux's (there are none with\n"
	"`nospectre_bhb`), 101 of Xen's. On cortex-a57 that would be firmware's work, and QEMU has none; but both work around the\n"
	"erratum 1319367 there, which is not counted apart.\n\n"
	"- **switch**: two vCPUs of one VM on one CPU, FP registers in use; each sends the other an SGI and waits in WFI. Half\n"
	"  a round.\n"
	"- **timer interrupt**: from the moment that the timer is set to, to the first instruction of the guest's vector.\n"
	"- **IPI**: all instructions of both CPUs from one SGI to the next, its handling included; the receiver runs.\n"
	"- **switch at the end of a slice**: what a vCPU sees as gap, less what it is told was stolen in it: all\n"
	"  that the hypervisor does from leaving one vCPU to entering another. With 64 vCPUs: 8 VMs of 8.\n"
	"- **exits per second**: one vCPU that computes, two runs, the longer one's exits less the shorter one's.\n"
	"- **Linux**: from the kernel's first instruction to the first of its `init`, and the same kernel, initramfs, command\n"
	"  line and FDT at EL1 in QEMU without a hypervisor (`bench/boot/`).\n"
	"- **state**: pages of the board's RAM that were ever written, less the guests' RAM and what QEMU loaded, plus the\n"
	"  hypervisor's image. Of a vCPU: the difference of 64 and 8 of them, in 8 VMs each.\n\n"
	"## Instructions are not cycles\n\n"
	"An instruction here is one step of an emulator. On hardware most take a cycle or less, and some take many: an\n"
	"exception and its return, a barrier that waits, a write to a system register that the pipeline is emptied for, TLB\n"
	"maintenance, a miss in a cache. Two paths of the same number of instructions may differ by a factor. What these\n"
	"figures do tell is how much work a hypervisor does on a path. The following counts what is known to cost cycles.\n";

static void print_row(const struct bench_results *results, enum bench_row_id row, FILE *out)
{
	char text[3 * BENCH_TEXT];

	fprintf(out, "| %s (`%s`) |", bench_rows[row].title, bench_rows[row].name);
	for (unsigned t = 0; t < BENCH_NONE; t++) {
		char on[BENCH_CPUS][BENCH_TEXT];
		for (unsigned c = 0; c < BENCH_CPUS; c++)
			bench_format(on[c], &results->figures[row][t][c], bench_rows[row].unit);
		bool none = strcmp(on[0], "-") == 0 && strcmp(on[1], "-") == 0;
		fprintf(out, none ? " - |" : " %s / %s |", on[0], on[1]);
	}
	char ratio[BENCH_CPUS][BENCH_TEXT];
	for (unsigned c = 0; c < BENCH_CPUS; c++)
		bench_format_ratio(ratio[c], results, row, (enum bench_cpu)c);
	fprintf(out, " %s%s%s |", ratio[0], ratio[0][0] != '\0' && ratio[1][0] != '\0' ? " / " : "",
		ratio[1]);
	bench_format_goal(text, results, row);
	fprintf(out, " %s |\n", text);
}

/* Why a target has no figure for a row; once if both CPUs have the same reason. */
static void print_skips(const struct bench_results *results, FILE *out)
{
	bool first = true;

	for (unsigned r = 0; r < BENCH_ROWS; r++)
		for (unsigned t = 0; t < BENCH_NONE; t++)
			for (unsigned c = 0; c < BENCH_CPUS; c++) {
				const struct bench_figure *f = &results->figures[r][t][c];
				if (f->state != BENCH_SKIPPED ||
				    (c > 0 && strcmp(f->skip, results->figures[r][t][0].skip) == 0))
					continue;
				fprintf(out, "%s- `%s` on %s, %s: %s\n",
					first ? "\nNot measured:\n\n" : "", bench_rows[r].name,
					bench_target_names[t], bench_cpu_names[c], f->skip);
				first = false;
			}
}

static void print_versions(const struct bench_results *results, FILE *out)
{
	static const char *const titles[BENCH_TARGETS] = {"This hypervisor", "Linux KVM", "Xen",
							  "No hypervisor"};

	fprintf(out, "\nRun against:\n\n");
	for (unsigned t = 0; t < BENCH_TARGETS; t++)
		if (results->versions[t][0] != '\0')
			fprintf(out, "- %s: %s\n", titles[t], results->versions[t]);
}

void bench_markdown(const struct bench_results *results, const char *profile, FILE *out)
{
	fputs(heading, out);
	fprintf(out,
		"Instructions, on cortex-a57 / neoverse-n1. The ratio is the best peer's figure over ours.\n\n"
		"| path | this hypervisor | Linux KVM | Xen | best peer / ours | to reach |\n"
		"|---|---|---|---|---|---|\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (bench_row_told(results, (enum bench_row_id)r))
			print_row(results, (enum bench_row_id)r, out);
	print_skips(results, out);
	print_versions(results, out);
	fputs(method, out);
	bench_profile_markdown(results, profile, out);
}
