/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory the hypervisor takes. The board's RAM is a file in memory, and the host knows
 * which of its pages were ever written. The machine runs twice: once with a kernel of three
 * instructions, so that only what QEMU loads (the bundle, the board's FDT) is written, and once
 * with the hypervisor. The difference is the hypervisor, with its tables and state, and the guests'
 * RAM, which the hypervisor has zeroed completely.
 */
#include <errno.h>
#include <limits.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/bench/run.h"
#include "tools/lab/bundle.h"
#include "tools/lab/file.h"
#include "tools/run/board.h"
#include "tools/run/lab_child.h"
#include "tools/run/qemu.h"

#define VMS	 8u
#define MEMORY_M 16u
#define PAGE	 4096u /* which the three-instruction kernel takes */
#define BLOCK	 512u  /* unit of st_blocks */
#define LIMIT_S	 10u
#define RUN_NS	 20000000u

static const char *const images[] = {"spin.img", NULL};

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	(void)plan;
	return bench_lab_ready(kit, images, why);
}

/* A lab of VMS VMs with `vcpus` vCPUs each; NULL: `why` says what is wrong. */
static struct lab *make_lab(const struct run_kit *kit, const struct run_plan *plan, unsigned vcpus,
			    char *why)
{
	char path[PATH_MAX], name[16], lines[64];
	FILE *out = bench_lab_begin(kit, plan, why);

	if (out == NULL || !lab_child_file(kit, path, why))
		return NULL;
	for (unsigned i = 0; i < VMS; i++) {
		snprintf(name, sizeof(name), "vm%u", i);
		snprintf(lines, sizeof(lines), "memory = %uM\nvcpus = %u\n", MEMORY_M, vcpus);
		bench_lab_vm(out, kit, name, "spin.img", lines);
	}
	if (fclose(out) != 0) {
		snprintf(why, RUN_WHY, "%.300s: %s", path, strerror(errno));
		return NULL;
	}
	struct lab *lab = lab_load(path, NULL);
	if (lab == NULL)
		snprintf(why, RUN_WHY, "%.300s is not a lab", path);
	return lab;
}

static int make_bundle(const struct lab *lab)
{
	const struct lab_run run = {
		.run_ns = RUN_NS, .attached = BUNDLE_NOBODY, .until = BUNDLE_NOBODY};
	int fd = memfd_create("bundle", 0), copy = fd >= 0 ? dup(fd) : -1;
	FILE *out = copy >= 0 ? fdopen(copy, "wb") : NULL;

	if (out != NULL && bundle_write(lab, &run, out) == 0 && fclose(out) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Bytes of RAM that the machine with that kernel has written by its end; 0: see output->why. */
static uint64_t written(const struct lab *lab, const char *kernel, int bundle,
			struct run_output *output)
{
	char memory[128], size[32], initrd[32];
	uint64_t bytes = lab_board_memory(lab);
	struct stat st = {.st_blocks = 0};
	int ram = memfd_create("ram", 0);
	const char *const argv[] = {
		QEMU_PROGRAM, "-M",   "virt,virtualization=on,gic-version=3,memory-backend=ram",
		"-object",    memory, "-cpu",
		lab->cpu,     "-m",   size,
		"-kernel",    kernel, "-initrd",
		initrd,	      NULL,
	};

	snprintf(memory, sizeof(memory),
		 "memory-backend-file,id=ram,share=on,mem-path=/proc/self/fd/%d,size=%" PRIu64, ram,
		 bytes);
	snprintf(size, sizeof(size), "%" PRIu64 "M", bytes >> 20);
	snprintf(initrd, sizeof(initrd), "/proc/self/fd/%d", bundle);
	enum run_outcome outcome = RUN_UNABLE;
	if (ram >= 0 && ftruncate(ram, (off_t)bytes) == 0)
		outcome = board_run(argv, LIMIT_S, NULL, output);
	else
		snprintf(output->why, RUN_WHY, "memory for a board: %s", strerror(errno));
	free(output->text);
	output->text = NULL;
	if (outcome == RUN_ENDED && fstat(ram, &st) != 0)
		snprintf(output->why, RUN_WHY, "memory of a board: %s", strerror(errno));
	if (ram >= 0)
		close(ram);
	return (uint64_t)st.st_blocks * BLOCK;
}

/*
 * A kernel that calls PSCI SYSTEM_OFF: movz and movk of the function ID to w0, then smc. Returns a
 * descriptor; -1: errno.
 */
static int make_off(void)
{
	static const uint32_t code[] = {0x52800100, 0x72b08000, 0xd4000003};
	int fd = memfd_create("off", 0);

	if (fd >= 0 && write(fd, code, sizeof(code)) != (ssize_t)sizeof(code)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Bytes that the hypervisor takes for a lab, without the guests' RAM; 0: see output->why. */
static uint64_t taken(const struct run_kit *kit, const struct run_plan *plan, unsigned vcpus,
		      struct run_output *output)
{
	struct lab *lab = make_lab(kit, plan, vcpus, output->why);
	int bundle = lab != NULL ? make_bundle(lab) : -1, off = make_off();
	uint64_t before = 0, after = 0, guests = (uint64_t)VMS * MEMORY_M << 20;
	char off_path[32];

	snprintf(off_path, sizeof(off_path), "/proc/self/fd/%d", off);
	if (bundle >= 0 && off >= 0) {
		before = written(lab, off_path, bundle, output);
		after = before != 0 ? written(lab, kit->hypervisor, bundle, output) : 0;
	}
	if (bundle >= 0)
		close(bundle);
	if (off >= 0)
		close(off);
	lab_free(lab);
	return after > before + guests ? after - before - guests + PAGE : 0;
}

static enum run_outcome run(const struct run_kit *kit, const struct run_plan *plan,
			    struct run_output *output)
{
	*output = (struct run_output){.text = NULL};
	uint64_t one = taken(kit, plan, 1, output),
		 eight = one != 0 ? taken(kit, plan, 8, output) : 0;
	int n = eight > one ? asprintf(&output->text,
				       "STATE vcpus=%u bytes=%ju\nALL vcpus=%u bytes=%ju\n", VMS,
				       (uintmax_t)one, 8 * VMS, (uintmax_t)eight)
			    : -1;

	output->length = n > 0 ? (size_t)n : 0;
	if (n < 0)
		output->text = NULL;
	if (n < 0 && output->why[0] == '\0')
		snprintf(output->why, RUN_WHY, "the readings of memory are inconsistent");
	return n > 0 ? RUN_ENDED : RUN_UNABLE;
}

static bool read_state(const struct bench_run *r, struct bench_results *results, char *why)
{
	double few, one, many, eight;

	if (!bench_number(r->text, "STATE", "vcpus", &few) ||
	    !bench_number(r->text, "STATE", "bytes", &one) ||
	    !bench_number(r->text, "ALL", "vcpus", &many) ||
	    !bench_number(r->text, "ALL", "bytes", &eight)) {
		snprintf(why, RUN_WHY, "expected two numbers of bytes");
		return false;
	}
	double each = (eight - one) / (many - few);
	bench_measured(&results->figures[BENCH_ROW_state_vcpu][r->target][r->cpu], each, each);
	bench_measured(&results->figures[BENCH_ROW_state_fixed][r->target][r->cpu], eight, eight);
	return true;
}

static const struct run_target target = {.name = "pvtime", .ready = ready, .run = run};

const struct bench_kind bench_state = {
	.name = "state",
	.by = {[BENCH_PVTIME] = &target},
	.read = read_state,
};
