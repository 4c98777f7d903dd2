/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/arguments.h"
#include "tools/report.h"

/* `argument` is the argument that getopt_long() has just consumed. */
static void report_wrong(const struct option *table, const char *command, int result,
			 const char *argument)
{
	if (optopt >= ' ') {
		report("'-%c' is not an option; 'pvtime help %s' lists them", optopt, command);
		return;
	}
	for (const struct option *o = table; o->name != NULL; o++) {
		if (optopt != o->val)
			continue;
		if (result == ':')
			report("--%s: expected a value after it", o->name);
		else
			report("--%s: expected no value after it", o->name);
		return;
	}
	report("'%s' is not an option; 'pvtime help %s' lists them", argument, command);
}

bool arguments_number(const char *name, const char *text, unsigned most, unsigned *number)
{
	size_t n = strspn(text, "0123456789");
	unsigned long value = n > 0 && n < 10 && text[n] == '\0' ? strtoul(text, NULL, 10) : 0;

	*number = (unsigned)value;
	if (value >= 1 && value <= most)
		return true;
	report("--%s: '%s' is wrong; expected a number from 1 to %u", name, text, most);
	return false;
}

static bool take(const struct argument *argument, void *options)
{
	if (argument->take != NULL)
		return argument->take(options, optarg);
	if (argument->number != NULL)
		return arguments_number(argument->name, optarg, argument->most, argument->number);
	if (argument->flag != NULL)
		return *argument->flag = true;
	*argument->text = optarg;
	if (*optarg == '\0')
		report("--%s: expected a name, not an empty string", argument->name);
	return *optarg != '\0';
}

bool arguments_parse(const char *command, const struct argument *table, void *options, int argc,
		     char **argv)
{
	struct option known[ARGUMENTS_MAX + 1] = {{.name = NULL}};
	int result;

	/* The values 1, 2, ... differ from every letter, and from getopt's ':' and '?'. */
	for (unsigned i = 0; i < ARGUMENTS_MAX && table[i].name != NULL; i++)
		known[i] = (struct option){table[i].name,
					   table[i].flag != NULL ? no_argument : required_argument,
					   NULL, (int)i + 1};
	opterr = 0;
	optind = 0;
	while ((result = getopt_long(argc, argv, ":", known, NULL)) > 0) {
		if (result == '?' || result == ':') {
			report_wrong(known, command, result, argv[optind - 1]);
			return false;
		}
		if (!take(&table[result - 1], options))
			return false;
	}
	return true;
}

#define USAGE_COLUMNS 96u

/* Print the words, wrapped at USAGE_COLUMNS; lines after the first begin at column `indent`. */
static void print_wrapped(const char *text, unsigned indent, FILE *out)
{
	unsigned column = indent;

	while (*text != '\0') {
		unsigned word = (unsigned)strcspn(text, " ");
		if (column > indent && column + 1 + word > USAGE_COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, word, out);
		column += word;
		text += word;
		text += *text == ' ';
	}
	fputc('\n', out);
}

/* Write "  --NAME VALUE" to `text`. Returns its full length, even if it was truncated. */
static unsigned write_option(char *text, size_t size, const struct argument *argument)
{
	return (unsigned)snprintf(text, size, "  --%s%s%s", argument->name,
				  argument->value != NULL ? " " : "",
				  argument->value != NULL ? argument->value : "");
}

void arguments_usage(const char *line, const char *what, const struct argument *table, FILE *out)
{
	unsigned width = 0;
	char option[USAGE_COLUMNS];

	for (const struct argument *a = table; a->name != NULL; a++) {
		unsigned length = write_option(option, sizeof(option), a);
		width = length > width ? length : width;
	}
	fprintf(out, "usage: %s\n\n", line);
	print_wrapped(what, 0, out);
	fputc('\n', out);
	for (const struct argument *a = table; a->name != NULL; a++) {
		write_option(option, sizeof(option), a);
		fprintf(out, "%-*s  ", (int)width, option);
		print_wrapped(a->help, width + 2, out);
	}
}

bool arguments_seconds(const char *text, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, unit = NS_PER_S;
	const char *p = text;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		whole = whole * 10 + (uint64_t)(*p - '0');
		if (whole > SECONDS_MAX)
			return false;
	}
	if (*p == '.') {
		if (*++p == '\0')
			return false;
		for (; *p >= '0' && *p <= '9' && unit > 1; p++) {
			unit /= 10;
			part += unit * (uint64_t)(*p - '0');
		}
	}
	*ns = whole * NS_PER_S + part;
	return *p == '\0' && *ns > 0 && *ns <= (uint64_t)SECONDS_MAX * NS_PER_S;
}

bool arguments_target(const char *text, const char *const *names, size_t count, bool *chosen)
{
	bool all = strcmp(text, "all") == 0, found = all;
	char expected[128] = "";
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		bool is = strcmp(text, names[i]) == 0;
		chosen[i] |= is || all;
		found |= is;
		if (length < sizeof(expected))
			length += (size_t)snprintf(expected + length, sizeof(expected) - length,
						   "%s%s", i > 0 ? ", " : "", names[i]);
	}
	if (!found)
		report("'%s' is not a target; expected %s or all", text, expected);
	return found;
}

bool arguments_no_others(const char *command, int argc, char **argv)
{
	if (optind < argc)
		report("%s: '%s' is not an option; 'pvtime help %s' lists them", command,
		       argv[optind], command);
	return optind == argc;
}

bool arguments_collect(const char ***list, size_t *count, const char *text)
{
	const char **more = realloc(*list, (*count + 1) * sizeof(*more));

	if (more == NULL) {
		report("%m");
		return false;
	}
	*list = more;
	more[(*count)++] = text;
	return true;
}

bool arguments_listed(const char *const *list, size_t count, const char *text)
{
	size_t i = 0;

	while (i < count && strcmp(list[i], text) != 0)
		i++;
	return i < count || count == 0;
}

bool arguments_one_standard(const char *const *files, size_t count, const char *options)
{
	unsigned standard = 0;

	for (size_t i = 0; i < count; i++)
		standard += files[i] != NULL && strcmp(files[i], "-") == 0;
	if (standard > 1)
		report("%s: expected - (standard output) for at most one of them", options);
	return standard <= 1;
}
