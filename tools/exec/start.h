/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_EXEC_START_H
#define TOOLS_EXEC_START_H

#include "tools/exec/act.h"

/*
 * Have this process watched by another one, which is no child of it. false: that cannot be, and was
 * told.
 */
bool start_tracer(const struct exec_job *job);

#endif
