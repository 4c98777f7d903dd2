/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_FOLD_H
#define TOOLS_LAB_FOLD_H

/*
 * A guest's line on a terminal that shows others too. Where the terminal wraps a line by itself,
 * the rest begins a row like a line of another guest's. So each row begins with the guest's name,
 * and one that goes on with an earlier one has '+' where a line has a space.
 */
#include <stdio.h>

/*
 * `text` is of visible_copy() (tools/visible.h), with a NUL at its end. Its tabs become spaces, as
 * tab stops may be anywhere.
 */
void fold_write(FILE *out, const char *name, const char *text, unsigned columns);

#endif
