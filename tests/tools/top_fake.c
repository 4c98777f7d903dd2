/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the parts of `pvtime top` that ask the kernel: each sample is what the file
 * $TOP_FAKE has at that moment, in lines of three kinds:
 *
 *	vcpu THREAD PROCESS CPU RUN_NS STOLEN_NS UNATTRIBUTED_NS
 *	thief VICTIM THREAD PROCESS CPU NS NAME
 *	fact THREAD KIND COUNTED SHOWN
 *
 * Any other line makes the sample fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/report.h"
#include "tools/top/interval.h"
#include "tools/top/read.h"

#define MOST 131072u

static struct {
	struct top_vcpu vcpus[MOST];
	struct top_pair pairs[MOST];
	struct top_cell cells[MOST];
	struct top_fact facts[MOST];
	size_t fact_count;
} fake;

bool top_load(struct top_program *program, int root, char why[TOP_WHY])
{
	(void)root;
	(void)why;
	*program = (struct top_program){.skeleton = NULL};
	return true;
}

void top_unload(struct top_program *program)
{
	(void)program;
}

bool top_readable(const struct top_program *program)
{
	(void)program;
	return true;
}

bool top_end_epoch(const struct top_program *program, uint32_t *epoch)
{
	(void)program;
	*epoch = 0;
	return true;
}

void top_facts_load(struct top_facts *facts)
{
	*facts = (struct top_facts){.skeleton = NULL};
}

/* Those of the sample that was read last. */
bool top_facts_read(struct top_facts *facts)
{
	facts->fact = fake.facts;
	facts->count = fake.fact_count;
	return true;
}

void top_facts_unload(struct top_facts *facts)
{
	(void)facts;
}

static bool take_vcpu(const char *line, size_t n)
{
	unsigned thread, process, cpu;
	unsigned long long run, stolen, overrun;

	if (n == MOST || sscanf(line, "vcpu %u %u %u %llu %llu %llu", &thread, &process, &cpu, &run,
				&stolen, &overrun) != 6)
		return false;
	fake.vcpus[n] = (struct top_vcpu){
		.pid = thread,
		.tgid = process,
		.cpu = cpu,
		.counts = {{.run = run, .stolen = stolen, .overrun = overrun}},
	};
	return true;
}

static bool take_thief(const char *line, size_t n)
{
	unsigned victim, thread, process, cpu;
	unsigned long long ns;
	char name[TOP_NAME];

	if (n == MOST || sscanf(line, "thief %u %u %u %u %llu %15[^\n]", &victim, &thread, &process,
				&cpu, &ns, name) != 6)
		return false;
	fake.pairs[n] =
		(struct top_pair){.victim = victim, .pid = thread, .tgid = process, .cpu = cpu};
	fake.cells[n] = (struct top_cell){.ns = ns};
	memcpy(fake.cells[n].name, name, sizeof(name));
	return true;
}

/* `settled` is true. */
static bool take_fact(const char *line)
{
	struct top_fact fact = {.settled = 1};
	unsigned long long counted, shown;

	if (fake.fact_count == MOST ||
	    sscanf(line, "fact %u %u %llu %llu", &fact.thread, &fact.kind, &counted, &shown) != 4)
		return false;
	fact.counted = counted;
	fact.shown = shown;
	fake.facts[fake.fact_count++] = fact;
	return true;
}

bool top_read(struct top_sample *sample, const struct top_program *program, uint32_t epoch)
{
	FILE *f = fopen(getenv("TOP_FAKE"), "r");
	size_t vcpus = 0, thieves = 0;
	bool good = f != NULL;
	char line[128];

	(void)program;
	(void)epoch;
	fake.fact_count = 0;
	while (good && fgets(line, sizeof(line), f) != NULL) {
		if (take_vcpu(line, vcpus))
			vcpus++;
		else if (take_thief(line, thieves))
			thieves++;
		else if (!take_fact(line))
			good = false;
	}
	if (f != NULL)
		fclose(f);
	if (!good) {
		report("the sample fails");
		return false;
	}
	const struct top_tables tables = {
		.vcpus = fake.vcpus,
		.vcpu_count = vcpus,
		.pairs = fake.pairs,
		.cells = fake.cells,
		.cell_count = thieves,
	};
	return top_sample_make(sample, &tables);
}
