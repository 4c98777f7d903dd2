/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VISIBLE_H
#define TOOLS_VISIBLE_H

/*
 * Text of others for a terminal: of guests, of other processes, of files. Text and tabs stay as
 * they are. Every byte of anything else is shown as \xNN: what could move the cursor, change the
 * terminal or reverse the order of what is read, what is not UTF-8, and characters that show
 * nothing, so that two texts that look alike are alike.
 *
 * The terminal's encoding is that of the locale (LC_CTYPE). Where it is not UTF-8, every byte from
 * 0x80 up is shown as \xNN: there the second byte of a UTF-8 character can be a control character
 * of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether the locale's encoding is UTF-8. */
bool visible_utf8(void);

/* len bytes of one line, without its newline. An error is left in `out`, see ferror(). */
void visible_write(FILE *out, const char *text, size_t len);

/*
 * The same into `to`, ended by a NUL and cut between two characters where `room` is too small.
 * Returns the length.
 */
size_t visible_copy(char *to, size_t room, const char *text, size_t len);

/*
 * len bytes of a guest that has the terminal to itself, and may drive it: as they are, except that
 * bytes from 0x80 up are shown as \xNN. For a terminal that is not UTF-8.
 */
void visible_write_ascii(FILE *out, const char *bytes, size_t len);

#endif
