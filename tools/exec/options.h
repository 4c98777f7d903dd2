/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_OPTIONS_H
#define TOOLS_EXEC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct exec_options {
	bool help, dry_run, verbose;
	bool ipa_given;
	uint64_t ipa;	/* a multiple of PVTIME_GRANULE, not 0 */
	char **command; /* the VMM and its arguments, ends with NULL */
};

/* false: something is wrong, and was told. */
bool exec_options_parse(struct exec_options *options, int argc, char **argv);

#endif
