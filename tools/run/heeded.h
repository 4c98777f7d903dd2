/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_HEEDED_H
#define TOOLS_RUN_HEEDED_H

#include <signal.h>
#include <stddef.h>

/*
 * Make the set of those of these signals that are not ignored. A signal that was ignored when the
 * command started must stay ignored: nohup(1) relies on it, and shells ignore SIGINT and SIGQUIT in
 * background jobs. A signalfd delivers a blocked signal even if it is ignored.
 */
void heeded(sigset_t *set, const int *numbers, size_t count);

#endif
