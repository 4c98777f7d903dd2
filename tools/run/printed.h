/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_PRINTED_H
#define TOOLS_RUN_PRINTED_H

/* All that a process prints, and whether a certain line is among it. */
#include <stdbool.h>
#include <stddef.h>

#define PRINTED_MAX ((size_t)64 << 20)

struct printed {
	const char *end; /* the line to look for, or NULL */
	char *text;	 /* with a NUL behind it; of the owner, who frees it */
	size_t length, room;
	size_t line_start; /* of the line that has not ended yet */
	bool end_seen;	   /* a carriage return before its newline does not count */
	bool closed;	   /* there is no more to come */
	int error;	   /* ENOMEM; EFBIG: more than PRINTED_MAX, or 0 */
};

/* false: no memory. */
bool printed_init(struct printed *p, const char *end);

/*
 * Take a piece from a descriptor that does not block. false: nothing to read now, or ever again, or
 * an error.
 */
bool printed_read(struct printed *p, int fd);

#endif
