/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

/* Command lines: getopt_long(), with one line on standard error for whatever is wrong. */
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NS_PER_S    1000000000u
#define SECONDS_MAX 1000000000u

/*
 * A long option, its line in the usage, and where its value goes: one of flag, text, number and
 * take is not NULL. take() returns false if the value is wrong, after it has reported why.
 */
struct argument {
	const char *name;
	const char *value; /* in the usage, such as "FILE"; NULL if the option has none */
	const char *help;
	bool *flag;	   /* there is no value: becomes true */
	const char **text; /* not empty, points into argv */
	unsigned *number;  /* decimal, 1 to `most` */
	unsigned most;
	bool (*take)(void *options, const char *value);
};

#define ARGUMENTS_MAX 24u /* in one table */

/*
 * Take all options before "--", wherever they stand; argv is brought into an order in which
 * argv[optind] is the first of what are no options. The table ends with a name that is NULL;
 * `options` is handed to take(); `command` is the subcommand, for "pvtime help COMMAND". false:
 * something is wrong, and was told.
 */
bool arguments_parse(const char *command, const struct argument *table, void *options, int argc,
		     char **argv);

/*
 * Print what `pvtime help COMMAND` prints: the command line, what the command does, and a line or
 * more for each option of the table.
 */
void arguments_usage(const char *line, const char *what, const struct argument *table, FILE *out);

/*
 * A decimal number of seconds, greater than 0 and at most SECONDS_MAX, with at most nine decimals,
 * as ns. false: it is none.
 */
bool arguments_seconds(const char *text, uint64_t *ns);

/*
 * One of `count` names, 2 or more, is chosen, or by "all" each of them. false: it is none, and that
 * was told.
 */
bool arguments_target(const char *text, const char *const *names, size_t count, bool *chosen);

/*
 * One more text behind the `count` of *list, which is realloc()ed. false: no memory, and that was
 * told.
 */
bool arguments_collect(const char ***list, size_t *count, const char *text);

/* Whether the text is in such a list; an empty one stands for every text. */
bool arguments_listed(const char *const *list, size_t count, const char *text);

/*
 * Of the files that options name, NULL where they are not given, one at most is "-"; `options`
 * lists those for people. false: several are, and that was told.
 */
bool arguments_one_standard(const char *const *files, size_t count, const char *options);

#endif
