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
#include "tools/run/xen_domain.h"

#define XEN_PREFIX    "(XEN) "
#define DOMAIN_PREFIX "(XEN) DOM1: "
#define DOMAIN_CHUNK  126u /* Xen breaks a longer line of a domain */
/* the last line of a guest that then turns itself off: Xen does not turn the machine off */
#define SUITE_END "(XEN) DOM1: # *[0-9] FAIL, *[0-9] weaker"
/* overlaps neither Xen nor dom0's memory, which Xen takes from the top */
#define SUITE_AT  0x49000000
#define INITRD_AT "0x4e000000" /* the same, and above the largest image */
#define FLASH_AT  "0x04000000" /* the board's second flash bank, which Xen does not use as RAM */
/* above the largest initrd, and below dom0's memory */
#define COMPETITOR_AT 0x58000000
#define OPTION_SIZE   (2 * (PATH_MAX + DEBIAN_WORDS))
#define ARGUMENTS     40u

/* The files of a run. */
struct parts {
	char suite[PATH_MAX];
	char second[PATH_MAX]; /* the program that starts Xen on the second of two CPUs */
	char competitor[PATH_MAX];
};

static bool find_parts(struct parts *parts, const struct run_kit *kit, const struct run_plan *plan,
		       char *why)
{
	static const char built[] =
		"expected a part that 'make bench' and 'make conform-all' build";
	bool elf;

	return (plan->pcpus == 1 ||
		need_part(kit->suite, "second-cpu.bin", built, parts->second, why)) &&
	       (!plan->contended ||
		need_part(kit->suite, "competitor.img", built, parts->competitor, why)) &&
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
	size_t n = (size_t)snprintf(option, OPTION_SIZE, "guest-loader,addr=%#x,kernel=", SUITE_AT);

	debian_words(words, plan);
	n = add_value(option, n, suite);
	n += (size_t)snprintf(option + n, OPTION_SIZE - n, ",bootargs=");
	add_value(option, n, words);
}

/* Append an option with a value. `argv` has room, and ends with NULLs. */
static void add_option(const char **argv, const char *option, const char *value)
{
	while (*argv != NULL)
		argv++;
	argv[0] = option;
	argv[1] = value;
}

/* Append a device that loads a file; `option` holds its text. */
static void add_loader(const char **argv, char option[OPTION_SIZE], const char *loader,
		       const char *file)
{
	size_t n = (size_t)snprintf(option, OPTION_SIZE, "%s", loader);

	add_value(option, n, file);
	add_option(argv, "-device", option);
}

/* The same for the kernel of a domain. */
static void add_kernel(const char **argv, char option[OPTION_SIZE], const struct xen_domain *domain)
{
	char loader[64];

	snprintf(loader, sizeof(loader),
		 "loader,addr=%#llx,force-raw=on,file=", (unsigned long long)domain->kernel_at);
	add_loader(argv, option, loader, domain->kernel);
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

/*
 * Reduce the output to what the domain printed. Xen prints each of its lines after DOMAIN_PREFIX,
 * and breaks a long one after DOMAIN_CHUNK characters.
 */
static void take_lines_of_domain(struct run_output *output)
{
	char *to = output->text, *at = output->text, *end = output->text + output->length;
	const size_t prefix = strlen(DOMAIN_PREFIX);

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		char *next = newline != NULL ? newline + 1 : end;
		char *stop = newline != NULL ? newline : end;

		if (stop > at && stop[-1] == '\r')
			stop--;
		if ((size_t)(stop - at) >= prefix && memcmp(at, DOMAIN_PREFIX, prefix) == 0) {
			size_t n = (size_t)(stop - at) - prefix;

			memmove(to, at + prefix, n);
			to += n;
			if (n != DOMAIN_CHUNK)
				*to++ = '\n';
		}
		at = next;
	}
	output->length = (size_t)(to - output->text);
	*to = '\0';
}

/* A machine, as QEMU's arguments and the texts in them. */
struct machine {
	struct parts parts;
	char pcpus[16], words[512], tree[PATH_MAX], guest[DEBIAN_WORDS];
	char loader[OPTION_SIZE], initrd[OPTION_SIZE], second[OPTION_SIZE], kernel[OPTION_SIZE];
	const char *argv[ARGUMENTS];
};

/*
 * Xen prints only errors, and its buffer holds all that dom0 prints before it powers off. The lines
 * of a domain without that are warnings to Xen 4.17, and information to Xen 4.20, which also omits
 * DOMAIN_PREFIX for the domain that has the console's input, unless conswitch ends in x.
 */
static void describe(struct machine *m, const char *image, const char *denied,
		     const struct run_plan *plan)
{
	const char *const argv[] = {
		QEMU_PROGRAM, "-M",	 "virt,virtualization=on,gic-version=3",
		"-cpu",	      plan->cpu, "-smp",
		m->pcpus,     "-m",	 "1G",
		"-kernel",    image,	 "-append",
		m->words,
	};

	memcpy(m->argv, argv, sizeof(argv));
	snprintf(m->pcpus, sizeof(m->pcpus), "%u", plan->pcpus);
	snprintf(
		m->words, sizeof(m->words),
		"dom0_mem=128M dom0_max_vcpus=%u console=dtuart serial_tx_buffer=1M loglvl=%s guest_loglvl=none%s%s%s%s",
		plan->vcpus, plan->dom0less ? "info conswitch=ax" : "error",
		*denied != '\0' ? " " : "", denied, plan->host != NULL ? " " : "",
		plan->host != NULL ? plan->host : "");
	if (plan->pcpus > 1)
		add_loader(
			m->argv, m->second,
			"loader,cpu-num=0,addr=" FLASH_AT ",force-raw=on,file=", m->parts.second);
}

static void add_dom0(struct machine *m, const struct run_kit *kit, const struct run_plan *plan)
{
	guest_loader(m->loader, m->parts.suite, plan);
	add_option(m->argv, "-device", m->loader);
	if (kit->initrd != NULL)
		add_loader(m->argv, m->initrd,
			   "guest-loader,addr=" INITRD_AT ",initrd=", kit->initrd);
}

/*
 * Add the domains that are not dom0: the suite, if the plan says so, and the competitor, which
 * spins on every CPU and has no console. QEMU's guest-loader knows only dom0, so the machine gets a
 * device tree of ours.
 */
static bool add_domains(struct machine *m, const struct run_kit *kit, const struct run_plan *plan,
			char *why)
{
	const struct xen_domain suite = {
		.name = "suite",
		.kernel = m->parts.suite,
		.kernel_at = SUITE_AT,
		.bootargs = m->guest,
		.vcpus = plan->vcpus,
		.console = true,
	};
	const struct xen_domain competitor = {
		.name = "competitor",
		.kernel = m->parts.competitor,
		.kernel_at = COMPETITOR_AT,
		.vcpus = plan->pcpus,
	};
	struct xen_domain domains[2];
	unsigned count = 0;

	if (plan->dom0less)
		domains[count++] = suite;
	if (plan->contended)
		domains[count++] = competitor;
	debian_words(m->guest, plan);
	if (snprintf(m->tree, sizeof(m->tree), "%s/machine.dtb", kit->keep) >= PATH_MAX) {
		snprintf(why, RUN_WHY, "%.100s...: the path is too long", kit->keep);
		return false;
	}
	if (!xen_domain_tree(m->argv, domains, count, m->tree, why))
		return false;
	if (plan->dom0less)
		add_kernel(m->argv, m->loader, &suite);
	if (plan->contended)
		add_kernel(m->argv, m->kernel, &competitor);
	add_option(m->argv, "-dtb", m->tree);
	return true;
}

enum run_outcome xen_run(const char *image, const char *denied, const struct run_kit *kit,
			 const struct run_plan *plan, struct run_output *output)
{
	struct machine m = {.pcpus = ""};

	*output = (struct run_output){.text = NULL};
	if (!find_parts(&m.parts, kit, plan, output->why))
		return RUN_UNABLE;
	describe(&m, image, strcmp(plan->dialect, "off") == 0 ? denied : "", plan);
	if (!plan->dom0less)
		add_dom0(&m, kit, plan);
	if ((plan->contended || plan->dom0less) && !add_domains(&m, kit, plan, output->why))
		return RUN_UNABLE;
	enum run_outcome outcome =
		board_run(m.argv, plan->limit_s, plan->dom0less ? SUITE_END : NULL, output);
	if (output->text == NULL)
		return outcome;
	if (plan->dom0less)
		take_lines_of_domain(output);
	else
		drop_lines_of_xen(output);
	return outcome;
}
