/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_QMP_H
#define TOOLS_RUN_QMP_H

/*
 * A client of QEMU's machine protocol (QMP), which polls the progress of a machine that runs with
 * -icount. A poll has two queries. query-replay returns the number of executed instructions, but
 * does not count the time in which all CPUs were idle, which QEMU skips. The machine's real-time
 * clock counts it: the PL031 of QEMU's virt board, which shows guest time because of -rtc clock=vm.
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
	unsigned polls;	 /* answered; icount and clock are valid after the first */
	/* the machine has powered off or asked for a reset, and will run no more */
	bool shut_down;
	char why[160]; /* a wrong answer; "" if there was none */
};

/*
 * Use a socket that the caller closes. QEMU was started with -S, so its machine waits. The client
 * lets the machine run only after QEMU has accepted the client's capabilities: before that QEMU
 * sends no events, and the SHUTDOWN event of a short run would be lost.
 */
void qmp_init(struct qmp *qmp, int fd);

/* Begin a poll, unless a poll is in progress, or the machine has not started yet. */
void qmp_poll(struct qmp *qmp);

/* Process the messages that have arrived. false: QEMU has closed its end. */
bool qmp_receive(struct qmp *qmp);

#endif
