/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_VISIBLE_H
#define TOOLS_VISIBLE_H

/*
 * Make untrusted text safe for a terminal: text from guests, other processes and files. Printable
 * characters and tabs are unchanged. Everything else is shown as \xNN, byte by byte: characters
 * that move the cursor, change the terminal or reverse the reading order, bytes that are not UTF-8,
 * and invisible characters. So two texts that look alike are equal.
 *
 * The terminal's encoding is that of the locale (LC_CTYPE). If it is not UTF-8, every byte from
 * 0x80 up is shown as \xNN: such a terminal may take the second byte of a UTF-8 character for a
 * control character.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether the locale's encoding is UTF-8. */
bool visible_utf8(void);

/* Write len bytes of one line, without its newline. The caller finds an error with ferror(out). */
void visible_write(FILE *out, const char *text, size_t len);

/*
 * Write the same into `to`, with a NUL at the end. If `room` is too small, the text is cut between
 * two characters. Returns the length.
 */
size_t visible_copy(char *to, size_t room, const char *text, size_t len);

/*
 * Write len bytes of a guest that has the terminal to itself and may control it. Control characters
 * are unchanged; bytes from 0x80 up are shown as \xNN. For a terminal that is not UTF-8.
 */
void visible_write_ascii(FILE *out, const char *bytes, size_t len);

#endif
