/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TEXT_H
#define TOOLS_LAB_TEXT_H

/*
 * Parses the text of a lab file with libini_config: sections, keys and values in the order of the
 * file, with their line numbers. The values are not interpreted here.
 *
 * The text is UTF-8, lines end in LF or CR LF. A line that starts with '#' or ';' is a comment.
 * Elsewhere these characters are ordinary, because kernel command lines need them. A value ends at
 * the end of its line; blanks around it are removed, quotes are kept.
 *
 * We use libini_config, not one of the smaller libraries, because only it has lines of any length,
 * reports the line of each value, and detects duplicate keys and sections.
 */
#include <stddef.h>
#include <stdio.h>

#define LABTEXT_MAX (1u << 20) /* bytes of a lab file */

struct labtext_entry {
	const char *key, *value;
	unsigned line; /* from 1 */
};

struct labtext_section {
	char *name;
	unsigned line;
	struct labtext_entry *entry;
	size_t count;
};

struct labtext {
	const char *path;
	FILE *errors;
	char *text; /* the file's contents, NUL-terminated */
	size_t size;
	struct labtext_section *section;
	size_t count;
	struct ini_cfgobj *ini; /* owns the values */
};

/*
 * Read the file. Returns 0, or -1 after it has printed an error. Call labtext_free() in either
 * case.
 */
int labtext_read(struct labtext *t, const char *path, FILE *errors);
void labtext_free(struct labtext *t);

/* The first line that is neither empty nor a comment. */
unsigned labtext_first_line(const struct labtext *t);

/*
 * Print "PATH:LINE: [section] key: message" as one line to t->errors. LINE is omitted if it is 0,
 * section and key if they are NULL. Always returns -1.
 */
int labtext_error(const struct labtext *t, unsigned line, const char *section, const char *key,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
