/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_READ_H
#define TOOLS_TOP_READ_H

#include "tools/top/load.h"
#include "tools/top/sample.h"

/*
 * Read the counts of the epoch that top_end_epoch() has ended, and clear them. false: out of
 * memory; that was reported.
 */
bool top_read(struct top_sample *sample, const struct top_program *program, uint32_t epoch);

#endif
