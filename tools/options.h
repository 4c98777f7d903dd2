/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

/* The command line of `pvtime lab`. */
#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *file; /* the lab file */
	uint64_t run_ns;  /* --seconds, 0: until every VM is off */
	bool deterministic;
	bool watch;
	bool help;
	const char *attach;	 /* NULL: nobody */
	const char *console_dir; /* NULL: none */
	const char *json;	 /* NULL: none; "-": standard output */
	const char *hypervisor;	 /* NULL: the one next to the executable */
};

/* false: something is wrong, and one line on standard error has said what. */
bool options_parse(struct options *options, int argc, char **argv);

/*
 * A decimal number of seconds, greater than 0 and at most 10^9, with at most nine decimals, as ns.
 * false: it is none.
 */
bool options_seconds(const char *text, uint64_t *ns);

#endif
