/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BESIDE_H
#define TOOLS_BESIDE_H

#include <limits.h>
#include <stdbool.h>

/*
 * The path of a file: `given` (an option's value), or, if that is NULL, the file `name` in the
 * directory of this executable. If `name` is NULL too, the executable itself. false: the path
 * cannot be determined; one line on standard error says why.
 */
bool beside(char path[PATH_MAX], const char *given, const char *name);

#endif
