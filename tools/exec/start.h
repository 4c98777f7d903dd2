/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_START_H
#define TOOLS_EXEC_START_H

#include "tools/exec/act.h"

/*
 * Let another process, which is not a child of this one, trace this one. false: not possible, and
 * the reason was reported.
 */
bool start_tracer(const struct exec_job *job);

#endif
