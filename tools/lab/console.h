/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_CONSOLE_H
#define TOOLS_LAB_CONSOLE_H

/*
 * Writes the guests' consoles to files, to the terminal, or as lines that begin with the guest's
 * name.
 */
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
	bool lent; /* `log` is a stream of struct outputs, which closes it */
	struct lines lines;
	char stamp[CONSOLE_STAMP_MAX]; /* for the line that ends next; empty: no stamp */
};

struct consoles {
	uint32_t count;
	uint32_t attached; /* the VM whose bytes go to `out` unchanged, or CONSOLE_NOBODY */
	bool midline;	   /* the attached VM has printed part of a line */
	bool prefixed;	   /* lines of the VMs go to `out`, each after "NAME| " */
	/* `out` is a terminal that several VMs write to: their lines are escaped, see visible.h */
	bool visible;
	/* if `visible`, a descriptor of that terminal, for its width; -1: unknown */
	int terminal;
	/*
	 * `out` is a terminal that is not UTF-8: bytes from 0x80 up are escaped, those of the
	 * attached VM too
	 */
	bool ascii;
	bool stamped; /* each line begins with its stamp, in the files and after "NAME| " */
	FILE *out;
	int error; /* errno of the first failed write, which was to `error_name` */
	const char *error_name;
	struct console vm[MAP_MAX_VMS];
};

/*
 * Create DIR if it is missing, and open an empty DIR/NAME.log for every VM. `dir` NULL: no files.
 * false: one line on standard error has said why.
 */
bool consoles_open(struct consoles *consoles, const struct ledger_shape *shape, const char *dir);

/* Take n bytes that the VM printed. */
void consoles_write(struct consoles *consoles, uint32_t vm, const uint8_t *bytes, size_t n);

/*
 * Set the stamp of the VM's current line, which the VM's next byte ends: "[SECONDS stolen
 * SECONDS...] ", the time since the guests' start, and the time stolen from each of the VM's vCPUs
 * until then. If the line is longer than LINES_MAX bytes, only its last part gets the stamp.
 */
void consoles_stamp(struct consoles *consoles, uint32_t vm, uint64_t at_ns,
		    const uint64_t *stolen_ns, uint32_t vcpus);

/* Flush all output. false: a write has failed, now or earlier. */
bool consoles_flush(struct consoles *consoles);

/* End unfinished lines on `out`, and close the files. Returns what consoles_flush() returns. */
bool consoles_close(struct consoles *consoles);

#endif
