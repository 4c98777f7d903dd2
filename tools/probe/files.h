/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_PROBE_FILES_H
#define TOOLS_PROBE_FILES_H

/*
 * The files in which Linux tells about itself, below a directory that is the root: "/", or a test's
 * own. `root` is a descriptor of it, and each path is relative to it, as "proc/stat". Functions
 * that return -1, false or NULL have set errno.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define PROBE_PATH \
	128u /* bytes: of the longest such path, with a process, a thread and a descriptor in it */

/* The first room - 1 bytes of a file, with a NUL behind them; how many there are, or -1. */
ssize_t probe_read(int root, const char *path, char *text, size_t room);

/* To be read line by line; NULL where it cannot be. */
FILE *probe_open(int root, const char *path);

/* Whether a line of the file has these words. -1: the file cannot be read. */
int probe_has(int root, const char *path, const char *words);

/* Gets each entry of a directory whose name is a decimal number. false ends it. */
typedef bool probe_number(void *ctx, unsigned number);

/* All those entries. -1: the directory cannot be read. */
int probe_numbers(int root, const char *path, probe_number *each, void *ctx);

#endif
