/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_LIVE_H
#define TOOLS_LAB_LIVE_H

/* --watch: a table on the terminal, or plain lines if standard output is not a terminal. */
#include <stdbool.h>
#include "tools/lab/ledger.h"
#include "tools/lab/screen.h"

struct live {
	char name[256]; /* of the lab */
	const struct ledger_shape *shape;
	bool terminal;
	bool have_now;
	bool have_before;
	struct ledger now;
	struct ledger before; /* the ledger that `now` is compared with, if have_before */
	struct screen screen;
	FILE *out; /* standard output */
};

void live_open(struct live *live, const char *name, const struct ledger_shape *shape, FILE *out);

/* Show a new sample, or the final ledger. On a terminal, the final table covers the whole run. */
void live_show(struct live *live, const struct ledger *ledger);

/* Call these two before and after printing anything else on the terminal. */
void live_erase(struct live *live);
void live_redraw(struct live *live);

/* The window's size may have changed. */
void live_resized(struct live *live);

/* Close the display; the last table stays on the terminal. */
void live_close(struct live *live);

#endif
