/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_OPTIONS_H
#define TOOLS_EXEC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many structures have room in the 64 KiB of a region. */
#define EXEC_VCPUS 1024u

struct exec_options {
	bool help, dry_run, verbose, again;
	bool ipa_given;
	uint64_t ipa; /* a multiple of PVTIME_GRANULE, not 0 */
	/*
	 * ns that each vCPU's number begins with, by vCPU ID, 0 of them unless --stolen was given
	 */
	uint64_t stolen[EXEC_VCPUS];
	size_t stolen_count;
	char **command; /* the VMM and its arguments, ends with NULL */
};

/* --help prints the usage. false: something is wrong, and one line on standard error says what. */
bool exec_options_parse(struct exec_options *options, int argc, char **argv);

#endif
