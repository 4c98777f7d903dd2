/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_OPTIONS_H
#define TOOLS_LAB_OPTIONS_H

/* The command line of `pvtime lab`. */
#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *file; /* the lab file */
	uint64_t run_ns;  /* --seconds, 0: no limit */
	bool kvm;	  /* --on kvm */
	bool deterministic;
	bool watch;
	bool stamp;
	bool help;
	const char *until;	 /* NULL: until all VMs have ended */
	const char *attach;	 /* NULL: no VM */
	const char *console_dir; /* NULL: none */
	const char *json;	 /* NULL: none; "-": standard output */
	const char *snapshot;	 /* NULL: none */
	const char *restore;	 /* NULL: none */
	const char *hypervisor;	 /* NULL: hypervisor.img next to the executable */
};

/* --help prints the usage. false: something is wrong, and one line on standard error says what. */
bool options_parse(struct options *options, int argc, char **argv);

#endif
