/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmark's guest prints: accepted whole, or refused with a reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/bench/run.h"

static struct bench_results results;
static char why[RUN_WHY];

static const struct bench_kind one = {.name = "guest", .plan = {.pcpus = 1}};
static const struct bench_kind two = {.name = "pair", .plan = {.pcpus = 2}};

static bool read_text(const struct bench_kind *kind, const char *text)
{
	const struct bench_run run = {
		.kind = kind,
		.target = BENCH_KVM,
		.cpu = BENCH_N1,
		.text = text,
		.length = strlen(text),
	};

	memset(&results, 0, sizeof(results));
	why[0] = '\0';
	return bench_guest_read(&run, &results, why);
}

/* All lines of a source, with `line` in place of that of `row`; "" leaves it out. */
static char *text_with(enum bench_source source, enum bench_row_id row, const char *line)
{
	static char text[8192];
	size_t n = (size_t)snprintf(text, sizeof(text), "firmware\r\n# bench cpus=1\r\n");

	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		if (bench_rows[r].source != source)
			continue;
		if (r == row)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", line);
		else
			n += (size_t)snprintf(
				text + n, sizeof(text) - n,
				"BENCH name=%s best=%u.25 median=%u.50 n=1000 batches=100\r\n",
				bench_rows[r].name, r + 10, r + 10);
	}
	snprintf(text + n, sizeof(text) - n, "# bench done\r\nBENCH name=late\r\n");
	return text;
}

static void test_whole(void)
{
	tap_ok(read_text(&one, text_with(BENCH_GUEST, BENCH_ROWS, "")),
	       "a complete text is accepted");
	for (unsigned r = 0; r < BENCH_ROWS; r++) {
		const struct bench_figure *f = &results.figures[r][BENCH_KVM][BENCH_N1];
		bool there = bench_rows[r].source == BENCH_GUEST;

		tap_ok(there ? f->state == BENCH_MEASURED && f->best == r + 10.25 &&
				       f->median == r + 10.5
			     : f->state == BENCH_ABSENT,
		       "the figure %s is %s", bench_rows[r].name,
		       there ? "that of the text" : "absent");
	}
	tap_ok(read_text(&two, text_with(BENCH_PAIR, BENCH_ROWS, "")),
	       "the results of the benchmark with two CPUs are read");
	tap_ok(results.figures[BENCH_ROW_ipi][BENCH_KVM][BENCH_N1].state == BENCH_MEASURED,
	       "the figure ipi is measured");
	tap_ok(!read_text(&one, text_with(BENCH_PAIR, BENCH_ROWS, "")),
	       "the text of another kind of run is refused");
}

static void test_skip(void)
{
	const struct bench_figure *f = &results.figures[BENCH_ROW_st_smc][BENCH_KVM][BENCH_N1];

	tap_ok(read_text(&one, text_with(BENCH_GUEST, BENCH_ROW_st_smc,
					 "BENCH name=st_smc skip=the call is not there\r\n")),
	       "a reason in place of a figure is accepted");
	tap_ok(f->state == BENCH_SKIPPED && strcmp(f->skip, "the call is not there") == 0,
	       "the reason extends to the end of its line");
}

static void refused(const char *name, const char *text, const char *reason)
{
	tap_ok(!read_text(&one, text), "a text is refused for %s", name);
	if (!tap_ok(strstr(why, reason) != NULL, "a text is refused with the reason '%s'", reason))
		tap_print("# '%s'\n", why);
}

static void test_faults(void)
{
	static const char *const lines[] = {
		"BENCH name=idreg\n",
		"BENCH name=idreg skip=\n",
		"BENCH name=idreg best=x median=3 n=1 batches=1\n",
		"BENCH name=idreg best=4 median=3 n=1 batches=1\n",
		"BENCH name=idreg best=-4 median=3 n=1 batches=1\n",
		"BENCH name=idreg best=1 median=3 n=0 batches=1\n",
		"BENCH name=idreg best=1 median=3 n=1 batches=0\n",
		"BENCH name=idreg best=1 median=3 n=1\n",
		"BENCH name=idreg best=1 median=3 n=1 batches=1 more=1\n",
		"BENCH name=idreg best=1median=3 n=1 batches=1\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		refused("a torn line", text_with(BENCH_GUEST, BENCH_ROW_idreg, lines[i]),
			"is not a result");
	refused("a lost line", text_with(BENCH_GUEST, BENCH_ROW_gicd, ""), "gicd has no line");
	refused("a second line of a path",
		text_with(BENCH_GUEST, BENCH_ROW_gicd,
			  "BENCH name=features_hvc best=1 median=1 n=1 batches=1\n"),
		"features_hvc has two lines");
	refused("an unknown path",
		text_with(BENCH_GUEST, BENCH_ROW_gicd,
			  "BENCH name=gicdd best=1 median=1 n=1 batches=1\n"),
		"is not a path of this run");
	refused("a row that is not the guest's",
		text_with(BENCH_GUEST, BENCH_ROW_gicd,
			  "BENCH name=boot best=1 median=1 n=1 batches=1\n"),
		"is not a path of this run");
	refused("being empty", "", "the output has no line '# bench '");
	refused("the missing heading", strstr(text_with(BENCH_GUEST, BENCH_ROWS, ""), "BENCH"),
		"the output has no line '# bench '");
	char *text = text_with(BENCH_GUEST, BENCH_ROWS, "");
	*strstr(text, "# bench done") = '\0';
	refused("the missing end", text, "the output has no line '# bench done'");
}

static void test_words(void)
{
	struct bench_run run = {.kind = &two, .target = BENCH_PVTIME};
	char words[1024];

	bench_guest_words(&run, words, sizeof(words));
	tap_ok(strcmp(words, "paths=ipi") == 0, "the guest's words name the paths: %s", words);
	run.kind = &one;
	bench_guest_words(&run, words, sizeof(words));
	tap_ok(strncmp(words, "paths=features_hvc,features_smc,", 32) == 0 &&
		       strstr(words, ",publish,") != NULL && strstr(words, ",ipi,") == NULL &&
		       strstr(words, "boot") == NULL,
	       "on one CPU the words leave out paths of two: %s", words);
	run.target = BENCH_XEN;
	bench_guest_words(&run, words, sizeof(words));
	tap_ok(strstr(words, ",idreg,") != NULL && strstr(words, "publish") == NULL,
	       "a run on a peer leaves out the path of our own library: %s", words);
}

int main(void)
{
	test_whole();
	test_skip();
	test_faults();
	test_words();
	return tap_done();
}
