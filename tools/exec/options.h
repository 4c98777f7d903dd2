/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_OPTIONS_H
#define TOOLS_EXEC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* how many structures the 64 KiB of a region have room for */
#define EXEC_VCPUS 1024u

struct exec_options {
	bool help, dry_run, verbose, again;
	bool ipa_given;
	uint64_t ipa; /* a multiple of PVTIME_GRANULE, not 0 */
	/*
	 * --stolen: the number in ns that the stolen time of each vCPU continues from, by vCPU ID
	 */
	uint64_t stolen[EXEC_VCPUS];
	size_t stolen_count;
	char **command; /* the VMM and its arguments, ended by NULL */
};

/* --help prints the usage. false: an option is wrong, and one line on standard error says which. */
bool exec_options_parse(struct exec_options *options, int argc, char **argv);

#endif
