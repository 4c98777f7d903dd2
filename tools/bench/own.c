/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of this project's hypervisor with guests that only compute: exits of a vCPU without
 * competitors, and switches among many vCPUs.
 */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include "tools/bench/json.h"
#include "tools/bench/run.h"
#include "tools/json_format.h"

static const char *const images[] = {"spin.img", NULL};

static bool ready(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	(void)plan;
	return bench_lab_ready(kit, images, why);
}

/*
 * Exits of one spinning vCPU, in two labs that differ only in their length: the difference is the
 * number of exits in the difference of time.
 */
#define SHORT_MS 200u
#define LONG_MS	 700u

static enum run_outcome run_exits(const struct run_kit *kit, const struct run_plan *plan,
				  struct run_output *output)
{
	enum run_outcome outcome = RUN_ENDED;

	*output = (struct run_output){.text = NULL};
	for (unsigned ms = SHORT_MS; ms <= LONG_MS && outcome == RUN_ENDED;
	     ms += LONG_MS - SHORT_MS) {
		FILE *lab = bench_lab_begin(kit, plan, output->why);
		if (lab == NULL)
			return RUN_UNABLE;
		bench_lab_vm(lab, kit, "lone", "spin.img", "memory = 16M\n");
		outcome = bench_lab_run(lab, kit, NULL, ms, output);
	}
	return outcome;
}

/* "exits" of the next ledger in the text, or -1. */
static double next_exits(const char **text)
{
	json_t *ledger = json_loads(*text, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *vm = json_array_get(json_object_get(ledger, "vms"), 0);
	json_t *vcpu = json_array_get(json_object_get(vm, "vcpus"), 0);
	json_t *exits = json_object_get(vcpu, "exits");
	double number = bench_json_is(ledger, JSON_LEDGER_FORMAT, JSON_LEDGER_VERSION) &&
					json_is_integer(exits)
				? (double)json_integer_value(exits)
				: -1;

	*text += strcspn(*text, "\n");
	*text += **text == '\n';
	json_decref(ledger);
	return number;
}

/*
 * Peers have no ledger. There the guest counts gaps in its own time that are longer than a few
 * hundred instructions.
 */
static bool read_gaps(const struct bench_run *run, struct bench_results *results, char *why)
{
	double gaps, ns;

	if (!bench_number(run->text, "SPIN", "gaps", &gaps) ||
	    !bench_number(run->text, "SPIN", "watched_ns", &ns) || ns <= 0) {
		snprintf(why, RUN_WHY, "no guest reported its gaps");
		return false;
	}
	double rate = gaps * 1e9 / ns;
	bench_measured(&results->figures[BENCH_ROW_exits_idle][run->target][run->cpu], rate, rate);
	return true;
}

static bool read_exits(const struct bench_run *run, struct bench_results *results, char *why)
{
	const char *text = run->text;

	if (run->target != BENCH_PVTIME)
		return read_gaps(run, results, why);
	double few = next_exits(&text), many = next_exits(&text);

	if (few < 0 || many < few) {
		snprintf(why, RUN_WHY, "expected two ledgers with exits");
		return false;
	}
	double rate = (many - few) / ((LONG_MS - SHORT_MS) / 1000.0);
	bench_measured(&results->figures[BENCH_ROW_exits_idle][run->target][run->cpu], rate, rate);
	return true;
}

static const struct run_target exits_target = {.name = "pvtime", .ready = ready, .run = run_exits};

const struct bench_kind bench_exits = {
	.name = "exits",
	.quick = true,
	.by = {&exits_target, &target_kvm, &target_xen},
	.plan = {.pcpus = 1,
		 .vcpus = 1,
		 .dialect = "1.0",
		 .append = "until_ms=2000 burst=3",
		 .limit_s = 60},
	.image = "spin.img",
	.read = read_exits,
};

/*
 * Switches at the end of a slice, on one CPU, as the first vCPU of the first VM sees them: the gap
 * less the time stolen in it (bench/spin/spin.c). Some switches also refresh the pages of waiting
 * vCPUs or begin a cap's period, so the figure is the mean.
 */
#define MANY_VMS   8u
#define MANY_VCPUS 8u
#define WATCH_MS   500u

static enum run_outcome run_many_of(const struct run_kit *kit, const struct run_plan *plan,
				    unsigned vms, unsigned vcpus, struct run_output *output)
{
	FILE *lab = bench_lab_begin(kit, plan, output->why);
	char name[16], lines[128];

	if (lab == NULL)
		return RUN_UNABLE;
	fprintf(lab, "timeslice_us = 100\n");
	for (unsigned i = 0; i < vms; i++) {
		snprintf(name, sizeof(name), "vm%u", i);
		snprintf(lines, sizeof(lines), "memory = 16M\nvcpus = %u\n%s", vcpus,
			 i == 0 ? "append = until_ms=" : "");
		bench_lab_vm(lab, kit, name, "spin.img", lines);
		if (i == 0)
			fprintf(lab, "%u\n", WATCH_MS);
	}
	return bench_lab_run(lab, kit, "vm0", 10000, output);
}

static enum run_outcome run_many(const struct run_kit *kit, const struct run_plan *plan,
				 struct run_output *output)
{
	*output = (struct run_output){.text = NULL};
	enum run_outcome outcome = run_many_of(kit, plan, 2, 1, output);
	return outcome == RUN_ENDED ? run_many_of(kit, plan, MANY_VMS, MANY_VCPUS, output)
				    : outcome;
}

/* The mean from the SPIN line of the guest that watches. */
static bool read_switch(const char *text, struct bench_figure *figure)
{
	double sum, gaps, pass, passes;

	if (!bench_number(text, "SPIN", "sum_ns", &sum) ||
	    !bench_number(text, "SPIN", "gaps", &gaps) ||
	    !bench_number(text, "SPIN", "pass_ns", &pass) ||
	    !bench_number(text, "SPIN", "passes", &passes) || gaps < 1 || passes < 1)
		return false;
	double mean = sum / gaps - pass / passes;
	bench_measured(figure, mean, mean);
	return true;
}

static bool read_many(const struct bench_run *run, struct bench_results *results, char *why)
{
	const char *second = strchr(run->text, '\n');

	if (second != NULL &&
	    read_switch(run->text, &results->figures[BENCH_ROW_switch_2][run->target][run->cpu]) &&
	    read_switch(second + 1, &results->figures[BENCH_ROW_switch_64][run->target][run->cpu]))
		return true;
	snprintf(why, RUN_WHY, "expected reports of two guests");
	return false;
}

static const struct run_target many_target = {.name = "pvtime", .ready = ready, .run = run_many};

const struct bench_kind bench_many = {
	.name = "many",
	.quick = true,
	.by = {[BENCH_PVTIME] = &many_target},
	.read = read_many,
};
