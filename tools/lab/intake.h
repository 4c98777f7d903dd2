/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_INTAKE_H
#define TOOLS_LAB_INTAKE_H

/*
 * Distributes the board's output to consoles, messages and ledgers. Uses no processes and no clock.
 */
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
	/* the stream's sender, for messages; intake_init() sets "the hypervisor" */
	const char *maker;
	const struct ledger_shape *shape;
	struct consoles *consoles;
	struct live *live; /* NULL: no --watch */
	struct link_rx rx;
	struct record_reader records;
	struct lines record_lines, log_lines, qemu_lines;
	char qemu_said[256]; /* QEMU's last line, not yet reported */
	bool started;	     /* the hypervisor accepts input */
	bool paused;	     /* every VM is paused, as the session asked; the session clears it */
	bool done;	     /* records.status and records.text say how it ended */
	bool asked;	     /* the board was asked to stop */
	bool failed;
	char why[768]; /* if failed: the first reason, one line */
	bool have_ledger;
	struct ledger ledger; /* the final one */
	/* of these vCPUs it has been reported that the guest wrote to the structure */
	bool forged[MAP_MAX_VCPUS];
};

/* The parts belong to the caller and must live as long as the intake. */
void intake_init(struct intake *in, const struct ledger_shape *shape, struct consoles *consoles,
		 struct live *live);

/* Take bytes of the link, or of QEMU's standard error. */
void intake_board(struct intake *in, const uint8_t *bytes, size_t n);
void intake_qemu(struct intake *in, const uint8_t *bytes, size_t n);

/* Both streams have ended. */
void intake_end(struct intake *in);

/* Record a failure and its reason; only the first call has an effect. */
void intake_fail(struct intake *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Report a line without damaging the table of --watch. */
void intake_say(struct intake *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
