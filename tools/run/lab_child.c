/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "tools/run/child.h"
#include "tools/run/file.h"
#include "tools/run/lab_child.h"

#define PATIENCE_S 600 /* only a hypervisor that hangs takes this long */
#define TEXT_MAX   (8u << 20)

/*
 * The lab's duration in ms of guest time: the longest time of any vCPU in the ledger since its VM
 * was loaded.
 */
static uint64_t elapsed_ms(const char *ledger)
{
	static const char cntfrq[] = "\"cntfrq\":", ledgers[] = "\"ticks\":",
			  elapsed[] = "\"elapsed\":";
	const char *at = strstr(ledger, cntfrq);
	uint64_t frequency = at != NULL ? strtoull(at + strlen(cntfrq), NULL, 10) : 0, most = 0;

	while (at != NULL && (at = strstr(at, ledgers)) != NULL &&
	       (at = strstr(at, elapsed)) != NULL) {
		uint64_t ticks = strtoull(at += strlen(elapsed), NULL, 10);
		if (ticks > most)
			most = ticks;
	}
	return frequency != 0 ? most * 1000 / frequency : 0;
}

/* The last line of `pvtime lab`'s messages, without its prefix and its end. */
static const char *last_message(char *text)
{
	static const char prefix[] = "pvtime: ";
	char *line = text;

	for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = '\0';
	if (strrchr(text, '\n') != NULL)
		line = strrchr(text, '\n') + 1;
	return strncmp(line, prefix, strlen(prefix)) == 0 ? line + strlen(prefix) : line;
}

/*
 * Whether QEMU itself failed. This says nothing about the hypervisor, which can only make QEMU end
 * with status 0. The messages are those of tools/lab/verdict.c and tools/lab/lab.c.
 */
static bool qemu_died(const char *why)
{
	static const char ended[] = "QEMU ended ", well[] = "QEMU ended with status 0 ",
			  not_started[] = "cannot start ";

	return (strncmp(why, ended, strlen(ended)) == 0 && strncmp(why, well, strlen(well)) != 0) ||
	       strncmp(why, not_started, strlen(not_started)) == 0;
}

/* The files of a run, in kit->keep. */
struct files {
	char lab[PATH_MAX], console[PATH_MAX], ledger[PATH_MAX], errors[PATH_MAX];
};

static bool name_file(const struct run_kit *kit, const char *name, const char *end, char *path,
		      char *why)
{
	if (snprintf(path, PATH_MAX, "%s/%s%s", kit->keep, name, end) < PATH_MAX)
		return true;
	snprintf(why, RUN_WHY, "%.100s...: the path is too long", kit->keep);
	return false;
}

bool lab_child_file(const struct run_kit *kit, char *path, char *why)
{
	return name_file(kit, "run", ".lab", path, why);
}

static bool name_files(const struct run_kit *kit, const char *until, struct files *f, char *why)
{
	return lab_child_file(kit, f->lab, why) &&
	       name_file(kit, until != NULL ? until : "", ".log", f->console, why) &&
	       name_file(kit, LAB_CHILD_LEDGER, "", f->ledger, why) &&
	       name_file(kit, "errors", ".log", f->errors, why);
}

/* `limit_ms`: the guest time by which the lab had to end; 0: the lab has no limit. */
static enum run_outcome judge(const struct files *f, unsigned limit_ms, int wait_status,
			      struct run_output *output)
{
	char *text = file_read(f->errors, TEXT_MAX, NULL);
	char *ledger = file_read(f->ledger, TEXT_MAX, NULL);
	enum run_outcome outcome = RUN_ENDED;

	if (WIFSIGNALED(wait_status)) {
		snprintf(output->why, RUN_WHY, "signal %d ended pvtime lab", WTERMSIG(wait_status));
		outcome = RUN_STOPPED;
	} else if (WEXITSTATUS(wait_status) != 0) {
		snprintf(output->why, RUN_WHY, "%s", text != NULL ? last_message(text) : "");
		outcome = WEXITSTATUS(wait_status) == 2 || qemu_died(output->why) ? RUN_UNABLE
										  : RUN_STOPPED;
	} else if (limit_ms != 0 && (ledger == NULL || elapsed_ms(ledger) >= limit_ms)) {
		snprintf(output->why, RUN_WHY, "it had not powered off after %g s of guest time",
			 limit_ms / 1000.0);
		outcome = RUN_LIMIT;
	}
	free(text);
	free(ledger);
	return outcome;
}

static enum run_outcome run_lab(const struct run_kit *kit, const char *until, unsigned limit_ms,
				const struct files *f, struct run_output *output)
{
	char seconds[16];
	const char *const argv[] = {
		kit->program,
		"lab",
		"--deterministic",
		"--seconds",
		seconds,
		"--console-dir",
		kit->keep,
		"--json",
		f->ledger,
		"--hypervisor",
		kit->hypervisor,
		f->lab,
		until != NULL ? "--until" : NULL,
		until,
		NULL,
	};
	int status = 0;

	snprintf(seconds, sizeof(seconds), "%u.%03u", limit_ms / 1000, limit_ms % 1000);
	enum child_end child = child_run(argv, NULL, f->errors, PATIENCE_S, &status);
	if (child == CHILD_NONE) {
		snprintf(output->why, RUN_WHY, "%.300s: %s", kit->program, strerror(errno));
		return RUN_UNABLE;
	}
	output->text = file_read(until != NULL ? f->console : f->ledger, TEXT_MAX, &output->length);
	if (child == CHILD_LATE) {
		snprintf(output->why, RUN_WHY,
			 "the lab was killed after %d s: the hypervisor did not answer",
			 PATIENCE_S);
		return RUN_STOPPED;
	}
	return judge(f, until != NULL ? limit_ms : 0, status, output);
}

enum run_outcome lab_child_run(const struct run_kit *kit, const char *until, unsigned limit_ms,
			       struct run_output *output)
{
	struct files *files = malloc(sizeof(*files));
	enum run_outcome outcome = RUN_UNABLE;

	if (files == NULL)
		snprintf(output->why, RUN_WHY, "%s", strerror(errno));
	else if (name_files(kit, until, files, output->why))
		outcome = run_lab(kit, until, limit_ms, files, output);
	free(files);
	return outcome;
}
