/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_FILE_H
#define TOOLS_RUN_FILE_H

/* The files that runs read and write. Functions that return false or NULL have set errno. */
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FILE_HEAD 64 /* bytes: the header of an arm64 Image or of an ELF fits */

/*
 * Read at most `most` bytes of a file and add a NUL. The caller frees the result. *length, if not
 * NULL, becomes the number of bytes.
 */
char *file_read(const char *path, size_t most, size_t *length);

/*
 * Read the first bytes of a regular file; returns how many. -1: it is not a regular file (EISDIR,
 * EINVAL), or cannot be read.
 */
ssize_t file_head(const char *path, uint8_t head[FILE_HEAD]);

bool file_write(const char *path, const char *text, size_t length);

/*
 * Make a directory with all its parents, like mkdir -p; remove a directory with all its contents.
 */
bool file_mkdir(const char *path);
void file_remove(const char *path);

/*
 * Make a temporary directory in TMPDIR, or in /tmp if that is not set. The directory's name begins
 * with `name`.
 */
bool file_temporary(char path[PATH_MAX], const char *name);

/* The first line that a program on PATH prints for --version; its name if it prints nothing. */
void file_version(const char *program, char *text, size_t room);

#endif
