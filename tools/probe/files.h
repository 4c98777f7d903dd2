/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_FILES_H
#define TOOLS_PROBE_FILES_H

/*
 * Reads the files in which Linux reports its state, below a root directory: "/", or one that a test
 * made. `root` is a descriptor of the directory, and each path is relative to it, such as
 * "proc/stat". Functions that return -1, false or NULL have set errno.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define PROBE_PATH \
	128u /* bytes: room for the longest such path, with a process, a thread and a descriptor */

/* Read the first room - 1 bytes of a file, and append a NUL. Returns the number of bytes, or -1. */
ssize_t probe_read(int root, const char *path, char *text, size_t room);

/* Open a file for reading by lines; NULL: it cannot be opened. */
FILE *probe_open(int root, const char *path);

/* Whether any line of the file contains `words`. -1: the file cannot be opened. */
int probe_has(int root, const char *path, const char *words);

/*
 * Called for each entry of a directory whose name is a decimal number. Returning false ends the
 * listing.
 */
typedef bool probe_number(void *ctx, unsigned number);

/* List those entries. -1: the directory cannot be opened. */
int probe_numbers(int root, const char *path, probe_number *each, void *ctx);

#endif
