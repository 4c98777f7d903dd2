/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

/* Command lines: getopt_long(), with one line on standard error for each mistake. */
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NS_PER_S    1000000000u
#define SECONDS_MAX 1000000000u

/*
 * A long option, its line in the usage, and where its value goes: one of flag, text, number and
 * take is not NULL. take() returns false for a wrong value, after it has reported why.
 */
struct argument {
	const char *name;
	const char *value; /* in the usage, such as "FILE"; NULL if the option has none */
	const char *help;
	bool *flag;	   /* an option without a value; becomes true */
	const char **text; /* the value, which must not be empty; points into argv */
	unsigned *number;  /* decimal, 1 to `most` */
	unsigned most;
	bool (*take)(void *options, const char *value);
};

#define ARGUMENTS_MAX 24u /* in one table */

/*
 * Parse all options before "--", also those that follow other arguments. argv is reordered: the
 * options come first, and argv[optind] is the first other argument. The table ends with an entry
 * whose name is NULL. `options` is passed to take(). `command` is the subcommand's name, for
 * messages that refer to "pvtime help COMMAND". false: the command line is wrong; the mistake was
 * reported.
 */
bool arguments_parse(const char *command, const struct argument *table, void *options, int argc,
		     char **argv);

/*
 * Print what `pvtime help COMMAND` prints: the command line, what the command does, and the help of
 * each option in the table.
 */
void arguments_usage(const char *line, const char *what, const struct argument *table, FILE *out);

/*
 * Check that no argument follows the options, which arguments_parse() has taken. false: one does;
 * that was reported.
 */
bool arguments_no_others(const char *command, int argc, char **argv);

/*
 * The decimal value, 1 to `most`, of the option --NAME. An option that may be repeated calls this
 * in its take(). false: the text is something else; that was reported.
 */
bool arguments_number(const char *name, const char *text, unsigned most, unsigned *number);

/*
 * A decimal number of seconds, greater than 0 and at most SECONDS_MAX, with at most nine decimals,
 * as ns. false: the text is something else.
 */
bool arguments_seconds(const char *text, uint64_t *ns);

/*
 * Set chosen[i] for the name that the text equals, or for every name if the text is "all". `count`
 * is at least 2. false: the text is none of these; that was reported.
 */
bool arguments_target(const char *text, const char *const *names, size_t count, bool *chosen);

/*
 * Append a text to *list, which has `count` entries and is realloc()ed. false: out of memory; that
 * was reported.
 */
bool arguments_collect(const char ***list, size_t *count, const char *text);

/* Whether the text is in such a list; an empty list contains every text. */
bool arguments_listed(const char *const *list, size_t count, const char *text);

/*
 * Check that at most one of these file names is "-". An entry is NULL if its option was not given.
 * `options` names the options in the message. false: several are "-"; that was reported.
 */
bool arguments_one_standard(const char *const *files, size_t count, const char *options);

#endif
