/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_INTAKE_H
#define TOOLS_LAB_INTAKE_H

/* What the board says, and where it goes: consoles, messages, ledgers. Knows no process and no
 * time. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/lab/console.h"
#include "tools/lab/ledger.h"
#include "tools/run/link.h"
#include "tools/lab/live.h"
#include "tools/lab/record.h"
#include "tools/run/lines.h"

struct intake {
	const char *maker; /* who makes the stream, for messages; the hypervisor, if nobody says */
	const struct ledger_shape *shape;
	struct consoles *consoles;
	struct live *live; /* NULL: no --watch */
	struct link_rx rx;
	struct record_reader records;
	struct lines record_lines, log_lines, qemu_lines;
	char qemu_said[256]; /* QEMU's last line, not yet reported */
	bool started;	     /* the hypervisor listens */
	bool paused;	     /* every VM is, as asked; for the session to take back */
	bool done;	     /* records.status and records.text say how it ended */
	bool asked;	     /* the board, to stop */
	bool failed;
	char why[768]; /* if failed: the first reason, one line */
	bool have_ledger;
	struct ledger ledger;	    /* the final one */
	bool forged[MAP_MAX_VCPUS]; /* what a guest wrote has been told, of these vCPUs */
};

/* The parts are the caller's and stay as long as the intake. */
void intake_init(struct intake *in, const struct ledger_shape *shape, struct consoles *consoles,
		 struct live *live);

/* Bytes of the link, and of QEMU's standard error. */
void intake_board(struct intake *in, const uint8_t *bytes, size_t n);
void intake_qemu(struct intake *in, const uint8_t *bytes, size_t n);

/* Neither has any more. */
void intake_end(struct intake *in);

/* The first call's reason stays. */
void intake_fail(struct intake *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line for people, which does not disturb the table of --watch. */
void intake_say(struct intake *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
