/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_OUTPUTS_H
#define TOOLS_RUN_OUTPUTS_H

/*
 * The streams that a command prints to: standard output, standard error, and files that may be
 * pipes. A slow reader never keeps the command from handling a signal (tools/run/writer.h).
 *
 * Output is buffered while its reader is slow. When OUTPUTS_FULL bytes are buffered, a lab's
 * session stops reading from the board, and the guests wait for room in their consoles: memory
 * stays bounded, and no output is lost. After a signal the session reads from the board again,
 * because the final ledger follows the consoles' text. An output whose reader then takes nothing
 * for OUTPUTS_GRACE_S seconds is abandoned.
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
	const char *name; /* for messages; NULL: lost output is not a failure */
	int fd;
	struct writer *writer;
	bool cut_short; /* abandoned because the final deadline passed */
};

struct outputs {
	int wake; /* an eventfd; readable when there may be room again, or after an error */
	struct output all[OUTPUTS_MAX];
	unsigned count;
	uint64_t hurried_ns; /* when outputs_hurry() was first called; 0: not yet */
	/* outputs_hurry() was called again: after the last output there is a deadline */
	bool hurried_twice;
};

/*
 * Initialize `o`, which is zeroed, without outputs. false: errno says why. Each output has a
 * thread, and threads do not survive a fork(): a child process must not print to these streams.
 */
bool outputs_open(struct outputs *o);

/*
 * Returns the stream to use in place of `file`, whose buffer must be empty. Files that are the same
 * terminal or pipe share one stream, which keeps the order of their output. NULL and errno on
 * failure.
 */
FILE *outputs_stream(struct outputs *o, FILE *file, const char *name);

/* Whether the command should print nothing more for now: OUTPUTS_FULL bytes are buffered. */
bool outputs_full(const struct outputs *o);

/* The errno with which writing to that stream failed; 0: it has not failed. */
int outputs_error(const struct outputs *o, const FILE *stream);

/*
 * The user has asked the command to end: from now on a reader that takes nothing for
 * OUTPUTS_GRACE_S seconds is abandoned. After a second call, all readers together have
 * OUTPUTS_GRACE_S seconds after the last output.
 */
void outputs_hurry(struct outputs *o);

/* Abandon the outputs whose readers are too slow. After outputs_hurry(), call it repeatedly. */
void outputs_look(struct outputs *o);

/*
 * Wait until all output has been written, for at most half a second, or until SIGCONT. For a
 * command that is about to be stopped.
 */
void outputs_settle(struct outputs *o);

/*
 * Wait until all output has been written or abandoned, and close the streams. `signals` is a
 * descriptor from signals_block(), or -1. false: some output was lost; if `tell`, the first such
 * output and the reason are reported. Afterwards report() writes to standard error directly.
 */
bool outputs_end(struct outputs *o, int signals, bool tell);

#endif
