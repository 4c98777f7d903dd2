/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_LIVE_H
#define TOOLS_LAB_LIVE_H

/* --watch: a table on the terminal, or plain lines where standard output is none. */
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
	struct ledger before; /* what `now` is compared with, if have_before */
	struct screen screen;
	FILE *out; /* standard output */
};

void live_open(struct live *live, const char *name, const struct ledger_shape *shape, FILE *out);

/* A new sample; or the final ledger, of which the terminal shows the whole run. */
void live_show(struct live *live, const struct ledger *ledger);

/* Around something else that is printed on the terminal. */
void live_erase(struct live *live);
void live_redraw(struct live *live);

/* The window may have another size now. */
void live_resized(struct live *live);

/* The last table stays. */
void live_close(struct live *live);

#endif
