/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_KIT_H
#define TOOLS_RUN_KIT_H

/*
 * What a target needs before it can run: each function returns whether it is there, and if not,
 * fills `why` (RUN_WHY bytes) with one line that says what was expected.
 */
#include <stdbool.h>
#include <stddef.h>
#include "tools/run/target.h"

/* A regular file that can be read; `hint` ends the line, such as "'make conform' builds it". */
bool need_file(const char *path, const char *hint, char *why);

/*
 * An arm64 Image, or an ELF64 file for AArch64 of either byte order; *elf, if not NULL, tells
 * which.
 */
bool need_image(const char *path, const char *hint, bool *elf, char *why);

/* An executable on PATH, which that package of Debian has. */
bool need_program(const char *name, const char *package, char *why);

/*
 * The image that a plan is to run, kit->image or the suite's own of that build and form, as an
 * absolute path. `path` has room for PATH_MAX bytes.
 */
bool need_suite(const struct run_kit *kit, const struct run_plan *plan, char *path, bool *elf,
		char *why);

/* A file of the kit's: an absolute path of DIRECTORY/NAME in `path`, of PATH_MAX bytes. */
bool need_part(const char *directory, const char *name, const char *hint, char *path, char *why);

#endif
