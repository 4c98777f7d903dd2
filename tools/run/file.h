/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_FILE_H
#define TOOLS_RUN_FILE_H

/*
 * The files that runs are given and that they leave. Functions that return false or NULL have set
 * errno.
 */
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FILE_HEAD 64 /* bytes: what the header of an arm64 Image or of an ELF takes */

/*
 * The first `most` bytes of a file, with a NUL behind them, to be freed; *length, if not NULL, is
 * how many.
 */
char *file_read(const char *path, size_t most, size_t *length);

/*
 * The first bytes of a regular file, and how many there are; -1: it is none (EISDIR, EINVAL), or
 * cannot be read.
 */
ssize_t file_head(const char *path, uint8_t head[FILE_HEAD]);

bool file_write(const char *path, const char *text, size_t length);

/*
 * Directories with all their parents, like mkdir -p; and the removal of one with all that is in it.
 */
bool file_mkdir(const char *path);
void file_remove(const char *path);

/*
 * A new directory for what is not to be kept, below TMPDIR or else /tmp; its path, which begins
 * with that name.
 */
bool file_temporary(char path[PATH_MAX], const char *name);

/*
 * The first line of what a program on PATH says to --version; "NAME" alone where it says nothing.
 */
void file_version(const char *program, char *text, size_t room);

#endif
