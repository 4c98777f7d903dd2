/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How exact the accounting is over a minute of guest time: 1 to 8 vCPUs contend for one CPU, with
 * weights or with caps, and one run has a Linux guest. Each run compares the hypervisor's ledger,
 * the structures, and what each guest read or observed.
 */
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/run.h"
#include "tools/run/file.h"
#include "tools/run/kit.h"

#define REPORT_MS \
	200u /* between two guests' reports, so that a guest reports while no other wants the CPU */
#define AFTER_S 30u /* after the measured time, for all reports */
#define CONSOLE (1u << 20)
#define CAPS	80u /* % of the CPU that all caps of a run add up to */
#define USER_HZ 100u
#define INITRD	"initramfs.cpio"

enum { WEIGHTS, CAPPED, LINUX };

static unsigned kind_of(const struct bench_kind *kind)
{
	return strcmp(kind->name, "linux") == 0 ? LINUX : kind->name[0] == 'c' ? CAPPED : WEIGHTS;
}

/* The weight of vCPU `i` of `n`, or its cap in % of the CPU. */
static unsigned part(unsigned i, unsigned n, bool cap)
{
	return cap ? CAPS * (i + 1) / (n * (n + 1) / 2) : 100 * (i + 1);
}

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	static const char *const images[] = {"spin.img", NULL};

	(void)plan;
	return bench_lab_ready(kit, images, why);
}

static bool ready_linux(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	static const char *const images[] = {"spin.img", INITRD, NULL};
	char path[PATH_MAX];

	(void)plan;
	return bench_lab_ready(kit, images, why) &&
	       need_part(kit->debian, "Image",
			 "expected Debian's kernel for arm64, which 'make debian' fetches", path,
			 why);
}

/* Append the console of a VM to the text, which begins with the ledger. */
static bool add_console(const struct run_kit *kit, const char *name, struct run_output *output)
{
	char path[PATH_MAX];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s.log", kit->keep, name);
	char *text = file_read(path, CONSOLE, &n);
	char *all = text != NULL ? realloc(output->text, output->length + n + 1) : NULL;
	if (all != NULL) {
		memcpy(all + output->length, text, n + 1);
		output->text = all;
		output->length += n;
	} else {
		snprintf(output->why, RUN_WHY, "%.300s: %m", path);
	}
	free(text);
	return all != NULL;
}

static enum run_outcome run_spinners(const struct run_kit *kit, const struct run_plan *plan,
				     struct run_output *output)
{
	bool cap = plan->cap != 0;
	char name[16], lines[160];

	*output = (struct run_output){.text = NULL};
	FILE *lab = bench_lab_begin(kit, plan, output->why);
	if (lab == NULL)
		return RUN_UNABLE;
	for (unsigned i = 0; i < plan->vcpus; i++) {
		snprintf(name, sizeof(name), "vm%u", i);
		snprintf(lines, sizeof(lines),
			 "memory = 16M\n%s = %u\nappend = until_ms=%u000 report_ms=%u\n",
			 cap ? "cap" : "weight", part(i, plan->vcpus, cap), plan->limit_s,
			 plan->limit_s * 1000 + REPORT_MS * (i + 1));
		bench_lab_vm(lab, kit, name, "spin.img", lines);
	}
	enum run_outcome outcome =
		bench_lab_run(lab, kit, NULL, (plan->limit_s + AFTER_S) * 1000, output);
	for (unsigned i = 0; i < plan->vcpus && outcome == RUN_ENDED; i++) {
		snprintf(name, sizeof(name), "vm%u", i);
		if (!add_console(kit, name, output))
			outcome = RUN_UNABLE;
	}
	return outcome;
}

static enum run_outcome run_linux(const struct run_kit *kit, const struct run_plan *plan,
				  struct run_output *output)
{
	char kernel[PATH_MAX], initrd[PATH_MAX], spin[96];

	*output = (struct run_output){.text = NULL};
	if (!need_part(kit->debian, "Image", "expected a kernel", kernel, output->why) ||
	    !need_part(kit->suite, INITRD, "expected an initramfs", initrd, output->why))
		return RUN_UNABLE;
	FILE *lab = bench_lab_begin(kit, plan, output->why);
	if (lab == NULL)
		return RUN_UNABLE;
	fprintf(lab,
		"\n[vm linux]\nkernel = %s\ninitrd = %s\nmemory = 128M\n"
		"append = console=ttyAMA0 quiet role=spin until=%u report=%u\n",
		kernel, initrd, plan->limit_s, plan->limit_s + 2);
	snprintf(spin, sizeof(spin), "memory = 16M\nappend = until_ms=%u000\n", plan->limit_s);
	bench_lab_vm(lab, kit, "spin", "spin.img", spin);
	enum run_outcome outcome =
		bench_lab_run(lab, kit, NULL, (plan->limit_s + AFTER_S) * 1000, output);
	return outcome != RUN_ENDED || add_console(kit, "linux", output) ? outcome : RUN_UNABLE;
}

/* The ledger's record of the first vCPU of a VM. */
struct entry {
	double stolen_ns, published_ns, running, ready;
};

static double number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? (double)json_integer_value(value) : -1;
}

static bool read_entry(const json_t *ledger, unsigned vm, struct entry *e)
{
	const json_t *v = json_array_get(
		json_object_get(json_array_get(json_object_get(ledger, "vms"), vm), "vcpus"), 0);
	const json_t *ticks = json_object_get(v, "ticks");

	*e = (struct entry){number(v, "stolen_ns"), number(v, "published_ns"),
			    number(ticks, "running"), number(ticks, "ready")};
	return e->stolen_ns >= 0 && e->published_ns >= 0 && e->running >= 0 && e->ready >= 0;
}

static void raise_to(double *most, double value)
{
	if (value > *most)
		*most = value;
}

/* The next line that begins with `word`, or NULL. */
static const char *next_line(const char *text, const char *word)
{
	while (text != NULL && *text != '\0' && strncmp(text, word, strlen(word)) != 0) {
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return text != NULL && *text != '\0' ? text : NULL;
}

/* Compare the guest's report of its gaps with its ledger entry. */
static bool take_spin(struct bench_accuracy *a, const char *line, const struct entry *e)
{
	double stolen, gaps, most, least, pass, passes;

	if (!bench_number(line, "SPIN", "stolen_ns", &stolen) ||
	    !bench_number(line, "SPIN", "gaps", &gaps) ||
	    !bench_number(line, "SPIN", "most_ns", &most) ||
	    !bench_number(line, "SPIN", "least_ns", &least) ||
	    !bench_number(line, "SPIN", "pass_ns", &pass) ||
	    !bench_number(line, "SPIN", "passes", &passes) || passes < 1)
		return false;
	raise_to(&a->guest_ns, fabs(stolen - e->stolen_ns));
	if (gaps > 0) {
		raise_to(&a->gap_ns, most - floor(pass / passes));
		raise_to(&a->early_ns, floor(pass / passes) - least);
	}
	a->gaps = true;
	return true;
}

static bool take_linux(struct bench_accuracy *a, const char *line, const struct entry *e)
{
	double ticks, ns;

	if (!bench_number(line, "STEAL", "proc_ticks", &ticks) ||
	    !bench_number(line, "STEAL", "struct_ns", &ns))
		return false;
	raise_to(&a->guest_ns, fabs(ns - e->stolen_ns));
	raise_to(&a->proc_ns, fabs(ticks * 1e9 / USER_HZ - e->stolen_ns));
	a->proc = true;
	return true;
}

/* Take the results of all VMs in their order; each VM has one line on the consoles. */
static bool take_all(struct bench_accuracy *a, const struct bench_run *run, const json_t *ledger,
		     const char *consoles)
{
	unsigned n = run->kind->plan.vcpus, kind = kind_of(run->kind);
	double all = 0, parts = 0;
	const char *word = kind == LINUX ? "STEAL" : "SPIN";
	struct entry e;

	for (unsigned i = 0; i < n; i++) {
		if (!read_entry(ledger, i, &e))
			return false;
		all += e.running;
		parts += part(i, n, false);
	}
	for (unsigned i = 0; i < n; i++) {
		read_entry(ledger, i, &e);
		consoles = next_line(consoles, word);
		if (consoles == NULL || !(kind == LINUX ? take_linux : take_spin)(a, consoles, &e))
			return false;
		consoles += strlen(word);
		raise_to(&a->structure_ns, fabs(e.published_ns - e.stolen_ns));
		if (kind != LINUX)
			raise_to(&a->share_points,
				 fabs(kind == CAPPED ? 100 * e.running / (e.running + e.ready) -
							       part(i, n, true)
						     : 100 * (e.running / all -
							      part(i, n, false) / parts)));
	}
	a->shares = kind != LINUX;
	return true;
}

static bool read_accuracy(const struct bench_run *run, struct bench_results *results, char *why)
{
	size_t index = (size_t)(run->kind - bench_accuracy_kinds);
	struct bench_accuracy *a = &results->accuracy[index];
	json_t *ledger = json_loads(run->text, JSON_DISABLE_EOF_CHECK, NULL);

	*a = (struct bench_accuracy){.seconds = run->seconds};
	snprintf(a->name, sizeof(a->name), "%s", run->kind->name);
	bool good = take_all(a, run, ledger, run->text);
	json_decref(ledger);
	if (good)
		a->vcpus = kind_of(run->kind) == LINUX ? 2 : run->kind->plan.vcpus;
	else
		snprintf(why, RUN_WHY, "a vCPU has no ledger, or its guest has not reported");
	return good;
}

static const struct run_target spinners = {.name = "pvtime", .ready = ready, .run = run_spinners};
static const struct run_target with_linux = {
	.name = "pvtime", .ready = ready_linux, .run = run_linux};

#define SPIN_ALONE .one_cpu = true, .by = {[BENCH_PVTIME] = &spinners}, .read = read_accuracy
#define SPINNERS(text, n, capped) \
	.name = text #n, .plan = {.pcpus = 1, .vcpus = n, .cap = capped}, SPIN_ALONE

const struct bench_kind bench_accuracy_kinds[BENCH_ACCURACY_KINDS] = {
	{SPINNERS("weights-", 1, 0)},
	{SPINNERS("weights-", 2, 0)},
	{SPINNERS("weights-", 3, 0)},
	{SPINNERS("weights-", 4, 0)},
	{SPINNERS("weights-", 5, 0)},
	{SPINNERS("weights-", 6, 0)},
	{SPINNERS("weights-", 7, 0)},
	{SPINNERS("weights-", 8, 0)},
	{SPINNERS("caps-", 1, 1)},
	{SPINNERS("caps-", 2, 1)},
	{SPINNERS("caps-", 3, 1)},
	{SPINNERS("caps-", 4, 1)},
	{SPINNERS("caps-", 5, 1)},
	{SPINNERS("caps-", 6, 1)},
	{SPINNERS("caps-", 7, 1)},
	{SPINNERS("caps-", 8, 1)},
	{
		.name = "linux",
		.one_cpu = true,
		.by = {[BENCH_PVTIME] = &with_linux},
		.plan = {.pcpus = 1, .vcpus = 1},
		.read = read_accuracy,
	},
};
