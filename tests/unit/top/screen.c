/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screens of `pvtime top`, drawn without a terminal, in several sizes and states. The processes
 * are fake ones.
 */
#include <stdlib.h>
#include <string.h>
#include "tests/unit/top/three_vms.h"
#include "tools/top/draw.h"
#include "tools/top/part.h"
#include "tools/top/tell.h"
#include "tools/top/group.h"

/* What is drawn: the lines, each with a newline; bold and selected ones begin with * and >. */
static char *draw_of(struct top_rows *these, const struct top_view *view, unsigned columns,
		     unsigned lines)
{
	static const char *const marks[] = {
		[TOP_PLAIN] = " ", [TOP_BOLD] = "*", [TOP_REVERSE] = ">"};
	struct top_page page;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	top_cgroups_begin(&cgroups, &these->sample);
	if (!top_rows_divide(these, view->kind) || !top_draw(&page, these, view, columns, lines))
		fputs("out of memory\n", out);
	for (size_t i = 0; i < page.count; i++)
		fprintf(out, "%s%s\n", marks[page.line[i].style], page.line[i].text);
	fclose(out);
	free(page.line);
	return text;
}

static char *draw(const struct top_view *view, unsigned columns, unsigned lines)
{
	return draw_of(&rows, view, columns, lines);
}

static void expect(char *got, const char *want, const char *name)
{
	if (!tap_ok(strcmp(got, want) == 0, "%s", name))
		for (char *line = strtok(got, "\n"); line != NULL; line = strtok(NULL, "\n"))
			tap_print("# |%s|\n", line);
	free(got);
}

static const char small[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by stolen\n"
	"*VM            CPU  run stolen   vm self proc kern quota idle unatt worst thief\n"
	">web (2)         *  129   67.4 40.0  0.9 12.4  4.0   7.0  3.0   0.1 vm db\n"
	" db (1)          2 51.2   25.0 25.0    -    -    -     -    -     - vm web\n"
	" \\x1b[2Ja~ (1) 127  0.0      -    -    -    -    -     -    -     -\n"
	" \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n"
	" \n \n"
	" q quit  f vCPUs  v CPUs  <> sort  r reverse  / filter  p pause  Enter thieves\n";
static const char panes[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by stolen\n"
	"*VM            CPU  run stolen   vm self proc kern quota idle unatt worst thief\n"
	">web/0           2 30.0   65.0 40.0  0.9 12.0  4.0   5.0  3.0   0.1 vm db\n"
	" db/0            2 51.2   25.0 25.0    -    -    -     -    -     - vm web\n"
	" web/1           3 99.0    2.4    -    -  0.4    -   2.0    -     - quota\n"
	" \\x1b[2Jan\\~/? 127  0.0      -    -    -    -    -     -    -     -\n"
	"*web/0, process 10, thread 11, CPU 2: run 30.0, stolen 65.0, interrupts 1.3\n"
	" vm 40.0, self 0.9, proc 12.0, kern 4.0, quota 5.0, idle 3.0, unatt 0.1\n"
	" guest's stolen time: on, the guest knows what was stolen\n"
	"  40.0  vm db, thread 21\n"
	"  12.0  process cc1, process 50, 2 threads (/build.slice)\n"
	"   5.0  quota, 67 ms in each 100 ms, of /web.slice\n"
	"        raise cpu.max from 67000 100000 to at least 74000 100000\n"
	"   4.0  kernel kworker/2:1, thread 60\n"
	"   3.0  idle\n"
	"   0.9  self CPU 1/KVM, thread 12\n"
	" \n \n \n \n \n \n \n"
	" q quit  f VMs  v CPUs  <> sort  r reverse  / filter  p pause  Enter table\n";
static const char large[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by VM\n"
	"*VM                  CPU  run stolen   vm self proc kern quota idle unatt guest worst thief\n"
	">\\x1b[2Jan\\xc3\\xa9/? 127  0.0      -    -    -    -    -     -    -     -     ?\n"
	" db/0                  2 51.2   25.0 25.0    -    -    -     -    -     -  none vm web\n"
	" web/0                 2 30.0   65.0 40.0  0.9 12.0  4.0   5.0  3.0   0.1    on vm db\n"
	" web/1                 3 99.0    2.4    -    -  0.4    -   2.0    -     -   off quota\n"
	"*\\x1b[2Jan\\xc3\\xa9/?, process 30, thread 31, CPU 127: run 0.0, stolen -, interrupts -\n"
	" unatt -\n"
	" guest's stolen time: unknown whether the guest knows what was stolen\n"
	" \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n"
	" \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n"
	" \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n \n"
	" \n \n \n"
	" q quit  f VMs  v CPUs  <> sort  r reverse  / filter  p pause  Enter table\n";

static const char cpus[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, CPUs by stolen\n"
	"*CPU           stolen   vm self proc kern quota idle unatt worst thief\n"
	">CPU 2 (2)       89.9 65.0  0.9 12.0  4.0   5.0  3.0     - vm db\n"
	" CPU 3 (1)        2.4    -    -  0.4    -   2.0    -     - quota\n"
	" ? (1)            0.1    -    -    -    -     -    -   0.1\n"
	"*CPU 2 (2): stolen 89.9\n"
	" vm 65.0, self 0.9, proc 12.0, kern 4.0, quota 5.0, idle 3.0, unatt -\n"
	"  40.0  vm db, thread 21\n"
	"  25.0  vm web, process 10, 2 threads\n"
	"  12.0  process cc1, process 50, 2 threads (/build.slice)\n"
	"   5.0  quota, 67 ms in each 100 ms, of /web.slice\n"
	"        raise cpu.max from 67000 100000 to at least 74000 100000\n"
	" 3 more\n"
	" q quit  f vCPUs  v thieves  <> sort  r reverse  / filter  p pause  Enter table\n";
static const char thieves[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, thieves by stolen\n"
	"*thief           CPU stolen   vm self proc kern quota idle unatt worst victim\n"
	">db (1)            2   40.0 40.0    -    -    -     -    -     - vm web\n"
	" web (2)           2   25.9 25.0  0.9    -    -     -    -     - vm db\n"
	" cc1 (2)           *   12.4    -    - 12.4    -     -    -     - vm web\n"
	" quota of /~ (2)   *    7.0    -    -    -    -   7.0    -     - vm web\n"
	" kworker/2:1 (1)   2    4.0    -    -    -  4.0     -    -     - vm web\n"
	" idle (1)          2    3.0    -    -    -    -     -  3.0     - vm web\n"
	" ? (1)             ?    0.1    -    -    -    -     -    -   0.1\n"
	" \n \n \n \n"
	" q quit  f vCPUs  v cgroups  <> sort  r reverse  / filter  p pause  Enter victims\n";
static const char groups_of_thieves[] =
	"*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, cgroups by stolen\n"
	"*cgroup          CPU stolen   vm self proc kern quota idle unatt worst victim\n"
	">? (3)             *   78.4 65.0  0.9  5.4  4.0     -  3.0   0.1 vm web\n"
	" /build.sli~ (1)   2    7.0    -    -  7.0    -     -    -     - vm web\n"
	" /web.slice (2)    *    7.0    -    -    -    -   7.0    -     - vm web\n"
	"*? (3): stolen 78.4\n"
	" vm 65.0, self 0.9, proc 5.4, kern 4.0, idle 3.0, unatt 0.1\n"
	"  53.3  vm web, process 10, 2 threads\n"
	"  25.0  vm db, thread 21\n"
	" \n \n \n \n"
	" q quit  f vCPUs  v VMs  <> sort  r reverse  / filter  p pause  Enter table\n";

static const char unknown_vms[] = "*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by stolen\n"
				  " causes unknown: this is a test; run no test\n"
				  "*VM                    CPU  run stolen quota\n"
				  ">web (2)                 *  129   67.4   7.0\n"
				  " db (1)                  2 51.2   25.0     -\n"
				  " \\x1b[2Jan\\xc3\\xa9 (1) 127  0.0      -     ?\n"
				  "*web (2), process 10: run 129, stolen 67.4\n"
				  "   7.0  quota of /web.slice: raise cpu.max, now 67000 10~\n"
				  "   0.1  quota of /gone\n"
				  " \n"
				  " q quit  f vCPUs  v CPUs  <> sort  r reverse  / filter  ~\n";
static const char unknown_vcpus[] = "*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by stolen\n"
				    " causes unknown: this is a test; run no test\n"
				    "*VM                  CPU  run stolen quota\n"
				    ">web/0                 2 30.0   65.0     ?\n"
				    " db/0                  2 51.2   25.0     ?\n"
				    " web/1                 3 99.0    2.4     ?\n"
				    "*web/0, process 10, thread 11, CPU 2: run 30.0, stolen 6~\n"
				    " \n"
				    " \n"
				    " \n"
				    " q quit  f VMs  v CPUs  <> sort  r reverse  / filter  p ~\n";

static void test_sizes(void)
{
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	expect(draw(&view, 80, 24), small, "a screen of 80x24 has a line for each VM");
	expect(draw(&view, 1, 1), "*~\n", "a screen of one character says that it is cut");
	expect(draw(&view, 80, 0), "", "a screen without lines has nothing");
	expect(draw(&view, 0, 3), "*\n*\n>\n", "a screen without columns has empty lines");
	press(&view, "f\n");
	expect(draw(&view, 80, 24), panes, "a pane has the sums and thieves of a vCPU");
	expect(draw(&view, 40, 8),
	       "*pvtime top: 3 VMs, 4 vCPUs, 1.00 s, by ~\n"
	       "*VM             run stolen worst thief\n"
	       "*web/0, process 10, thread 11, CPU 2: ru~\n"
	       " vm 40.0, self 0.9, proc 12.0, kern 4.0, \n"
	       " guest's stolen time: on, the guest know~\n"
	       "  40.0  vm db, thread 21\n"
	       " 5 more\n"
	       " q quit  f VMs  v CPUs  <> sort  r rever~\n",
	       "a pane that has too little room counts what is missing");
	press(&view, "<<<");
	expect(draw(&view, 200, 60), large, "a screen of 200x60 has all columns");
}

static bool fits(const struct top_view *view, unsigned columns, unsigned lines)
{
	struct top_page page;
	top_cgroups_begin(&cgroups, &sample);
	bool good = top_rows_divide(&rows, view->kind) &&
		    top_draw(&page, &rows, view, columns, lines) && page.count == lines;

	for (size_t i = 0; good && i < page.count; i++)
		good = page.line[i].used <= columns && strlen(page.line[i].text) <= columns;
	free(page.line);
	return good;
}

static void test_all_sizes(void)
{
	static const char *const keys[] = {"",	   "f",	       "\n", "f\n",  "/",
					   "/web", "p/none\n", "v",  "vv\n", "vvv\n"};
	unsigned wrong = 0;

	for (size_t k = 0; k < COUNT(keys); k++) {
		struct top_view view;

		top_view_begin(&view, TOP_ROW_VM);
		press(&view, keys[k]);
		for (unsigned columns = 0; columns < 130; columns++)
			for (unsigned lines = 0; lines < 30; lines++)
				wrong += !fits(&view, columns, lines);
	}
	tap_is_u64(wrong, 0, "in any size, there are as many lines as fit, and none is too wide");
}

/* By how much the parts of a kind differ from what was stolen from all vCPUs. */
static uint64_t difference(enum top_kind kind)
{
	uint64_t sum = 0;
	const struct top_row *row;

	if (!top_rows_divide(&rows, kind))
		return UINT64_MAX;
	size_t count = top_rows_of(&rows, kind, &row);
	for (size_t i = 0; i < count; i++)
		sum += row[i].sum.stolen_ns + (uint64_t)top_excess(&row[i].sum);
	for (size_t i = 0; i < rows.vcpu_count; i++)
		sum -= rows.vcpus[i].sum.stolen_ns;
	return sum;
}

static const char lines[] = "db, in 1000000000 ns: stolen 400000000 ns (40.0 %) of 1 vCPU\n"
			    "           400000000  vm web, process 10\n"
			    "web, in 1000000000 ns: stolen 259000000 ns (25.9 %) of 2 vCPUs\n"
			    "           250000000  vm db, process 20\n"
			    "             9000000  vm web, process 10\n";
static const char last[] = "?, in 1000000000 ns: stolen 1000000 ns (0.1 %) of 1 vCPU\n"
			   "             1000000  unattributed\n";

static char *print_parts(enum top_kind kind)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!top_rows_divide(&rows, kind) || !top_print_parts(&rows, out))
		fputs("out of memory\n", out);
	fclose(out);
	return text;
}

static void test_part_lines(void)
{
	char *text = print_parts(TOP_ROW_THIEF);
	size_t size = strlen(text);

	tap_ok(strncmp(text, lines, strlen(lines)) == 0 && size > strlen(last) &&
		       strcmp(text + size - strlen(last), last) == 0,
	       "parts are printed with their victims, the largest first");
	free(text);
	text = print_parts(TOP_ROW_CPU);
	tap_ok(strstr(text, "            20000000  quota of /web.slice\n") != NULL,
	       "the part of a CPU names the cgroup whose quota held vCPUs");
	free(text);
	top_rows_divide(&rows, TOP_ROW_THIEF);
	top_json(&sample, &rows, &cgroups, stdout);
}

static void test_parts(void)
{
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	press(&view, "v\n");
	expect(draw(&view, 80, 14), cpus, "the stolen time is divided by CPUs");
	press(&view, "\nv");
	expect(draw(&view, 80, 14), thieves, "the stolen time is divided by thieves");
	press(&view, "v\n");
	expect(draw(&view, 80, 14), groups_of_thieves, "the stolen time is divided by cgroups");
	press(&view, "v");
	tap_ok(view.kind == TOP_ROW_VM, "the key v leads back to the VMs");
	tap_ok(difference(TOP_ROW_CPU) == 0 && difference(TOP_ROW_THIEF) == 0 &&
		       difference(TOP_ROW_CGROUP) == 0,
	       "the parts add up to the stolen time, and their causes to them");
}

static void test_choice(void)
{
	const char *names[] = {"db"};
	unsigned pids[] = {30};
	struct top_choice some = {
		.names = names, .name_count = 1, .pids = {.pid = pids, .count = 1}};
	struct top_rows chosen;
	struct top_groups groups;
	struct top_view view;

	if (!tap_ok(top_rows_make(&chosen, &sample, &some, &cgroups), "rows are made of some VMs"))
		return;
	tap_ok(!chosen.vms[0].chosen && chosen.vms[1].chosen && chosen.vms[2].chosen,
	       "VMs are chosen by their names and PIDs");
	if (tap_ok(top_groups_make(&groups, &chosen.vcpus[2]), "thieves are grouped"))
		tap_ok(groups.count == 1 && strcmp(groups.group[0].name, "web") == 0,
		       "a thief has its name even if its VM is not chosen");
	free(groups.group);
	top_view_begin(&view, TOP_ROW_VM);
	expect(draw_of(&chosen, &view, 40, 5),
	       "*pvtime top: 2 VMs, 2 vCPUs, 1.00 s, by ~\n"
	       "*VM             run stolen worst thief\n"
	       ">db (1)        51.2   25.0 vm web\n"
	       " \\x1b[2Ja~ (1)  0.0      -\n"
	       " q quit  f vCPUs  v CPUs  <> sort  r rev~\n",
	       "only the chosen VMs have rows");
	top_rows_free(&chosen);
}

/* Two vCPUs of one VM wait for the quota of the same cgroup. */
static void test_quotas(void)
{
	struct top_groups groups;

	if (tap_ok(top_groups_make(&groups, &rows.vms[0]), "thieves and quotas are grouped"))
		tap_ok(groups.count == 6 && groups.group[2].cause == TOP_QUOTA &&
			       groups.group[2].ns == 70000000 && groups.group[2].cgroup == 8 &&
			       groups.group[2].threads == 1 && groups.group[2].name[0] == '\0',
		       "the quota of a cgroup is a group without a name");
	free(groups.group);
}

static void set_quotas(uint64_t cgroup)
{
	for (size_t i = 0; i < sample.thief_count; i++)
		if (sample.thieves[i].cause == TOP_QUOTA)
			sample.thieves[i].cgroup = cgroup;
}

/* The screen with the pane of web/1, from these words on, if the quotas are of this cgroup. */
static char *draw_from(const char *words, uint64_t cgroup)
{
	struct top_view view;

	set_quotas(cgroup);
	top_view_begin(&view, TOP_ROW_VM);
	press(&view, "f/web\nj\n");
	char *text = draw(&view, 80, 24), *at = strstr(text, words);
	if (at != NULL)
		memmove(text, at, strlen(at) + 1);
	set_quotas(8);
	return text;
}

static char *draw_quota_of(uint64_t cgroup)
{
	return draw_from("   2.0  quota", cgroup);
}

/* A limit of a class of the scheduler has no cgroup. */
static void test_class_texts(void)
{
	static const char realtime[] = "   2.0  quota of the real-time class\n"
				       "        raise sysctl kernel.sched_rt_runtime_us\n";
	static const char deadline[] = "   2.0  quota of the deadline class\n"
				       "        raise the thread's runtime (chrt)\n";
	static const char worst[] = "quota real-";
	char *text = draw_quota_of(TOP_REALTIME);

	tap_ok(strncmp(text, realtime, strlen(realtime)) == 0,
	       "a limit of the real-time class is reported with what to raise");
	free(text);
	text = draw_quota_of(TOP_DEADLINE);
	tap_ok(strncmp(text, deadline, strlen(deadline)) == 0,
	       "a limit of the deadline class is reported with what to raise");
	free(text);
	text = draw_from(worst, TOP_REALTIME);
	tap_ok(strncmp(text, worst, strlen(worst)) == 0,
	       "a limit of a class is named where it is the worst thief");
	free(text);
}

static void test_quota_texts(void)
{
	static const char raise[] =
		"   2.0  quota, 67 ms in each 100 ms, of /web.slice\n"
		"        raise cpu.max from 67000 100000 to at least 74000 100000\n";
	static const char gone[] = "   2.0  quota of a cgroup that cannot be found\n \n";
	static const char changed[] =
		"   2.0  quota of /build.slice\n        the quota has changed\n";
	char *text = draw_quota_of(8);

	tap_ok(strncmp(text, raise, strlen(raise)) == 0,
	       "a vCPU's pane says what the waits of all vCPUs need");
	free(text);
	text = draw_quota_of(9);
	tap_ok(strncmp(text, gone, strlen(gone)) == 0,
	       "a quota whose cgroup cannot be found is reported as such");
	free(text);
	text = draw_quota_of(7);
	tap_ok(strncmp(text, changed, strlen(changed)) == 0,
	       "a quota whose cpu.max cannot be read is reported by its cgroup");
	free(text);
}

static void test_bug(void)
{
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	rows.vcpus[0].sum.stolen_ns++;
	char *text = draw(&view, 80, 24);
	tap_ok(strstr(text,
		      "\n The causes of 1 vCPU do not add up to the stolen time: a bug of pvtime\n"),
	       "sums that do not close are shown as a bug");
	free(text);
	rows.vcpus[0].sum.stolen_ns--;
}

static void test_nothing(void)
{
	const struct top_sample none = {.interval_ns = 1};
	struct top_rows empty = {.vms = NULL};
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	press(&view, "\n");
	expect(draw_of(&empty, &view, 40, 5),
	       "*pvtime top: 0 VMs, 0 vCPUs, 0.00 s, by ~\n"
	       "*VM             run stolen worst thief\n"
	       " The first interval is being measured.\n"
	       " \n"
	       " q quit  f vCPUs  v CPUs  <> sort  r rev~\n",
	       "the screen says that the first interval is measured");
	if (tap_ok(top_rows_make(&empty, &none, &all, &cgroups), "an empty sample has rows"))
		expect(draw_of(&empty, &view, 40, 5),
		       "*pvtime top: 0 VMs, 0 vCPUs, 0.00 s, by ~\n"
		       "*VM             run stolen worst thief\n"
		       " No VM is running.\n"
		       " \n"
		       " q quit  f vCPUs  v CPUs  <> sort  r rev~\n",
		       "the screen says that no VM is running");
	top_rows_free(&empty);
}

/* The same VMs where the causes are not known. */
static void test_unknown(void)
{
	struct top_throttled throttled[] = {
		{.process = 10, .cgroup = "/web.slice", .ns = 70000000},
		{.process = 10, .cgroup = "/gone", .ns = 1000000},
		{.process = 10, .cgroup = "/", .ns = 0},
		{.process = 20, .cgroup = "/", .ns = 0},
		{.process = 99, .cgroup = "/gone", .ns = 1000000},
	};
	struct top_sample rates = {.threads = sample.threads,
				   .count = sample.count,
				   .interval_ns = sample.interval_ns,
				   .unknown = "causes unknown: this is a test; run no test",
				   .throttled = throttled,
				   .throttled_count = COUNT(throttled)};
	struct top_rows some;
	struct top_view view;

	top_view_begin(&view, TOP_ROW_VM);
	if (!tap_ok(top_rows_make(&some, &rates, &all, &cgroups), "rates have rows"))
		return;
	press(&view, "\n");
	expect(draw_of(&some, &view, 56, 11), unknown_vms,
	       "without causes, a VM has its rates, and its quotas with what to raise");
	press(&view, "f");
	expect(draw_of(&some, &view, 56, 11), unknown_vcpus,
	       "without causes, the quota of a vCPU is not known");
	press(&view, "\n");
	expect(draw_of(&some, &view, 30, 5),
	       "*pvtime top: 3 VMs, 4 vCPUs, 1~\n"
	       " causes unknown: this is a tes~\n"
	       "*VM             CPU  run stolen\n"
	       ">web/0            2 30.0   65.0\n"
	       " q quit  f VMs  v CPUs  <> sor~\n",
	       "the line that says what is missing is cut");
	top_rows_free(&some);
}

int main(void)
{
	if (three_begin()) {
		test_sizes();
		test_all_sizes();
		test_parts();
		test_part_lines();
		test_choice();
		test_quotas();
		test_quota_texts();
		test_class_texts();
		test_bug();
		test_unknown();
		test_nothing();
	}
	three_end();
	return tap_done();
}
