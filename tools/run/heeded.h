/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_HEEDED_H
#define TOOLS_RUN_HEEDED_H

#include <signal.h>
#include <stddef.h>

/*
 * The set of those signals that are not ignored. What is ignored when the command starts stays so,
 * as for nohup(1), and for SIGINT and SIGQUIT of what a shell runs in the background: a signal that
 * is blocked would be read from a signalfd all the same.
 */
void heeded(sigset_t *set, const int *numbers, size_t count);

#endif
