/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_FOLD_H
#define TOOLS_LAB_FOLD_H

/*
 * Prints a guest's line on a terminal that several guests share. If the terminal wrapped a long
 * line itself, the rest could look like a line of another guest. So each row begins with the
 * guest's name; in a row that continues a line, '+' replaces the space.
 */
#include <stdio.h>

/*
 * `text` must come from visible_copy() (tools/visible.h) and end with a NUL. Tabs become spaces,
 * because the terminal's tab stops are unknown.
 */
void fold_write(FILE *out, const char *name, const char *text, unsigned columns);

#endif
