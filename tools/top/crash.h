/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_CRASH_H
#define TOOLS_TOP_CRASH_H

/*
 * If the process crashes, by SIGSEGV or the like, the terminal is given back before it dies.
 * ncurses may not be called then: so what it would do is prepared here.
 */

/* Call this after setupterm(), before the screen opens. */
void top_crash_prepare(void);

/* The screen has been closed. */
void top_crash_forget(void);

#endif
