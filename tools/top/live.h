/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_LIVE_H
#define TOOLS_TOP_LIVE_H

#include "tools/top/choice.h"
#include "tools/top/interval.h"
#include "tools/top/rows.h"

/*
 * Show interval after interval on the terminal, which top_terminal_open() has taken over, until the
 * user quits. `root` as in names.h. false: an interval could not be measured; that was reported.
 */
bool top_live(struct top_intervals *intervals, const struct top_choice *choice, enum top_kind kind,
	      int root);

#endif
