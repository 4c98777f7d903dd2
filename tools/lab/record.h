/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_RECORD_H
#define TOOLS_LAB_RECORD_H

/* A strict parser for the lines of LINK_RECORD; machine/link.h gives their format. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/lab/ledger.h"

/* The result of a line. */
enum record_event {
	RECORD_NOTHING, /* part of a ledger */
	RECORD_START,	/* cntfrq is known */
	RECORD_LEDGER,	/* `ledger` is complete; ledger.final says which kind it is */
	/* the next byte of `vm` ends a line, for which `line_at` and `line_stolen_ns` are valid */
	RECORD_LINE,
	RECORD_VM,     /* `vm_event` has happened to `vm` */
	RECORD_PAUSED, /* all VMs are paused, as requested */
	RECORD_DONE,   /* `status` and `text`; no line may follow */
	/* `text` says what is wrong; from now on all lines but "done 1" are ignored */
	RECORD_BAD,
};

enum record_vm_event { RECORD_VM_OFF, RECORD_VM_RESET, RECORD_VM_STUCK };

struct record_reader {
	const struct ledger_shape *shape;
	enum {
		RECORD_BEFORE,	/* before "start" */
		RECORD_BETWEEN, /* between two ledgers */
		RECORD_INSIDE,	/* within a ledger, before its "end" */
		RECORD_AFTER,	/* after the final ledger, before "done" */
		RECORD_OVER,	/* after "done" */
		RECORD_BROKEN
	} phase;
	struct ledger ledger;
	/* Which lines of the current ledger have been read. */
	bool seen[MAP_MAX_VCPUS], seen_life[MAP_MAX_VCPUS], seen_cpu[MAP_MAX_PCPUS];
	uint32_t vm;
	enum record_vm_event vm_event;
	uint64_t taken;	  /* bytes of input that guests have read since their start */
	uint64_t line_at; /* ticks since the guests' start */
	uint64_t line_stolen_ns[MAP_MAX_VCPUS_PER_VM]; /* from each of the VM's vCPUs */
	uint32_t status;			       /* 0 or 1 */
	char text[512];
};

/* `shape` must live as long as the reader. */
void record_init(struct record_reader *reader, const struct ledger_shape *shape);

/*
 * Process one line without its newline: `len` bytes and a NUL. `whole` is false for a part of a
 * longer line.
 */
enum record_event record_line(struct record_reader *reader, const char *line, size_t len,
			      bool whole);

#endif
