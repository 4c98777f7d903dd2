/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_RIGHTS_H
#define TOOLS_TOP_RIGHTS_H

/*
 * Gives up the capabilities that `pvtime top` does not need, for good: neither it nor what it might
 * execute gets them again. SECURITY.md lists what it keeps. Functions return false if that failed,
 * which was reported.
 */
#include "tools/top/load.h"

/* Before the program is loaded: keep what that takes, and reading. */
bool top_rights_begin(void);

/* All has been loaded: keep what it takes to read the maps, and names. `root` as in names.h. */
bool top_rights_loaded(const struct top_program *program, int root);

/* There is no program: keep what it takes to look into the processes of other users. */
bool top_rights_without(void);

#endif
