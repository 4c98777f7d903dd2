/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TERMINAL_H
#define TOOLS_LAB_TERMINAL_H

/*
 * Changes to the user's terminal, and their undoing on every way out of the process: return,
 * exit(), and signals that end it. Standard input has the modes, standard output the look.
 */
#include <stdbool.h>

/* Every key to us as it is pressed, Ctrl-C included. Nothing where standard input is no terminal.
 */
void terminal_raw(void);

/*
 * What is to be written to standard output to undo the changes made there; the string is kept.
 * NULL: they are undone.
 */
void terminal_undo_with(const char *bytes);

/* Undo everything now. */
void terminal_restore(void);

#endif
