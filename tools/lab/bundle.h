/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_BUNDLE_H
#define TOOLS_LAB_BUNDLE_H

/* A lab as the hypervisor gets it: the writer of machine/bundle.h, and the board it needs. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "machine/bundle.h"
#include "tools/lab/file.h"

/* What the command line adds to the lab file. */
struct lab_run {
	uint64_t run_ns;    /* guest time after which to stop, 0: no limit */
	uint64_t sample_ns; /* period of the samples, 0: none */
	uint64_t epoch;	    /* what the guests' clocks begin with, seconds since 1970 */
	uint32_t attached;  /* index of the VM whose console has input, or BUNDLE_NOBODY */
	uint32_t until;	    /* index of the VM with whose end the lab ends, or BUNDLE_NOBODY */
	bool stamp_lines;   /* each line that a guest prints gets a record */
};

/*
 * Write the bundle to `out`, from its current position, which becomes the bundle's offset 0.
 * Returns 0, or a negative errno: -ENOMEM, or what writing met. The stream is flushed, not closed.
 */
int bundle_write(const struct lab *lab, const struct lab_run *run, FILE *out);

/* Bytes that bundle_write() writes. */
uint64_t bundle_size(const struct lab *lab);

/*
 * RAM of the board, in bytes, a multiple of 1 MiB: what [lab] memory says, or else what the lab
 * needs. For QEMU's -m, as "<n>M" with n = lab_board_memory() >> 20.
 */
uint64_t lab_board_memory(const struct lab *lab);

/* The least RAM, in bytes, with which the hypervisor can place the VMs of the lab; 0: more than a
 * board has. */
uint64_t bundle_needs(const struct lab *lab);

#endif
