/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_VISIBLE_H
#define TOOLS_LAB_VISIBLE_H

/*
 * What a guest wrote, for a terminal that shows others as well: text and tabs as they are. Of everything else, which could move
 * the cursor, change the terminal or turn the order of what is read round, each byte is shown as \xNN: control characters, those of
 * C1 among them, bytes that are no UTF-8, and Unicode's line ends and directional controls.
 */
#include <stddef.h>
#include <stdio.h>

/* len bytes of one line, without its newline. An error is left in `out`, see ferror(). */
void visible_write(FILE *out, const char *text, size_t len);

#endif
