/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen at EL2 in QEMU, with the suite as dom0. QEMU's guest-loader puts the suite into memory and
 * describes it to Xen. Xen and dom0 share the console; Xen's own lines begin with "(XEN) ".
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tools/run/board.h"
#include "tools/run/debian.h"
#include "tools/run/kit.h"
#include "tools/run/qemu.h"
#include "tools/run/xen.h"

#define XEN_PREFIX "(XEN) "
/* overlaps neither Xen nor dom0's memory, which Xen takes from the top */
#define SUITE_AT    "0x49000000"
#define INITRD_AT   "0x4e000000" /* the same, and above the largest image */
#define FLASH_AT    "0x04000000" /* the board's second flash bank, which Xen does not use as RAM */
#define OPTION_SIZE (2 * (PATH_MAX + DEBIAN_WORDS))
#define ARGUMENTS   32u

/* The files of a run. */
struct parts {
	char suite[PATH_MAX];
	char second[PATH_MAX]; /* the program that starts Xen on the second of two CPUs */
};

static bool find_parts(struct parts *parts, const struct run_kit *kit, const struct run_plan *plan,
		       char *why)
{
	static const char built[] =
		"expected a part that 'make bench' and 'make conform-all' build";
	bool elf;

	return (plan->pcpus == 1 ||
		need_part(kit->suite, "second-cpu.bin", built, parts->second, why)) &&
	       need_suite(kit, plan, parts->suite, &elf, why);
}

bool xen_ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	struct parts parts;

	return debian_need_qemu(why) && find_parts(&parts, kit, plan, why);
}

/* Append a value to an option's text; QEMU expects commas in a value to be doubled. */
static size_t add_value(char *option, size_t length, const char *value)
{
	for (; *value != '\0' && length < OPTION_SIZE - 3; value++) {
		option[length++] = *value;
		if (*value == ',')
			option[length++] = ',';
	}
	option[length] = '\0';
	return length;
}

static void guest_loader(char option[OPTION_SIZE], const char *suite, const struct run_plan *plan)
{
	char words[DEBIAN_WORDS];
	size_t n = (size_t)snprintf(option, OPTION_SIZE, "guest-loader,addr=" SUITE_AT ",kernel=");

	debian_words(words, plan);
	n = add_value(option, n, suite);
	n += (size_t)snprintf(option + n, OPTION_SIZE - n, ",bootargs=");
	add_value(option, n, words);
}

/* Append a -device option. `argv` has room, and ends with NULLs. */
static void add_device(const char **argv, const char *option)
{
	while (*argv != NULL)
		argv++;
	argv[0] = "-device";
	argv[1] = option;
}

/* Append a device that loads a file; `option` holds its text. */
static void add_loader(const char **argv, char option[OPTION_SIZE], const char *loader,
		       const char *file)
{
	size_t n = (size_t)snprintf(option, OPTION_SIZE, "%s", loader);

	add_value(option, n, file);
	add_device(argv, option);
}

/*
 * Remove Xen's lines after the first line that is not Xen's; they are not part of the suite's text.
 * Xen's earlier lines stay: if dom0 did not start, they say why.
 */
static void drop_lines_of_xen(struct run_output *output)
{
	char *to = output->text, *at = output->text, *end = output->text + output->length;
	bool begun = false;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = newline != NULL ? (size_t)(newline + 1 - at) : (size_t)(end - at);
		bool own =
			n >= strlen(XEN_PREFIX) && memcmp(at, XEN_PREFIX, strlen(XEN_PREFIX)) == 0;

		begun = begun || !own;
		if (!begun || !own) {
			memmove(to, at, n);
			to += n;
		}
		at += n;
	}
	output->length = (size_t)(to - output->text);
	*to = '\0';
}

/* Xen prints only errors, and its buffer holds all that dom0 prints before it powers off. */
enum run_outcome xen_run(const char *image, const char *denied, const struct run_kit *kit,
			 const struct run_plan *plan, struct run_output *output)
{
	struct parts parts;
	char pcpus[16], words[512], loader[OPTION_SIZE], initrd[OPTION_SIZE], second[OPTION_SIZE];
	const char *argv[ARGUMENTS] = {
		QEMU_PROGRAM, "-M",	 "virt,virtualization=on,gic-version=3",
		"-cpu",	      plan->cpu, "-smp",
		pcpus,	      "-m",	 "1G",
		"-kernel",    image,	 "-append",
		words,
	};

	*output = (struct run_output){.text = NULL};
	if (!find_parts(&parts, kit, plan, output->why))
		return RUN_UNABLE;
	snprintf(pcpus, sizeof(pcpus), "%u", plan->pcpus);
	snprintf(
		words, sizeof(words),
		"dom0_mem=128M dom0_max_vcpus=%u console=dtuart serial_tx_buffer=1M loglvl=error guest_loglvl=none %s %s",
		plan->vcpus, strcmp(plan->dialect, "off") == 0 ? denied : "",
		plan->host != NULL ? plan->host : "");
	guest_loader(loader, parts.suite, plan);
	add_device(argv, loader);
	if (kit->initrd != NULL)
		add_loader(argv, initrd, "guest-loader,addr=" INITRD_AT ",initrd=", kit->initrd);
	if (plan->pcpus > 1)
		add_loader(argv, second,
			   "loader,cpu-num=0,addr=" FLASH_AT ",force-raw=on,file=", parts.second);
	enum run_outcome outcome = board_run(argv, plan->limit_s, NULL, output);
	if (output->text != NULL)
		drop_lines_of_xen(output);
	return outcome;
}
