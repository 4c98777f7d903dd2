/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_RECORD_H
#define TOOLS_LAB_RECORD_H

/* The lines of LINK_RECORD, read strictly: machine/link.h gives their form. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/lab/ledger.h"

/* What a line has completed. */
enum record_event {
	RECORD_NOTHING, /* part of a ledger */
	RECORD_START,	/* cntfrq is known */
	RECORD_LEDGER,	/* `ledger` is whole; ledger.final says which kind */
	/* the next byte of `vm` ends a line: `line_at` and `line_stolen_ns` are of now */
	RECORD_LINE,
	RECORD_VM,     /* `vm` has come to `vm_event` */
	RECORD_PAUSED, /* as the host has asked */
	RECORD_DONE,   /* `status` and `text`; no line may follow */
	RECORD_BAD,    /* `text` says what is wrong. From now on only a "done 1" is listened to */
};

enum record_vm_event { RECORD_VM_OFF, RECORD_VM_RESET, RECORD_VM_STUCK };

struct record_reader {
	const struct ledger_shape *shape;
	enum {
		RECORD_BEFORE,	/* "start" is to come */
		RECORD_BETWEEN, /* between two records */
		RECORD_INSIDE,	/* in a ledger, "end" is to come */
		RECORD_AFTER,	/* the final ledger has been, "done" is to come */
		RECORD_OVER,	/* "done" has been */
		RECORD_BROKEN
	} phase;
	struct ledger ledger;
	/* Of the ledger that is being read. */
	bool seen[MAP_MAX_VCPUS], seen_life[MAP_MAX_VCPUS], seen_cpu[MAP_MAX_PCPUS];
	uint32_t vm;
	enum record_vm_event vm_event;
	uint64_t taken;	  /* bytes of input that guests have got since their start */
	uint64_t line_at; /* ticks since the guests' start */
	uint64_t line_stolen_ns[MAP_MAX_VCPUS_PER_VM]; /* from each of the VM's vCPUs */
	uint32_t status;			       /* 0 or 1 */
	char text[512];
};

/* `shape` must stay as long as the reader. */
void record_init(struct record_reader *reader, const struct ledger_shape *shape);

/* One line without its newline, `len` bytes and a NUL; whole: not a piece of a longer one. */
enum record_event record_line(struct record_reader *reader, const char *line, size_t len,
			      bool whole);

#endif
