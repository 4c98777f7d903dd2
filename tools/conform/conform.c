/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `pvtime conform`: first check that every file and program needed is present, then make all runs,
 * then print the results.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/command.h"
#include "tools/conform/print.h"
#include "tools/conform/setup.h"
#include "tools/conform/tap.h"
#include "tools/lab/screen.h"
#include "tools/visible.h"
#include "tools/report.h"
#include "tools/run/file.h"

#define LAST_LINES 8u /* of an incomplete run's text, printed on standard error */

/*
 * Moves *at to the next line. Returns the length of the line that *at pointed to, without its end
 * ('\n' or "\r\n").
 */
static size_t next_line(const char **at, const char *end)
{
	const char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));
	size_t n = (size_t)((newline != NULL ? newline : end) - line);

	*at = line + n + (newline != NULL);
	return n > 0 && line[n - 1] == '\r' ? n - 1 : n;
}

/* Show the end of a run's text, so that the user sees what went wrong. */
static void show_last_lines(const struct run_output *output)
{
	const char *text = output->text != NULL ? output->text : "", *end = text + output->length;
	const char *begin = end;

	for (unsigned lines = 0; begin > text; begin--)
		if (begin[-1] == '\n' && begin != end && ++lines == LAST_LINES)
			break;
	while (begin < end) {
		const char *line = begin;
		size_t shown = next_line(&begin, end);
		report("  | %.*s", (int)(shown < 200 ? shown : 200), line);
	}
}

/*
 * Print all of a run's text unchanged, or on a terminal with control characters made visible, so
 * that it cannot imitate output of pvtime.
 */
static void print_output(FILE *to, bool terminal, const struct run_output *output)
{
	const char *at = output->text != NULL ? output->text : "", *end = at + output->length;

	if (!terminal) {
		fwrite(at, 1, output->length, to);
		return;
	}
	while (at < end) {
		const char *line = at;
		size_t n = next_line(&at, end);

		visible_write(to, line, n);
		fputc('\n', to);
	}
}

/* Turn a run's text into its result. */
static void judge(struct conform_run *run, const struct run_job *job)
{
	struct conform_result *result = &run->result;
	const char *build = job->kit.image != NULL ? NULL
			    : run->plan.user	   ? "user"
						   : run->plan.build;
	char where[128] = "before its first result", why[351];

	conform_tap_read(run, build, job->output.text, job->output.length);
	if (job->outcome == RUN_ENDED)
		return;
	result->status = job->outcome == RUN_LIMIT ? CONFORM_HUNG : CONFORM_DIED;
	for (unsigned i = 0, n = 0; i < CONFORM_CASES; i++)
		if (run->expected[i] && result->cases[i].verdict != CONFORM_NONE)
			snprintf(where, sizeof(where), "after number %u, %s", ++n,
				 conform_cases[i].name);
	/* `why` may quote what the machine printed, and tables on the terminal show it. */
	visible_copy(why, sizeof(why), job->output.why, strlen(job->output.why));
	snprintf(result->why, sizeof(result->why), "%s; %s", why, where);
}

static void ended(void *ctx, size_t index)
{
	struct conform_command *c = ctx;
	const struct run_job *job = &c->batch->jobs[index];
	struct conform_run *run = &c->runs[index];
	char path[PATH_MAX];

	judge(run, job);
	if (snprintf(path, sizeof(path), "%s/console.txt", job->kit.keep) < PATH_MAX &&
	    !c->batch->temporary && !file_write(path, job->output.text, job->output.length))
		report("--keep: %s: %m", path);
	if (c->options.verbose) {
		FILE *to = c->verbose == stdout ? c->batch->out : c->batch->errors;

		fprintf(to, "# %s %s\n", job->name, run->plan.name);
		print_output(to, isatty(fileno(c->verbose)), &job->output);
		fflush(to);
	}
	if (run->result.status != CONFORM_COMPLETE) {
		report("%s %s: %s", job->name, run->plan.name, run->result.why);
		show_last_lines(&job->output);
	} else if (isatty(STDERR_FILENO)) {
		report("%s %s: %u ok, %u FAIL, %u weaker, %u skipped", job->name, run->plan.name,
		       conform_count(run, CONFORM_OK), conform_count(run, CONFORM_FAIL),
		       conform_count(run, CONFORM_WEAKER), conform_count(run, CONFORM_SKIP));
	}
}

/* Print the results. false: one could not be written. */
static bool tell(struct conform_command *c)
{
	static void (*const print[])(const struct conform_report *, FILE *) = {
		[CONFORM_TAP] = conform_report_tap,
		[CONFORM_JSON] = conform_report_json,
		[CONFORM_MARKDOWN] = conform_report_markdown,
	};
	bool table = true;

	for (unsigned f = CONFORM_TAP; f < CONFORM_FORMATS; f++) {
		if (c->files[f] == NULL)
			continue;
		print[f](&c->report, c->files[f]);
		table &= c->files[f] != stdout;
		if (fflush(c->files[f]) != 0 || ferror(c->files[f])) {
			report("%s: %m", c->options.file[f]);
			return false;
		}
	}
	if (table) {
		struct screen screen;
		struct conform_look look = {"", "", "", "", "", ""};

		if (screen_open(&screen, stdout))
			look = (struct conform_look){screen.look.title,
						     screen.look.colour[WATCH_RUNNING],
						     screen.look.colour[WATCH_STOLEN],
						     screen.look.title,
						     screen.look.colour[WATCH_BLOCKED],
						     screen.look.plain};
		conform_report_table(&c->report, &look, stdout);
	}
	return true;
}

/*
 * An incomplete run counts as a failure on every target, a rule that is not kept only as
 * conform_holds() says.
 */
static bool all_good(const struct conform_command *c)
{
	bool good = true;

	for (size_t s = 0; s < c->report.count; s++) {
		const struct conform_section *section = &c->sections[s];

		for (size_t r = 0; r < section->run_count; r++)
			good &= section->runs[r].result.status == CONFORM_COMPLETE;
		good &= conform_holds(section, c->options.strict);
	}
	return good;
}

static int run_all(struct conform_command *c)
{
	int status = batch_run(c->batch, c->options.width, ended, c);

	if (status != STATUS_OK)
		return status;
	for (size_t s = 0; s < c->report.count; s++) {
		struct conform_section *section = &c->sections[s];
		struct run_kit kit = c->batch->kit;

		kit.release = section->release;
		section->target->by->versions(&kit, section->versions, sizeof(section->versions));
	}
	if (!tell(c))
		return STATUS_FAILED;
	return all_good(c) ? STATUS_OK : STATUS_FAILED;
}

static int prepare_and_run(struct conform_command *c)
{
	if (c->options.list) {
		const struct conform_target *targets[CONFORM_TARGETS];
		size_t n = 0;

		for (size_t i = 0; i < c->options.choice_count; i++)
			if (n == 0 || targets[n - 1] != c->options.choices[i].target)
				targets[n++] = c->options.choices[i].target;
		conform_report_list(targets, n, stdout);
		return STATUS_OK;
	}
	return conform_set_up(c) ? run_all(c) : STATUS_USAGE;
}

static int command(struct run_batch *batch, int argc, char **argv)
{
	struct conform_command *c = calloc(1, sizeof(*c));
	int status = STATUS_USAGE;

	if (c == NULL) {
		report("%m");
		return STATUS_FAILED;
	}
	c->batch = batch;
	if (conform_options_parse(&c->options, argc, argv))
		status = c->options.help ? STATUS_OK : prepare_and_run(c);
	conform_tear_down(c);
	free(c);
	return status;
}

int conform_command(int argc, char **argv)
{
	return batch_command(command, argc, argv);
}
