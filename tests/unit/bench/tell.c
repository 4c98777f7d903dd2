/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results: which goals are met and which are missed, JSON written and read back, what is worse than
 * before, and the tables.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/tap.h"
#include "tools/bench/json.h"
#include "tools/bench/tell.h"

static struct bench_results results;

static struct bench_figure *figure(enum bench_row_id row, enum bench_target target,
				   enum bench_cpu cpu)
{
	return &results.figures[row][target][cpu];
}

static void set(enum bench_row_id row, enum bench_target target, enum bench_cpu cpu, double best)
{
	bench_measured(figure(row, target, cpu), best, best + 1);
}

/* Figures of pvtime, KVM and Xen in some rows, and what is derived from others. */
static void fill(void)
{
	memset(&results, 0, sizeof(results));
	set(BENCH_ROW_idreg, BENCH_PVTIME, BENCH_A57, 100);
	set(BENCH_ROW_idreg, BENCH_PVTIME, BENCH_N1, 201);
	set(BENCH_ROW_idreg, BENCH_KVM, BENCH_A57, 2016);
	set(BENCH_ROW_idreg, BENCH_XEN, BENCH_A57, 429);
	set(BENCH_ROW_timer_idle, BENCH_PVTIME, BENCH_A57, 200);
	set(BENCH_ROW_timer_idle, BENCH_PVTIME, BENCH_N1, 200);
	set(BENCH_ROW_timer_idle, BENCH_KVM, BENCH_A57, 500);
	bench_skipped(figure(BENCH_ROW_st_hvc, BENCH_XEN, BENCH_A57), "a \"reason\"");
	set(BENCH_ROW_boot_time, BENCH_PVTIME, BENCH_A57, 1002e6);
	set(BENCH_ROW_boot_time, BENCH_NONE, BENCH_A57, 1000e6);
	set(BENCH_ROW_switch, BENCH_XEN_BEFORE, BENCH_A57, 5000);
	set(BENCH_ROW_switch, BENCH_XEN_BEFORE, BENCH_N1, 6000);
	set(BENCH_ROW_switch, BENCH_XEN_PVTIME, BENCH_A57, 5041);
	set(BENCH_ROW_switch, BENCH_XEN_PVTIME, BENCH_N1, 6030.5);
	set(BENCH_ROW_switch, BENCH_XEN_DENIED, BENCH_A57, 5003);
	set(BENCH_ROW_st_hvc, BENCH_KVM_BEFORE, BENCH_A57, 1360);
	set(BENCH_ROW_st_hvc, BENCH_KVM_BEFORE, BENCH_N1, 1000);
	set(BENCH_ROW_st_hvc, BENCH_KVM_MENDED, BENCH_A57, 1292);
	set(BENCH_ROW_st_hvc, BENCH_KVM_MENDED, BENCH_N1, 1005);
	set(BENCH_ROW_switch_2, BENCH_PVTIME, BENCH_N1, 800);
	set(BENCH_ROW_switch_64, BENCH_PVTIME, BENCH_N1, 1000);
	snprintf(results.versions[BENCH_KVM], sizeof(results.versions[0]), "Linux 6.1");
	results.accuracy[3] = (struct bench_accuracy){.name = "weights-4",
						      .vcpus = 4,
						      .seconds = 60,
						      .gap_ns = 1234,
						      .share_points = 0.0125,
						      .gaps = true,
						      .shares = true};
	bench_derive(&results);
}

static void test_goals(void)
{
	char text[3 * BENCH_TEXT];
	double goal;

	tap_ok(bench_best_peer(&results, BENCH_ROW_idreg, BENCH_A57) == 429,
	       "the best peer's figure is found");
	tap_ok(bench_best_peer(&results, BENCH_ROW_idreg, BENCH_N1) == 0,
	       "the best peer's figure is 0 if no peer has one");
	bench_format_goal(text, &results, BENCH_ROW_idreg);
	tap_ok(strcmp(text, "200, missed") == 0, "a goal that one CPU exceeds is missed: %s", text);
	set(BENCH_ROW_idreg, BENCH_PVTIME, BENCH_N1, 200);
	bench_format_goal(text, &results, BENCH_ROW_idreg);
	tap_ok(strcmp(text, "200, met") == 0, "a goal that both CPUs reach is met: %s", text);
	tap_ok(bench_goal_of(&results, BENCH_ROW_timer_idle, BENCH_A57, &goal) && goal == 250,
	       "the goal of timer_idle is half of the best peer");
	bench_format_goal(text, &results, BENCH_ROW_timer_idle);
	tap_ok(strcmp(text, "") == 0, "a goal is not judged if a peer's figure is missing");
	set(BENCH_ROW_timer_idle, BENCH_XEN, BENCH_N1, 300);
	bench_format_goal(text, &results, BENCH_ROW_timer_idle);
	tap_ok(strcmp(text, "250 / 150, missed") == 0, "the goals of two CPUs are shown apart: %s",
	       text);
	bench_format_ratio(text, &results, BENCH_ROW_idreg, BENCH_A57);
	tap_ok(strcmp(text, "4.29x") == 0, "a row has its ratio to the best peer: %s", text);
	tap_ok(figure(BENCH_ROW_boot, BENCH_PVTIME, BENCH_A57)->best == 1.002 &&
		       figure(BENCH_ROW_boot, BENCH_PVTIME, BENCH_N1)->state == BENCH_ABSENT,
	       "the row boot is the boot time over that without a hypervisor");
	tap_ok(figure(BENCH_ROW_many, BENCH_PVTIME, BENCH_N1)->best == 1.25,
	       "the row many is the switch among 64 over that among 2");
}

static char path[] = "/tmp/bench-XXXXXX";

static void write_path(const char *text)
{
	FILE *f = fopen(path, "w");

	if (f != NULL) {
		fputs(text, f);
		fclose(f);
	}
}

/* The messages of reading go to standard error, which this test discards. */
static bool read_path(struct bench_results *r)
{
	return bench_json_read(r, path);
}

#define HEAD "{\"format\":\"pvtime-bench\",\"version\":1,"

static void test_json(void)
{
	static struct bench_results back;
	FILE *f = fopen(path, "w");

	tap_ok(f != NULL && bench_json_write(&results, f) && fclose(f) == 0,
	       "the benchmark's JSON is written");
	tap_ok(read_path(&back), "the JSON that was written is read");
	bool same = true;
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		for (unsigned t = 0; t < BENCH_TARGETS; t++)
			for (unsigned c = 0; c < BENCH_CPUS; c++) {
				const struct bench_figure *a = &results.figures[r][t][c];
				const struct bench_figure *b = &back.figures[r][t][c];
				same &= a->state == b->state && a->best == b->best &&
					strcmp(a->skip, b->skip) == 0;
			}
	tap_ok(same, "every figure is the same after JSON");
	tap_ok(strcmp(back.versions[BENCH_KVM], "Linux 6.1") == 0,
	       "the version is the same after JSON");
	const struct bench_accuracy *a = &back.accuracy[0];
	tap_ok(a->vcpus == 4 && a->gap_ns == 1234 && a->gaps && !a->proc &&
		       a->share_points == 0.0125,
	       "the accuracy is the same after JSON");

	static const char *const wrong[] = {
		"",
		"{",
		"[]",
		"{\"format\":\"pvtime-bench\",\"version\":2,\"versions\":{},\"rows\":[],"
		"\"accuracy\":[]}",
		"{\"format\":\"pvtime-ledger\",\"version\":1,\"versions\":{},\"rows\":[],"
		"\"accuracy\":[]}",
		"{\"version\":1,\"versions\":{},\"rows\":[],\"accuracy\":[]}",
		HEAD "\"versions\":{},\"rows\":[]}",
		HEAD "\"versions\":{},\"rows\":[{\"name\":\"idreg\"}],\"accuracy\":[]}",
		HEAD
		"\"versions\":{},\"rows\":[{\"name\":\"idreg\",\"figures\":{\"pvtime\":{\"cortex-"
		"a57\":"
		"{\"best\":\"1\",\"median\":1}}}}],\"accuracy\":[]}",
		HEAD "\"versions\":{},\"rows\":[],\"accuracy\":[{}]}",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		write_path(wrong[i]);
		tap_ok(!read_path(&back), "the JSON '%s' is refused", wrong[i]);
	}
	write_path(HEAD
		   "\"versions\":{},\"rows\":[{\"name\":\"new\",\"figures\":{}}],\"accuracy\":[]}");
	tap_ok(read_path(&back), "a row of another version is left out");
	unlink(path);
	tap_ok(!read_path(&back), "a JSON file that does not exist is refused");
}

/* Whether a figure of pvtime that was `before`, and is `now`, holds. */
static bool held(double before, double now)
{
	static struct bench_results old, new;

	memset(&old, 0, sizeof(old));
	memset(&new, 0, sizeof(new));
	bench_measured(&old.figures[BENCH_ROW_gicd][BENCH_PVTIME][BENCH_N1], before, before);
	bench_measured(&new.figures[BENCH_ROW_gicd][BENCH_PVTIME][BENCH_N1], now, now);
	return bench_compare(&new, &old, "results");
}

static void test_compare(void)
{
	static struct bench_results old, new;

	tap_ok(held(1000, 1000) && held(1000, 10), "equal and better figures hold");
	tap_ok(held(1000, 1050), "a figure that is a twentieth larger holds");
	tap_ok(!held(1000, 1050.5), "a figure that is more than a twentieth larger does not hold");
	tap_ok(held(30, 35), "a figure of 5 instructions more holds, whatever part that is");
	tap_ok(!held(30, 35.5), "a small figure of more than 5 instructions more does not hold");
	bench_measured(&old.figures[BENCH_ROW_gicd][BENCH_PVTIME][BENCH_A57], 1, 1);
	tap_ok(bench_compare(&new, &old, "results"),
	       "a figure that was not measured again is not compared");
	bench_skipped(&new.figures[BENCH_ROW_gicd][BENCH_PVTIME][BENCH_A57], "gone");
	tap_ok(!bench_compare(&new, &old, "results"),
	       "a figure that cannot be measured any more is worse");
}

/* Returns what a printer prints. */
static char *printed(void (*print)(const struct bench_results *, FILE *))
{
	static char text[65536];
	FILE *f = fmemopen(text, sizeof(text), "w");

	if (f == NULL)
		return NULL;
	print(&results, f);
	fclose(f);
	return text;
}

static void print_markdown(const struct bench_results *r, FILE *out)
{
	bench_markdown(r, path, out);
}

static bool has(const char *text, const char *part)
{
	bool found = text != NULL && strstr(text, part) != NULL;

	if (!found)
		tap_print("# no '%s' in:\n# %.3000s\n", part, text != NULL ? text : "nothing");
	return found;
}

/* The start of a file that bench/profile wrote, up to the value of "paths". */
#define PROFILE "{\"format\":\"pvtime-profile\",\"version\":1,\"paths\":"

static void test_unreadable_counts(void)
{
	static const char *const files[] = {
		"{",
		"[]",
		"{\"idreg\":{\"instructions\":90}}",
		"{\"format\":\"pvtime-bench\",\"version\":1,\"paths\":{\"idreg\":{\"instructions\":90}}}",
		"{\"format\":\"pvtime-profile\",\"version\":2,\"paths\":{\"idreg\":{\"instructions\":90}}}",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		write_path(files[i]);
		char *text = printed(print_markdown);
		tap_ok(has(text, "The counts of `bench/profile` could not be read.") &&
			       strstr(text, "| `idreg` | 90 |") == NULL,
		       "the page rejects the counts %s", files[i]);
	}
}

/* The rows that miss their goal. */
static void test_missed(void)
{
	struct bench_figure *f = &results.figures[BENCH_ROW_idreg][BENCH_PVTIME][BENCH_A57];
	double best = f->best;

	write_path(
		PROFILE
		"{\"idreg\":{\"instructions\":5050,\"operations\":2,"
		"\"visits\":[{\"kind\":\"WFI\",\"instructions\":5000},"
		"{\"kind\":\"HVC\",\"instructions\":50}],"
		"\"files\":{\"trap.c\":50,\"vgic.c\":5000},\"functions\":{\"a_function\":5050}}}}");
	f->best = 201;
	char *text = printed(print_markdown);
	tap_ok(has(text,
		   "- `idreg`, 201 / 200 (200, missed): 5050 instructions at EL2 for 2 operations: "
		   "5000 after WFI, 50 after HVC.\n"),
	       "a missed row is explained by its visits");
	tap_ok(text != NULL && strstr(text, "vgic.c") == NULL && strstr(text, "a_function") == NULL,
	       "the page lists neither files nor functions");
	write_path(PROFILE "{}}");
	text = printed(print_markdown);
	tap_ok(has(text,
		   "- `idreg`, 201 / 200 (200, missed): `bench/profile` does not count this path.\n"),
	       "a missed row that bench/profile does not count is marked so");
	f->best = best;
}

static void test_tables(void)
{
	char *text = printed(bench_table);

	tap_ok(has(text, "trapped ID register read") && has(text, "4.29x") &&
		       has(text, "200, met") && has(text, "kvm: Linux 6.1") &&
		       has(text, "weights-4"),
	       "the table has figures, ratios, goals, versions and accuracy");
	tap_ok(has(text, "1002.0 M") && has(text, "1.0020"),
	       "the table's figures are in their units");
	tap_ok(strstr(text, "GICD") == NULL, "the table has no row without figures");
	tap_ok(has(text,
		   "SGI and WFI ping-pong         5000 / 6000    5041 / 6030       5003 / -       "
		   "+41.0 / +30.5 (+0.8 / +0.5 %)                                    \n"),
	       "the table has Xen before and after, and what a path takes more");
	tap_ok(has(text, "1360 / 1000    1292 / 1005              -        "
			 "-68.0 / +5.0 (-5.0 / +0.5 %)"),
	       "the table has Linux before and after");
	text = printed(bench_data);
	tap_ok(has(text, "\nidreg 100.00 200.00 2016.00 ? 429.00 ?\n"),
	       "the data for the plot has the figures of a path");
	tap_ok(strstr(text, "boot") == NULL, "the data for the plot has only rows of paths");
	text = printed(bench_accuracy_markdown);
	tap_ok(has(text, "| weights-4 | 4 | 60 | 0 | 0 | 1234 | 0 | 0.0125 |"),
	       "the page of accuracy has the figures of a lab");
	text = printed(print_markdown);
	tap_ok(has(text, "| trapped ID register read (`idreg`) | 100 / 200 | 2016 / - |"),
	       "the page has the figures of a row");
	tap_ok(has(text,
		   "SGI and WFI ping-pong (`switch`) | 5000 / 6000 | 5041 / 6030 | 5003 / - | "
		   "+41.0 / +30.5 (+0.8 / +0.5 %) |  |\n"),
	       "the page has Xen before and after, and what a path takes more");
	tap_ok(has(text, "(`st_hvc`) | 1360 / 1000 | 1292 / 1005 | - | "
			 "-68.0 / +5.0 (-5.0 / +0.5 %) |  |\n"),
	       "the page has Linux before and after");
	tap_ok(strstr(text, "| vCPU to vCPU switch: SGI and WFI ping-pong (`switch`) | - ") == NULL,
	       "a row that only Xen's builds have is not in the page's first table");
	tap_ok(has(text, "- `st_hvc` on xen, cortex-a57: a \"reason\""),
	       "the page has what was not measured, and why");
	tap_ok(has(text, "There are no counts yet"),
	       "the page says that instructions have not been counted");
	test_unreadable_counts();
	write_path(PROFILE
		   "{\"idreg\":{\"instructions\":90,\"exceptions\":1,\"functions\":{\"trap\":40,"
		   "\"sysreg\":50}}}}");
	text = printed(print_markdown);
	tap_ok(has(text, "| `idreg` | 90 | 1 | - |") &&
		       has(text, "`make profile` prints the instructions"),
	       "the page has the table of costs, and says what prints the rest");
	tap_ok(has(text, "Goals that are missed") && strstr(text, "- `idreg`,") == NULL,
	       "a row that meets its goal is not explained");
	test_missed();
	unlink(path);
}

int main(void)
{
	int fd = mkstemp(path), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || nowhere < 0)
		return 1;
	close(fd);
	dup2(nowhere, STDERR_FILENO);
	fill();
	test_goals();
	test_json();
	test_compare();
	test_tables();
	return tap_done();
}
