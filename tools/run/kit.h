/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_KIT_H
#define TOOLS_RUN_KIT_H

/*
 * Check the files and programs that a target needs. Each function returns whether the item is
 * present; if not, it fills `why` (RUN_WHY bytes) with one line that says what was expected.
 */
#include <stdbool.h>
#include <stddef.h>
#include "tools/run/target.h"

/* A readable regular file. `hint` ends the message, such as "'make conform' builds it". */
bool need_file(const char *path, const char *hint, char *why);

/*
 * An arm64 Image, or an ELF64 file for AArch64 of either byte order. *elf, if not NULL, becomes
 * true for an ELF file.
 */
bool need_image(const char *path, const char *hint, bool *elf, char *why);

/* An executable on PATH; `package` is the Debian package that contains it. */
bool need_program(const char *name, const char *package, char *why);

/*
 * The image that a plan runs: kit->image, or the suite's image of the plan's build and form. `path`
 * becomes its absolute path and has room for PATH_MAX bytes.
 */
bool need_suite(const struct run_kit *kit, const struct run_plan *plan, char *path, bool *elf,
		char *why);

/*
 * A file of the kit, DIRECTORY/NAME. `path` becomes its absolute path and has room for PATH_MAX
 * bytes.
 */
bool need_part(const char *directory, const char *name, const char *hint, char *path, char *why);

#endif
