/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_SIGNALS_H
#define TOOLS_TOP_SIGNALS_H

/* The signals that a screen takes. They arrive only in top_signals_wait(). */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Take the signals, and give them back. Whoever opens a screen takes them before ncurses starts. */
void top_signals_take(void);
void top_signals_return(void);

/* Wait for input, at most so long, and let signals arrive. Returns as poll() does. */
int top_signals_wait(struct pollfd files[], nfds_t count, uint64_t left_ns);

/* Whether a signal asked the process to end. */
bool top_signals_end(void);

/* Since the last call: whether a signal asked the process to stop, or the window was resized. */
bool top_signals_stop(void);
bool top_signals_resized(void);

/* Stop the process until SIGCONT. The terminal must have been given back. */
void top_signals_suspend(void);

#endif
