/* SPDX-License-Identifier: BSD-2-Clause */
/* Labs that this command writes and runs. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "tools/bench/run.h"
#include "tools/run/kit.h"
#include "tools/run/lab_child.h"
#include "tools/run/qemu.h"

FILE *bench_lab_begin(const struct run_kit *kit, const struct run_plan *plan, char *why)
{
	char path[PATH_MAX];

	if (!lab_child_file(kit, path, why))
		return NULL;
	FILE *lab = fopen(path, "we");
	if (lab == NULL)
		snprintf(why, RUN_WHY, "%.300s: %s", path, strerror(errno));
	else
		fprintf(lab, "[lab]\ncpu = %s\n", plan->cpu);
	return lab;
}

void bench_lab_vm(FILE *lab, const struct run_kit *kit, const char *name, const char *image,
		  const char *lines)
{
	char *path = realpath(kit->suite, NULL);

	fprintf(lab, "\n[vm %s]\nkernel = %s/%s\n%s", name, path != NULL ? path : kit->suite, image,
		lines);
	free(path);
}

/* Append to the text that the output already has. */
static bool add_text(struct run_output *output, const struct run_output *more)
{
	char *all = realloc(output->text, output->length + more->length + 1);

	if (all == NULL)
		return false;
	memcpy(all + output->length, more->text, more->length);
	output->text = all;
	output->length += more->length;
	all[output->length] = '\0';
	return true;
}

enum run_outcome bench_lab_run(FILE *lab, const struct run_kit *kit, const char *until,
			       unsigned limit_ms, struct run_output *output)
{
	struct run_output more = {.text = NULL};
	enum run_outcome outcome = RUN_UNABLE;
	bool good = !ferror(lab);

	if (fclose(lab) != 0 || !good) {
		snprintf(output->why, RUN_WHY, "the lab file: %s", strerror(errno));
		return outcome;
	}
	outcome = lab_child_run(kit, until, limit_ms, &more);
	memcpy(output->why, more.why, sizeof(output->why));
	if (more.text != NULL && !add_text(output, &more)) {
		snprintf(output->why, RUN_WHY, "%s", strerror(errno));
		outcome = RUN_UNABLE;
	}
	free(more.text);
	return outcome;
}

bool bench_lab_ready(const struct run_kit *kit, const char *const *images, char *why)
{
	static const char built[] =
		"expected a part of the benchmark, which 'make bench' builds; --bench DIR says where they are";
	char path[PATH_MAX];

	for (; *images != NULL; images++)
		if (!need_part(kit->suite, *images, built, path, why))
			return false;
	return need_file(kit->hypervisor, "expected the hypervisor's image, which 'make' builds",
			 why) &&
	       need_program(QEMU_PROGRAM, "qemu-system-arm", why);
}

bool bench_number(const char *text, const char *word, const char *name, double *number)
{
	size_t length = strlen(name);

	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, word, strlen(word)) == 0)
			break;
		if (strchr(text, '\n') == NULL)
			return false;
	}
	if (text == NULL)
		return false;
	const char *end = text + strcspn(text, "\n");
	for (const char *at = text; at < end; at++) {
		char *rest;
		if (at[0] != ' ' || strncmp(at + 1, name, length) != 0 || at[1 + length] != '=')
			continue;
		*number = strtod(at + length + 2, &rest);
		return rest > at + length + 2;
	}
	return false;
}
