/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_PRINTED_H
#define TOOLS_RUN_PRINTED_H

/* Collects the output of a process, and looks for a certain line in it. */
#include <stdbool.h>
#include <stddef.h>

#define PRINTED_MAX ((size_t)64 << 20)

struct printed {
	const char *end; /* a pattern of fnmatch() for the line to look for, or NULL */
	char *text;	 /* ends with a NUL; the caller frees it */
	size_t length, room;
	size_t line_start; /* where the unfinished line begins */
	bool end_seen;	   /* a carriage return before the newline is ignored */
	bool closed;	   /* the descriptor has reached its end */
	int error;	   /* ENOMEM, EFBIG for more than PRINTED_MAX bytes, or 0 */
};

/* false: out of memory. */
bool printed_init(struct printed *p, const char *end);

/* Read once from a non-blocking descriptor. false: nothing to read now, the end, or an error. */
bool printed_read(struct printed *p, int fd);

#endif
