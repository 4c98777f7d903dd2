/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_LOAD_H
#define TOOLS_TOP_LOAD_H

/* The BPF program in the kernel: load it, and end its epochs. DESIGN.md explains both. */
#include <stdbool.h>
#include <stdint.h>
#include "tools/top/maps.h"
#include "tools/top/why.h"

struct top_bpf;

struct top_program {
	struct top_bpf *skeleton;
	struct top_maps maps;
	int groups, throttled; /* descriptors of maps that are read by system calls */
};

/*
 * Load and attach the program; the first epoch begins. It takes CAP_BPF and CAP_PERFMON, and a
 * kernel with BTF. `root` as in why.h. false: that failed, for this reason.
 */
bool top_load(struct top_program *program, int root, char why[TOP_WHY]);

/* Whether the maps can be read, with the capabilities that this process has by now. */
bool top_readable(const struct top_program *program);

/*
 * End the epoch and begin the next one. What is open, such as a wait, is charged to the epoch that
 * ends. Sets *epoch to it: no program adds to its counts any more. false: that failed, and was
 * reported.
 */
bool top_end_epoch(const struct top_program *program, uint32_t *epoch);

/* For a program that top_load() has loaded, or failed to. */
void top_unload(struct top_program *program);

#endif
