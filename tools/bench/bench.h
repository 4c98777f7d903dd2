/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_BENCH_H
#define TOOLS_BENCH_BENCH_H

/*
 * pvtime bench: the cost of a hypervisor's paths, on this project's hypervisor and on its peers.
 * Runs (run.h) store figures here; all output (tell.h) and comparisons use these figures only.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum bench_target {
	BENCH_PVTIME,
	BENCH_KVM,
	BENCH_XEN, /* Debian's build */
	/*
	 * Linux as `make linux` builds it: Debian's source, that with ports/linux, and the latter
	 * for a guest without stolen time
	 */
	BENCH_KVM_BEFORE,
	BENCH_KVM_MENDED,
	BENCH_KVM_DENIED,
	/* Xen as `make xen` builds it: Debian's source, and that with stolen time (ports/xen) */
	BENCH_XEN_BEFORE,
	BENCH_XEN_PVTIME,
	BENCH_XEN_DENIED, /* the same for a domain that is denied stolen time */
	BENCH_NONE,	  /* the same machine without a hypervisor */
	BENCH_TARGETS,
};

#define BENCH_COLUMNS (BENCH_XEN + 1) /* this project's hypervisor and its peers */

enum bench_cpu { BENCH_A57, BENCH_N1, BENCH_CPUS };

extern const char *const bench_target_names[BENCH_TARGETS]; /* as on the command line */
extern const char *const bench_cpu_names[BENCH_CPUS];	    /* QEMU's */

/* Where a row's figure comes from, what it counts, and what it must reach. */
enum bench_source { BENCH_GUEST, BENCH_LIBRARY, BENCH_PAIR, BENCH_OWN };
enum bench_unit { BENCH_INSTRUCTIONS, BENCH_EXITS, BENCH_TIMES, BENCH_BYTES };
enum bench_goal { BENCH_NO_GOAL, BENCH_AT_MOST, BENCH_SHARE };

struct bench_row {
	const char *name, *title;
	enum bench_source source;
	enum bench_unit unit;
	enum bench_goal goal;
	double number;
};

enum bench_row_id {
#define BENCH_ROW(name, source, unit, goal, number, title) BENCH_ROW_##name,
#include "tools/bench/rows.def"
#undef BENCH_ROW
	BENCH_ROWS
};

extern const struct bench_row bench_rows[BENCH_ROWS];

/* The row whose name is the `length` bytes at `name`; BENCH_ROWS if there is none. */
enum bench_row_id bench_find_row(const char *name, size_t length);

#define BENCH_SKIP 160u

enum bench_state {
	BENCH_ABSENT,	/* not run */
	BENCH_SKIPPED,	/* cannot be measured there; `skip` says why */
	BENCH_MEASURED, /* best and median are set */
};

struct bench_figure {
	enum bench_state state;
	double best, median; /* equal if there was one measurement only */
	char skip[BENCH_SKIP];
};

/* How exact the accounting is while several vCPUs contend for one CPU for some time. */
struct bench_accuracy {
	char name[32];	     /* of the run */
	unsigned vcpus;	     /* 0: not run */
	double seconds;	     /* of guest time */
	double structure_ns; /* greatest |structure - ledger| at the end */
	double guest_ns;     /* greatest |what the guest read - ledger| at the end */
	double gap_ns;	 /* greatest (gap that the guest saw - stolen time that it read for it) */
	double early_ns; /* greatest amount by which stolen time exceeded its gap */
	/* greatest |share - share by weight or cap|, in % of the CPU */
	double share_points;
	double proc_ns;		 /* Linux: greatest |/proc/stat - ledger| */
	bool gaps, shares, proc; /* which of these were measured */
};

#define BENCH_ACCURACIES 20u

struct bench_results {
	struct bench_figure figures[BENCH_ROWS][BENCH_TARGETS][BENCH_CPUS];
	char versions[BENCH_TARGETS][256]; /* "": not run */
	struct bench_accuracy accuracy[BENCH_ACCURACIES];
};

void bench_measured(struct bench_figure *figure, double best, double median);
void bench_skipped(struct bench_figure *figure, const char *why);

/* The lowest figure of any peer for a row on a CPU; 0: no peer has one. */
double bench_best_peer(const struct bench_results *results, enum bench_row_id row,
		       enum bench_cpu cpu);

/*
 * The goal of a row on a CPU. false: it has none, or the goal depends on peers that were not
 * measured.
 */
bool bench_goal_of(const struct bench_results *results, enum bench_row_id row, enum bench_cpu cpu,
		   double *goal);

/* Set the rows that are the quotient of two others, if both are present. */
void bench_derive(struct bench_results *results);

#endif
