/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_OPTIONS_H
#define TOOLS_TOP_OPTIONS_H

#include "tools/top/choice.h"
#include "tools/top/rows.h"

struct top_options {
	uint64_t interval_ns;
	bool once, json, help;
	unsigned count; /* of intervals; 0: no limit */
	enum top_kind by;
	struct top_choice choice;
};

/* false: the command line is wrong; that was reported. Free with top_options_free() in any case. */
bool top_options_parse(struct top_options *options, int argc, char **argv);

void top_options_free(struct top_options *options);

#endif
