/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ports cost the hypervisors that they change: the same source, compiler and guest without
 * and with ports/linux and ports/xen.
 */
#include <stdio.h>
#include "tools/bench/tell.h"

/* The columns of a table; `more` of each but the first is the difference to the first. */
enum { BEFORE, PORTED, DENIED, COLUMNS };

struct port {
	const char *name;	    /* the table's, on the terminal */
	enum bench_target first;    /* the target of the column BEFORE; the others follow it */
	const char *title, *method; /* on the page */
};

static const struct port ports[] = {
	{"Linux KVM", BENCH_KVM_BEFORE, "Stolen time on Linux KVM",
	 "Linux from Debian's source, built here twice by the same compiler, as a host: unchanged, and with `ports/linux`\n"
	 "(`make linux`). In the third column Linux has the port, and the guest has no stolen time. The last two columns are the\n"
	 "differences to the first, in instructions and in percent. What stolen time takes in all is the second column less the\n"
	 "third: in a switch, that is a publish, a request to make it, and the switch's share of the rounds for waiting vCPUs.\n"
	 "The goals: a publish takes at most 256 instructions, a switch at the end of a slice at most 2 % more, and PV_TIME_ST none\n"
	 "more.\n"},
	{"Xen", BENCH_XEN_BEFORE, "Stolen time on Xen",
	 "Xen from Debian's source, built here twice by the same compiler: unchanged, and with `ports/xen` (`make xen`). The guest\n"
	 "is dom0; in the third column `pvtime=no` denies it stolen time. The last two columns are the differences to the first.\n"
	 "The goal: a switch takes at most 40 instructions more with stolen time; in a domain without it, tests and no call.\n"},
};
#define PORTS (sizeof(ports) / sizeof(ports[0]))

static bool told(const struct bench_results *results, const struct port *port, unsigned row)
{
	return bench_row_told(results, port->first, port->first + COLUMNS, (enum bench_row_id)row);
}

/* "+12.0 / +12.0": what a row takes more in a column than before; "" unless both are measured. */
static void format_more(char text[2 * BENCH_TEXT], const struct bench_results *results,
			const struct port *port, unsigned row, unsigned column)
{
	double more[BENCH_CPUS], percent[BENCH_CPUS];

	text[0] = '\0';
	for (unsigned c = 0; c < BENCH_CPUS; c++) {
		const struct bench_figure *was = &results->figures[row][port->first][c];
		const struct bench_figure *is = &results->figures[row][port->first + column][c];

		if (was->state != BENCH_MEASURED || is->state != BENCH_MEASURED)
			return;
		more[c] = is->best - was->best;
		percent[c] = 100 * more[c] / was->best;
	}
	snprintf(text, 2 * BENCH_TEXT, "%+.1f / %+.1f (%+.1f / %+.1f %%)", more[0], more[1],
		 percent[0], percent[1]);
}

/* Figures of a column on both CPUs: "5387 / 5583"; "-" without any. */
static void format_both(char text[3 * BENCH_TEXT], const struct bench_results *results,
			unsigned row, unsigned target)
{
	char on[BENCH_CPUS][BENCH_TEXT];

	for (unsigned c = 0; c < BENCH_CPUS; c++)
		bench_format(on[c], &results->figures[row][target][c], bench_rows[row].unit);
	if (results->figures[row][target][0].state != BENCH_MEASURED &&
	    results->figures[row][target][1].state != BENCH_MEASURED)
		snprintf(text, 3 * BENCH_TEXT, "-");
	else
		snprintf(text, 3 * BENCH_TEXT, "%s / %s", on[0], on[1]);
}

/* A row of the page or of the table on the terminal. */
static void print_row(const struct bench_results *results, const struct port *port, unsigned row,
		      bool page, FILE *out)
{
	char text[3 * BENCH_TEXT];

	if (page)
		fprintf(out, "| %s (`%s`) |", bench_rows[row].title, bench_rows[row].name);
	else
		fprintf(out, "%-47s", bench_rows[row].title);
	for (unsigned column = 0; column < COLUMNS; column++) {
		format_both(text, results, row, port->first + column);
		fprintf(out, page ? " %s |" : "%15s", text);
	}
	for (unsigned column = 1; column < COLUMNS; column++) {
		format_more(text, results, port, row, column);
		fprintf(out, page ? " %s |" : "%36s", text);
	}
	fputc('\n', out);
}

static bool any(const struct bench_results *results, const struct port *port)
{
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (told(results, port, r))
			return true;
	return false;
}

static void print_rows(const struct bench_results *results, const struct port *port, bool page,
		       FILE *out)
{
	for (unsigned r = 0; r < BENCH_ROWS; r++)
		if (told(results, port, r))
			print_row(results, port, r, page, out);
}

void bench_ports_table(const struct bench_results *results, FILE *out)
{
	for (const struct port *port = ports; port < ports + PORTS; port++) {
		char name[48];

		if (!any(results, port))
			continue;
		snprintf(name, sizeof(name), "%s, on a57 / n1", port->name);
		fprintf(out, "\n%-47s%15s%15s%15s%36s%36s\n", name, "before", "ported", "denied",
			"more", "more, denied");
		print_rows(results, port, false, out);
	}
}

void bench_ports_markdown(const struct bench_results *results, FILE *out)
{
	for (const struct port *port = ports; port < ports + PORTS; port++) {
		if (!any(results, port))
			continue;
		fprintf(out, "\n## %s\n\n%s\n", port->title, port->method);
		fputs("| path | before | ported | denied | more | more, denied |\n"
		      "|---|---|---|---|---|---|\n",
		      out);
		print_rows(results, port, true, out);
	}
}
