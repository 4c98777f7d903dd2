/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_MAPS_H
#define TOOLS_TOP_MAPS_H

/* Reads the hash tables of the BPF program, which are mapped, and clears an epoch's counts. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>
#include "tools/top/bpf/counts.h"

/* What was read of an epoch: threads, and cells. bpf/counts.h has their types. */
struct top_tables {
	uint32_t epoch;
	struct top_vcpu *vcpus;
	size_t vcpu_count;
	struct top_pair *pairs; /* of each cell: the victim, the thief, and the CPU */
	struct top_cell *cells;
	size_t cell_count;
};

/* Where the program's tables are mapped; [2]: one for each epoch. */
struct top_maps {
	struct top_vcpu *vcpus; /* TOP_PLACES */
	struct top_entry *entries[2];
	uint32_t *used[2];    /* which of the entries have a cell; the first used_count are valid */
	uint32_t *used_count; /* of each epoch */
	uint32_t *taken;      /* how many places of `vcpus` are not free */
	uint32_t *watched;    /* how often a vCPU has come to another cgroup */
};

/*
 * Read an epoch that has ended: the threads, their counts, and the cells. Threads that the program
 * adds meanwhile may be missing; they have no counts in this epoch. false: out of memory. Free the
 * tables in either case.
 */
bool top_tables_read(struct top_tables *tables, const struct top_maps *maps, uint32_t epoch);
void top_tables_free(struct top_tables *tables);

/* Make all counts and cells of an epoch that has ended 0. */
void top_maps_clear(const struct top_maps *maps, uint32_t epoch);

/* Remove a thread that has exited, unless it has counts: those of the next epoch. */
void top_maps_forget(const struct top_maps *maps, uint32_t pid, uint32_t serial);

#endif
