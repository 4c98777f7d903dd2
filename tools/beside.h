/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BESIDE_H
#define TOOLS_BESIDE_H

#include <limits.h>
#include <stdbool.h>

/*
 * What an option names, or, where that is NULL, the file NAME in the directory of this executable;
 * NAME NULL: the executable itself. false: it cannot be told, and one line on standard error has
 * said why.
 */
bool beside(char path[PATH_MAX], const char *given, const char *name);

#endif
