/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "machine/image.h"
#include "tools/data.h"
#include "tools/lab/bundle.h"
#include "tools/lab/qemu_board.h"
#include "tools/report.h"
#include "tools/run/file.h"
#include "tools/run/qemu.h"

struct arguments {
	const char *argv[48];
	size_t count;
	char text[5][96]; /* arguments that are formatted here */
};

static void add(struct arguments *a, const char *argument)
{
	a->argv[a->count++] = argument;
}

static void add_pair(struct arguments *a, const char *option, const char *value)
{
	add(a, option);
	add(a, value);
}

/*
 * -no-reboot: a reset of the board ends the run; otherwise the hypervisor would start again in the
 * middle of the stream. Semihosting stays off, because guests could use it, too.
 */
static void board_arguments(struct arguments *a, const struct qemu_board *board)
{
	const struct lab *lab = board->lab;
	char(*text)[sizeof(a->text[0])] = a->text;

	snprintf(text[0], sizeof(text[0]), "%s%s", lab->cpu,
		 strcmp(lab->cpu, "max") == 0 ? ",pauth-impdef=on" : "");
	snprintf(text[1], sizeof(text[1]), "%" PRIu32, lab->pcpus);
	snprintf(text[2], sizeof(text[2]), "%" PRIu64 "M", lab_board_memory(lab) >> 20);
	snprintf(text[3], sizeof(text[3]), "/proc/self/fd/%d", board->bundle);
	snprintf(text[4], sizeof(text[4]), "%" PRIu64, lab->seed);

	add(a, QEMU_PROGRAM);
	add(a, "-no-user-config");
	add(a, "-nodefaults");
	add(a, "-no-reboot");
	add_pair(a, "-M", "virt,virtualization=on,gic-version=3");
	add_pair(a, "-accel", "tcg");
	add_pair(a, "-cpu", text[0]);
	add_pair(a, "-smp", text[1]);
	add_pair(a, "-m", text[2]);
	add_pair(a, "-nic", "none");
	add_pair(a, "-display", "none");
	add_pair(a, "-monitor", "none");
	add_pair(a, "-serial", "stdio");
	add_pair(a, "-kernel", board->hypervisor);
	add_pair(a, "-initrd", text[3]);
	add_pair(a, "-seed", text[4]);
	if (board->deterministic) {
		add_pair(a, "-icount", "shift=0,sleep=off");
		add_pair(a, "-rtc", "base=2026-01-01T00:00:00,clock=vm");
	}
	add(a, NULL);
}

int qemu_start(struct process *process, const struct qemu_board *board)
{
	struct arguments a = {.count = 0};

	board_arguments(&a, board);
	return process_start(process, a.argv);
}

/* QEMU itself would start any file. */
static bool check_hypervisor(const char *path)
{
	static const char expected[] = "expected the hypervisor's image, which 'make' builds";
	uint8_t head[FILE_HEAD];
	ssize_t n = file_head(path, head);

	if (n >= 0 && image_is_arm64(head, (uint64_t)n))
		return true;
	if (n < 0)
		report("--hypervisor: %s: %m; %s", path, expected);
	else
		report("--hypervisor: %s is not an arm64 Image; %s", path, expected);
	return false;
}

bool qemu_find_hypervisor(const char *option, char path[PATH_MAX])
{
	return data_path(path, option, "hypervisor.img") && check_hypervisor(path);
}
