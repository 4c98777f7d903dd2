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

#endif
