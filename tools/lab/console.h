/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_CONSOLE_H
#define TOOLS_LAB_CONSOLE_H

/* Where the guests' consoles go: to files, to the terminal, or as lines with the guest's name. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "tools/lab/ledger.h"
#include "tools/run/lines.h"

#define CONSOLE_NOBODY UINT32_MAX

#define CONSOLE_STAMP_MAX (32 + 22 * MAP_MAX_VCPUS_PER_VM)

struct console {
	const char *name;
	FILE *log; /* NULL: none */
	bool lent; /* `log` is closed by somebody else */
	struct lines lines;
	char stamp[CONSOLE_STAMP_MAX]; /* of the line that ends next; empty: it has none */
};

struct consoles {
	uint32_t count;
	uint32_t attached; /* whose bytes go to `out` as they are, or CONSOLE_NOBODY */
	bool midline;	   /* the attached one's line is unfinished */
	bool prefixed;	   /* all others' lines go to `out`, "NAME| " before each */
	/* `out` is a terminal that several VMs write to: only text of theirs, see visible.h */
	bool visible;
	/* where `visible`, the descriptor of that terminal, for its width; -1: unknown */
	int terminal;
	/*
	 * `out` is a terminal that is not UTF-8: no byte from 0x80 up as it is, the attached VM's
	 * neither
	 */
	bool ascii;
	bool stamped; /* each line has its stamp before it, in the files and behind "NAME| " */
	FILE *out;
	int error; /* errno of the first write that failed, of `error_name` */
	const char *error_name;
	struct console vm[MAP_MAX_VMS];
};

/*
 * Open DIR/NAME.log of every VM, emptied, and DIR itself if it is missing; no files where dir is
 * NULL. false: one line on standard error has said why.
 */
bool consoles_open(struct consoles *consoles, const struct ledger_shape *shape, const char *dir);

/* n bytes that the VM wrote. */
void consoles_write(struct consoles *consoles, uint32_t vm, const uint8_t *bytes, size_t n);

/*
 * The VM's next byte ends a line, which gets the stamp "[SECONDS stolen SECONDS...] ": the time
 * since the guests' start, and what was stolen by then from each of the VM's vCPUs. Of a line of
 * more than LINES_MAX bytes only the last piece has it.
 */
void consoles_stamp(struct consoles *consoles, uint32_t vm, uint64_t at_ns,
		    const uint64_t *stolen_ns, uint32_t vcpus);

/* Everything so far to where it belongs; false once a write has failed. */
bool consoles_flush(struct consoles *consoles);

/* Unfinished lines are ended on `out`, and the files are closed. false as above. */
bool consoles_close(struct consoles *consoles);

#endif
