/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_ARGUMENTS_H
#define TOOLS_ARGUMENTS_H

/* Command lines: getopt_long(), with one line on standard error for whatever is wrong. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S    1000000000u
#define SECONDS_MAX 1000000000u

/* Before the first arguments_next() for this argv. */
void arguments_begin(void);

/*
 * The next option of `table`, whose values are 1, 2, ... in its order; its argument is in optarg. 0: there are no more, and
 * argv[optind] is the first of what are no options. -1: it is none of the table, or has no value or one too many;
 * that was told. `command` is the subcommand, for "pvtime help COMMAND".
 */
int arguments_next(const struct option *table, const char *command, int argc, char **argv);

/* Whether the value of that option is not empty; if it is, that was told. */
bool arguments_named(const struct option *table, int option);

/*
 * A decimal number of seconds, greater than 0 and at most SECONDS_MAX, with at most nine decimals, as ns.
 * false: it is none.
 */
bool arguments_seconds(const char *text, uint64_t *ns);

/*
 * The functions that follow return false where something is wrong, and have told it.
 *
 * A decimal number of 1 to `most`, the value of `--OPTION`; `what` is what it is to be, such as "a number of runs".
 */
bool arguments_number(const char *option, const char *text, const char *what, unsigned most,
		      unsigned *number);

/* One of `count` names, 2 or more, is chosen, or by "all" each of them. */
bool arguments_target(const char *text, const char *const *names, size_t count, bool *chosen);

/* One more text behind the `count` of *list, which is realloc()ed. */
bool arguments_collect(const char ***list, size_t *count, const char *text);

/* Of the files that options name, NULL where they are not given, one at most is "-"; `options` lists those for people. */
bool arguments_one_standard(const char *const *files, size_t count, const char *options);

#endif
