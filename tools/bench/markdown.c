/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/performance.md. */
#include <stdio.h>
#include <string.h>
#include "tools/bench/tell.h"

static const char heading[] =
	"# What the paths cost\n"
	"\n"
	"`make bench` writes this page from `bench/results.json`. `docs/accuracy.md` shows how exact the accounting is.\n"
	"\n"
	"![Instructions of each path on this hypervisor, on Linux KVM and on Xen](performance.svg)\n"
	"\n";

static const char method[] =
	"\n"
	"## How it is measured\n"
	"\n"
	"One guest, the same binary on each hypervisor (`bench/guest/`), executes an operation a thousand times in a loop, and\n"
	"reads the counter before and after. QEMU runs every hypervisor with `-icount shift=0`: each instruction takes one\n"
	"nanosecond of the guest's clock, whatever else the machine does. So the difference of two readings is the number of\n"
	"instructions executed in between, by the guest and by everything below it, and it is the same on every machine. The\n"
	"counter runs at 62.5 MHz and advances once in 16 instructions. The guest reads it often enough in a row to see which\n"
	"instruction that was. The figures of this hypervisor are those of gcc 12; other compilers differ by some instructions.\n"
	"\n"
	"The figure is the best of all batches, per operation, and includes the loop around the operation. On this hypervisor all\n"
	"batches are almost equal; on the others, a batch may contain a tick or a worker thread.\n"
	"\n"
	"Each hypervisor has one CPU (two for the IPI), and nothing competes for it. Linux KVM is Debian's kernel as a host at EL2\n"
	"in QEMU, with Debian's QEMU as the VMM; it runs without VHE on cortex-a57, and with VHE on neoverse-n1. Xen runs the guest\n"
	"as dom0.\n"
	"\n"
	"Linux and Xen are Debian's builds, and do work that this hypervisor does not do, as `DESIGN.md` says. On neoverse-n1 both\n"
	"execute a loop against Spectre-BHB at each exit from a guest: 83 instructions at each of Linux's exits (none with\n"
	"`nospectre_bhb`), and 101 at each of Xen's. On cortex-a57 firmware would have to do that, and QEMU has no firmware. But both\n"
	"work around erratum 1319367 there; the cost of that is not counted separately.\n"
	"\n"
	"- **switch**: two vCPUs of one VM on one CPU, with FP registers in use. Each sends the other an SGI and waits in WFI; the\n"
	"  figure is half a round.\n"
	"- **timer interrupt**: from the timer's deadline to the first instruction of the guest's vector.\n"
	"- **IPI**: all instructions of both CPUs from one SGI to the next, including its handling; the receiver is running.\n"
	"- **switch at the end of a slice**: the gap that a vCPU sees, less the time that was stolen in it: everything that the\n"
	"  hypervisor does from leaving one vCPU to entering another. With 64 vCPUs: 8 VMs of 8.\n"
	"- **exits per second**: one vCPU computes, in two runs of different length; the figure comes from the difference of the two.\n"
	"- **Linux**: from the kernel's first instruction to the first of its `init`. The comparison without a hypervisor has the same\n"
	"  kernel, initramfs, command line and FDT at EL1 in QEMU (`bench/boot/`).\n"
	"- **state**: the pages of the board's RAM that were ever written, without the guests' RAM and what QEMU loaded, but with the\n"
	"  hypervisor's image. For one vCPU: the difference between 64 and 8 vCPUs, each in 8 VMs, divided by 56.\n"
	"\n"
	"## Instructions are not cycles\n"
	"\n"
	"An instruction here is one step of an emulator. On hardware most take a cycle or less, and some take many: an exception and\n"
	"its return, a barrier that waits, a write to a system register that flushes the pipeline, TLB maintenance, a cache miss. Two\n"
	"paths with the same number of instructions may differ by a factor. These figures show how much work a hypervisor does on a\n"
	"path. The next table counts the operations that are known to cost cycles.\n";

static void print_row(const struct bench_results *results, enum bench_row_id row, FILE *out)
{
	char text[3 * BENCH_TEXT];

	fprintf(out, "| %s (`%s`) |", bench_rows[row].title, bench_rows[row].name);
	for (unsigned t = 0; t < BENCH_COLUMNS; t++) {
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
		for (unsigned t = 0; t < BENCH_COLUMNS; t++)
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
	static const char *const titles[BENCH_TARGETS] = {"This hypervisor",
							  "Linux KVM",
							  "Xen",
							  "Linux before",
							  "Linux with ports/linux",
							  "Linux with ports/linux, denied",
							  "Xen before",
							  "Xen with stolen time",
							  "Xen with stolen time, denied",
							  "No hypervisor"};

	fprintf(out, "\nVersions:\n\n");
	for (unsigned t = 0; t < BENCH_TARGETS; t++)
		if (results->versions[t][0] != '\0')
			fprintf(out, "- %s: %s\n", titles[t], results->versions[t]);
}

void bench_markdown(const struct bench_results *results, const char *profile, FILE *out)
{
	fputs(heading, out);
	fprintf(out,
		"Instructions, on cortex-a57 / neoverse-n1. The ratio is the best peer's figure divided by this hypervisor's.\n\n"
		"| path | this hypervisor | Linux KVM | Xen | ratio | goal |\n"
		"|---|---|---|---|---|---|\n");
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (bench_row_told(results, BENCH_PVTIME, BENCH_COLUMNS, (enum bench_row_id)r))
			print_row(results, (enum bench_row_id)r, out);
	print_skips(results, out);
	print_versions(results, out);
	bench_ports_markdown(results, out);
	fputs(method, out);
	bench_profile_markdown(results, profile, out);
}
