/* SPDX-License-Identifier: BSD-2-Clause */
/* The pictures of --watch, drawn for windows of several sizes. */
#include <stdlib.h>
#include <string.h>
#include "tests/tap.h"
#include "tools/lab/watch.h"

static struct ledger_shape shape;

static const struct watch_look mono = {
	.width = 100,
	.colour = {"", "", ""},
	.title = "",
	.plain = "",
	.glyph = {"#", "x", "."},
};

/* 1000 ticks a second; the two ledgers are a second apart. */
static struct ledger before = {.cntfrq = 1000, .at = 4000};
static struct ledger now = {.cntfrq = 1000, .at = 5000};

static void set(struct ledger *l, int index, uint64_t running, uint64_t ready, uint64_t blocked,
		uint64_t off, enum pvtime_state state)
{
	l->vcpus[index] = (struct ledger_vcpu){
		.ticks = {[PVTIME_RUNNING] = running,
			  [PVTIME_READY] = ready,
			  [PVTIME_BLOCKED] = blocked,
			  [PVTIME_OFF] = off},
		.elapsed = running + ready + blocked + off,
		.stolen_ns = ready * 1000000,
		.state = state,
	};
}

static char *draw(const struct watch_look *look, bool since_start,
		  void (*lines)(const struct watch_view *, FILE *))
{
	const struct watch_view view = {
		.name = "labs/two.ini",
		.shape = &shape,
		.now = &now,
		.before = since_start ? NULL : &before,
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (lines != NULL)
		lines(&view, out);
	else
		watch_draw(&view, look, out);
	fclose(out);
	return text;
}

static void expect(char *got, const char *want, const char *name)
{
	if (!tap_ok(strcmp(got, want) == 0, "%s", name)) {
		for (char *line = strtok(got, "\n"); line != NULL; line = strtok(NULL, "\n"))
			tap_print("# |%s|\n", line);
	}
	free(got);
}

static unsigned int widest(const char *text)
{
	size_t most = 0;

	for (size_t n; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (n > most)
			most = n;
	}
	return (unsigned int)most;
}

static unsigned int line_count(const char *text)
{
	unsigned int n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void test_table(void)
{
	expect(draw(&mono, false, NULL),
	       "labs/two.ini  # running  x stolen  . blocked                "
	       "                                   5.0 s\n"
	       "vCPU                                                 running"
	       "%  stolen% blocked%    stolen s  state\n"
	       "busy/0 [######################xxxxxxxxxxxxxxxxxxxx ]     50."
	       "0     48.0      0.0       2.480  ready\n"
	       "busy/1 [                                           ]      0."
	       "0      0.0      0.0       0.000  off\n"
	       "idle/0 [#..........................................]      2."
	       "0      0.0     98.0       0.125  blocked\n",
	       "the table of 100 columns shows the last second");
}

static void test_whole_run(void)
{
	char *text = draw(&mono, true, NULL);

	tap_ok(strstr(text, "all of 5.0 s\n") != NULL,
	       "the view of the whole run is marked as such");
	tap_ok(strstr(text, " 50.0     49.6      0.0") != NULL,
	       "the view of the whole run has its percentages");
	free(text);
}

/* No line is wider than the window, however narrow that is, and the bars keep their share of it. */
static void test_widths(void)
{
	bool fits = true, filled = true;

	for (unsigned int width = 1; width <= 250; width++) {
		struct watch_look look = mono;

		look.width = width;
		char *text = draw(&look, false, NULL);
		if (widest(text) > width) {
			tap_print("# %u columns in %u\n", widest(text), width);
			fits = false;
		}
		if (width >= 40 && strchr(text, '#') == NULL)
			filled = false;
		free(text);
	}
	tap_ok(fits, "no line is wider than the window, of 1 to 250 columns");
	tap_ok(filled, "from 40 columns on the table has bars");
}

static void test_rows(void)
{
	struct watch_look look = mono;

	look.rows = 5;
	char *text = draw(&look, false, NULL);
	tap_ok(line_count(text) == 5 && strstr(text, "more") == NULL,
	       "five lines fit into five rows");
	free(text);
	look.rows = 4;
	text = draw(&look, false, NULL);
	tap_ok(line_count(text) == 4 && strstr(text, "\n2 more\n") != NULL,
	       "a window of four rows names the two vCPUs that are missing");
	free(text);
}

static void test_colours(void)
{
	const struct watch_look look = {
		.width = 60,
		.colour = {"<g>", "<r>", "<b>"},
		.title = "<t>",
		.plain = "</>",
		.glyph = {"1", "2", "3"},
	};
	char *text = draw(&look, false, NULL);

	tap_ok(strstr(text, "[<g>1") != NULL && strstr(text, "1</><r>2") != NULL &&
		       strstr(text, "2</>") != NULL,
	       "each part of a bar has its colour");
	tap_ok(strncmp(text, "<t>labs", 7) == 0, "the title has its colour");
	free(text);
}

/* The ledger started afresh between the samples: the interval is the time since then. */
static void test_reset(void)
{
	struct ledger kept = now;

	set(&now, 0, 300, 100, 0, 0, PVTIME_RUNNING);
	char *text = draw(NULL, false, watch_lines);
	tap_ok(strncmp(text, "t=5.000 vm=busy vcpu=0 running=75.0 stolen=25.0 blocked=0.0 ", 60) ==
		       0,
	       "the shares of a VM that was reset are those since its reset");
	free(text);
	now = kept;
}

int main(void)
{
	ledger_shape_add(&shape, "busy", 2, true);
	ledger_shape_add(&shape, "idle", 1, true);
	set(&before, 0, 2000, 2000, 0, 0, PVTIME_READY);
	set(&now, 0, 2500, 2480, 0, 20, PVTIME_READY);
	set(&before, 1, 0, 0, 0, 4000, PVTIME_OFF);
	set(&now, 1, 0, 0, 0, 5000, PVTIME_OFF);
	set(&before, 2, 0, 125, 3875, 0, PVTIME_BLOCKED);
	set(&now, 2, 20, 125, 4855, 0, PVTIME_BLOCKED);

	test_table();
	test_whole_run();
	test_widths();
	test_rows();
	test_colours();
	test_reset();
	expect(draw(NULL, false, watch_lines),
	       "t=5.000 vm=busy vcpu=0 running=50.0 stolen=48.0 blocked=0.0 stolen_ns=2480000000 "
	       "state=ready\n"
	       "t=5.000 vm=busy vcpu=1 running=0.0 stolen=0.0 blocked=0.0 stolen_ns=0 state=off\n"
	       "t=5.000 vm=idle vcpu=0 running=2.0 stolen=0.0 blocked=98.0 stolen_ns=125000000 "
	       "state=blocked\n",
	       "the lines for programs have each vCPU's shares, stolen time and state");
	return tap_done();
}
