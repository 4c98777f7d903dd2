/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_BUNDLE_H
#define TOOLS_LAB_BUNDLE_H

/* Writes the bundle of machine/bundle.h, and computes the RAM that the board needs. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "machine/bundle.h"
#include "tools/lab/file.h"

/* The settings that come from the command line, not from the lab file. */
struct lab_run {
	uint64_t run_ns;    /* guest time after which the lab ends, 0: no limit */
	uint64_t sample_ns; /* period of the samples in guest time, 0: none */
	uint64_t epoch;	    /* initial time of the guests' clocks, seconds since 1970 */
	uint32_t attached;  /* index of the VM whose console has input, or BUNDLE_NOBODY */
	uint32_t until;	    /* index of the VM whose end also ends the lab, or BUNDLE_NOBODY */
	bool stamp_lines;   /* the hypervisor sends a record for each line that a guest prints */
};

/*
 * Write the bundle to `out`, from its current position, which becomes the bundle's offset 0.
 * Returns 0, or a negative errno: -ENOMEM, -EOVERFLOW if the manifest is too large, or a write
 * error. The stream is flushed, not closed.
 */
int bundle_write(const struct lab *lab, const struct lab_run *run, FILE *out);

/* The number of bytes that bundle_write() writes. */
uint64_t bundle_size(const struct lab *lab);

/*
 * RAM of the board, in bytes, a multiple of 1 MiB: [lab] memory, or by default what the lab needs.
 * QEMU's -m takes it as "<n>M" with n = lab_board_memory() >> 20.
 */
uint64_t lab_board_memory(const struct lab *lab);

/*
 * The least RAM, in bytes, in which the hypervisor can place the VMs of the lab; 0: more than a
 * board can have.
 */
uint64_t bundle_needs(const struct lab *lab);

#endif
