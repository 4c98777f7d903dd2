/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux boot, from the kernel's first instruction to the first one of its init process: under
 * this project's hypervisor, and at EL1 in QEMU without a hypervisor. Both have the same kernel,
 * initramfs, command line, memory and FDT (that of the lab). bench/boot/ has the code that runs
 * before the kernel, and the init process.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tools/bench/run.h"
#include "tools/lab/file.h"
#include "tools/run/board.h"
#include "tools/run/kit.h"
#include "tools/run/lab_child.h"
#include "tools/run/qemu.h"

#define KERNEL "linux.img"
#define INITRD "boot.cpio"
#define MEMORY "128M" /* as dom0 under Xen and the guest under KVM have */

static const char *const images[] = {KERNEL, INITRD, NULL};

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	(void)plan;
	return bench_lab_ready(kit, images, why);
}

static FILE *begin(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	FILE *lab = bench_lab_begin(kit, plan, why);

	if (lab != NULL) {
		bench_lab_vm(lab, kit, "linux", KERNEL, "memory = " MEMORY "\n");
		fprintf(lab, "initrd = %s\nappend = %s\n", kit->initrd, plan->append);
	}
	return lab;
}

static enum run_outcome run_ours(const struct run_kit *kit, const struct run_plan *plan,
				 struct run_output *output)
{
	*output = (struct run_output){.text = NULL};
	FILE *lab = begin(kit, plan, output->why);

	return lab != NULL ? bench_lab_run(lab, kit, "linux", plan->limit_s * 1000, output)
			   : RUN_UNABLE;
}

/*
 * The FDT of the lab's guest, in a file that QEMU inherits; returns its descriptor, or -1 with
 * `why`.
 */
static int fdt_of(const char *path, char *why)
{
	struct lab *lab = lab_load(path, NULL);
	int fd = lab != NULL ? memfd_create("fdt", 0) : -1;

	if (fd >= 0 &&
	    write(fd, lab->vms[0].fdt, lab->vms[0].fdt_size) != (ssize_t)lab->vms[0].fdt_size) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		snprintf(why, RUN_WHY, "the guest's FDT, from %.300s: %s", path,
			 lab == NULL ? "it is not a lab" : strerror(errno));
	lab_free(lab);
	return fd;
}

static enum run_outcome run_bare(const struct run_kit *kit, const struct run_plan *plan,
				 struct run_output *output)
{
	char path[PATH_MAX], dtb[32], kernel[PATH_MAX];
	const char *const argv[] = {
		QEMU_PROGRAM, "-M",	 "virt,gic-version=3",
		"-cpu",	      plan->cpu, "-smp",
		"1",	      "-m",	 MEMORY,
		"-kernel",    kernel,	 "-initrd",
		kit->initrd,  "-append", plan->append,
		"-dtb",	      dtb,	 NULL,
	};

	*output = (struct run_output){.text = NULL};
	FILE *lab = begin(kit, plan, output->why);
	if (lab == NULL || fclose(lab) != 0 || !lab_child_file(kit, path, output->why) ||
	    !need_part(kit->suite, KERNEL, "expected a kernel", kernel, output->why))
		return RUN_UNABLE;
	int fd = fdt_of(path, output->why);
	if (fd < 0)
		return RUN_UNABLE;
	snprintf(dtb, sizeof(dtb), "/proc/self/fd/%d", fd);
	enum run_outcome outcome = board_run(argv, plan->limit_s, "BOOT done", output);
	close(fd);
	return outcome;
}

static bool read_boot(const struct bench_run *run, struct bench_results *results, char *why)
{
	double entry, user, frequency;

	if (!bench_number(run->text, "BOOT", "entry", &entry) ||
	    !bench_number(run->text, "BOOT", "user", &user) ||
	    !bench_number(run->text, "BOOT", "frequency", &frequency) || entry <= 0 ||
	    user <= entry || frequency <= 0) {
		snprintf(
			why, RUN_WHY,
			"the output has no valid line 'BOOT'; expected that of a kernel that has started");
		return false;
	}
	double instructions = (user - entry) * 1e9 / frequency;
	bench_measured(&results->figures[BENCH_ROW_boot_time][run->target][run->cpu], instructions,
		       instructions);
	return true;
}

static const struct run_target ours = {.name = "pvtime", .ready = ready, .run = run_ours};
static const struct run_target bare = {.name = "none", .ready = ready, .run = run_bare};

const struct bench_kind bench_boot = {
	.name = "boot",
	.by = {&ours, &target_kvm, &target_xen, [BENCH_NONE] = &bare},
	.plan = {.pcpus = 1,
		 .vcpus = 1,
		 .dialect = "1.0",
		 .append = "console=hvc0 console=ttyAMA0 quiet entry=0000000000000000",
		 .limit_s = 60},
	.image = KERNEL,
	.initrd = INITRD,
	.read = read_boot,
};
