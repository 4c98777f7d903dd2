/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TERMINAL_H
#define TOOLS_LAB_TERMINAL_H

/*
 * Changes to the user's terminal, which are undone however the process ends: by return, exit(), or
 * a signal. The modes are those of standard input; escape sequences go to standard output.
 */
#include <stdbool.h>

/*
 * Set raw mode: each key, including Ctrl-C, is delivered as a byte when it is pressed. Does nothing
 * if standard input is not a terminal.
 */
void terminal_raw(void);

/*
 * Set the bytes that undo the changes on standard output. The string is not copied. NULL: nothing
 * to undo.
 */
void terminal_undo_with(const char *bytes);

/* Undo everything now. */
void terminal_restore(void);

#endif
