/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen: Debian's hypervisor at EL2 in QEMU, the suite as dom0, which QEMU's guest-loader puts into memory and tells Xen
 * of. The console is Xen's and dom0's: Xen's own lines begin with "(XEN) ".
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "tools/run/board.h"
#include "tools/run/debian.h"
#include "tools/run/kit.h"
#include "tools/run/qemu.h"

#define XEN_PREFIX  "(XEN) "
#define SUITE_AT    "0x49000000" /* clear of Xen, and of where dom0 gets its memory: the top */
#define INITRD_AT   "0x4e000000" /* the same, and behind the largest image */
#define OPTION_SIZE (2 * (PATH_MAX + DEBIAN_WORDS))

/* The files of a run. */
struct parts {
	char xen[PATH_MAX], suite[PATH_MAX];
};

static bool find_parts(struct parts *parts, const struct run_kit *kit, const struct run_plan *plan,
		       char *why)
{
	static const char fetched[] = "expected Xen for arm64, which 'make debian-hosts' fetches";
	bool elf;

	return need_part(kit->debian, "xen", fetched, parts->xen, why) &&
	       need_image(parts->xen, fetched, NULL, why) &&
	       need_suite(kit, plan, parts->suite, &elf, why);
}

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	struct parts parts;

	return debian_need_qemu(why) && find_parts(&parts, kit, plan, why);
}

/* Append to an option's text; a comma in a value is written twice. */
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

/*
 * Take out Xen's lines from behind the first one that is not Xen's: the suite's text is whole without them.
 * Those before it tell why dom0 did not start, where it did not.
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

/* Xen says only what goes wrong, and has room for all that dom0 prints before it goes out. */
static enum run_outcome run(const struct run_kit *kit, const struct run_plan *plan,
			    struct run_output *output)
{
	struct parts parts;
	char pcpus[16], words[128], loader[OPTION_SIZE], initrd[OPTION_SIZE] = "";
	const char *const argv[] = {
		QEMU_PROGRAM,
		"-M",
		"virt,virtualization=on,gic-version=3",
		"-cpu",
		plan->cpu,
		"-smp",
		pcpus,
		"-m",
		"1G",
		"-kernel",
		parts.xen,
		"-append",
		words,
		"-device",
		loader,
		kit->initrd != NULL ? "-device" : NULL,
		initrd,
		NULL,
	};

	*output = (struct run_output){.text = NULL};
	if (!find_parts(&parts, kit, plan, output->why))
		return RUN_UNABLE;
	snprintf(pcpus, sizeof(pcpus), "%u", plan->pcpus);
	snprintf(words, sizeof(words),
		 "dom0_mem=128M dom0_max_vcpus=%u console=dtuart serial_tx_buffer=1M loglvl=error "
		 "guest_loglvl=none",
		 plan->vcpus);
	guest_loader(loader, parts.suite, plan);
	if (kit->initrd != NULL)
		add_value(initrd,
			  (size_t)snprintf(initrd, OPTION_SIZE,
					   "guest-loader,addr=" INITRD_AT ",initrd="),
			  kit->initrd);
	enum run_outcome outcome = board_run(argv, plan->limit_s, NULL, output);
	if (output->text != NULL)
		drop_lines_of_xen(output);
	return outcome;
}

static void versions(const struct run_kit *kit, char *text, size_t room)
{
	char version[96];

	debian_version(version, sizeof(version), kit, "versions-hosts", "xen-hypervisor-");
	snprintf(text, room, "Xen %s", version);
}

const struct run_target target_xen = {
	.name = "xen",
	.ready = ready,
	.run = run,
	.versions = versions,
};
