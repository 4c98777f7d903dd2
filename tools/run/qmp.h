/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_QMP_H
#define TOOLS_RUN_QMP_H

/*
 * What QEMU's machine protocol (QMP) is wanted for here: how far a machine that runs by -icount has
 * come. Two questions make a poll. query-replay tells the instructions that were executed, but not
 * the time that went by while all CPUs were idle, which QEMU skips. That is in the machine's clock,
 * the PL031 of QEMU's virt board, which by -rtc clock=vm shows guest time.
 */
#include <stdbool.h>
#include <stdint.h>
#include "tools/run/lines.h"

struct qmp {
	int fd; /* a connected socket, non-blocking */
	enum { QMP_GREETING, QMP_ACCEPTED, QMP_STARTED, QMP_IDLE, QMP_ICOUNT, QMP_CLOCK } state;
	struct lines lines;
	uint64_t icount; /* instructions executed */
	uint64_t clock;	 /* seconds, of the machine's clock */
	unsigned polls;	 /* answered; icount and clock hold from the first one on */
	bool shut_down;	 /* the machine is off, or was to be reset: it has done all it ever does */
	char why[160];	 /* an answer that is none; "" if there was none such */
};

/*
 * Over a socket that stays the caller's. QEMU has -S: its machine waits until it is told to go on,
 * which is when QEMU has accepted that we take its events. Before that it tells of none, and a
 * short run's end would be lost.
 */
void qmp_init(struct qmp *qmp, int fd);

/* Begin a poll, unless one is under way, or the machine has not begun yet. */
void qmp_poll(struct qmp *qmp);

/* Take what has arrived. false: there is no more to come; QEMU has closed its end. */
bool qmp_receive(struct qmp *qmp);

#endif
