/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_OUTPUTS_H
#define TOOLS_RUN_OUTPUTS_H

/*
 * All that a command prints to others: standard output, standard error, and files that are pipes.
 * None of them keeps the command from seeing a signal (tools/run/writer.h).
 *
 * While a reader is slow, what is printed waits. When OUTPUTS_FULL bytes wait, the session of a lab
 * reads no more from the board, whose guests then wait for room in their consoles: memory stays
 * bounded and nothing is lost. After a signal the board is read again, as its final ledger is
 * behind the consoles' text; a reader who then takes nothing for OUTPUTS_GRACE_S seconds is given
 * up.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "machine/map.h"
#include "tools/run/writer.h"

#define OUTPUTS_FULL	65536u
#define OUTPUTS_GRACE_S 2u
#define OUTPUTS_MAX	(3 + MAP_MAX_VMS)

struct output {
	const char *name; /* for messages; NULL: what is lost of it is no failure */
	int fd;
	struct writer *writer;
	bool cut_short; /* given up at the time by which all had to be taken */
};

struct outputs {
	int wake; /* readable when there may be room again, or an error */
	struct output all[OUTPUTS_MAX];
	unsigned count;
	uint64_t hurried_ns; /* since when a reader must take something; 0: none must */
	bool hurried_twice;  /* once all is printed, there is a time by which all must be taken */
};

/*
 * There are no outputs yet. false: errno says why. `o` is zeroed. Threads do not survive a fork():
 * a process that is started later must not print to these streams.
 */
bool outputs_open(struct outputs *o);

/*
 * The stream for what is printed to `file`, of which nothing may be waiting to be flushed. Two that
 * are one terminal or pipe get one stream, so that the order stays. NULL and errno where that
 * cannot be.
 */
FILE *outputs_stream(struct outputs *o, FILE *file, const char *name);

/* Nothing more should be printed for now. */
bool outputs_full(const struct outputs *o);

/* The errno with which writing to that stream has failed, 0: it has not. */
int outputs_error(const struct outputs *o, const FILE *stream);

/*
 * The user wants the end: readers are waited for as said above. The second time, OUTPUTS_GRACE_S
 * seconds in all, from when all is printed.
 */
void outputs_hurry(struct outputs *o);

/*
 * Whoever must take something and does not is given up. To be called again and again once readers
 * are hurried.
 */
void outputs_look(struct outputs *o);

/*
 * Wait until all has been written, for half a second at most, or until SIGCONT: the command is
 * about to be stopped.
 */
void outputs_settle(struct outputs *o);

/*
 * Wait until all has been written, or is given up. `signals`: see signals.h; -1: none. false:
 * something has not been written; the first such name and reason is reported where `tell`. There
 * are no streams any more then, and report() writes to standard error itself.
 */
bool outputs_end(struct outputs *o, int signals, bool tell);

#endif
