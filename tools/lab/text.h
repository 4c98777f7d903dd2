/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_TEXT_H
#define TOOLS_LAB_TEXT_H

/*
 * The text of a lab file: sections, keys and values in the order of the file, with their lines,
 * read by libini_config. What the values mean is not decided here.
 *
 * The text is UTF-8, lines end in LF or CR LF. A line that starts with '#' or ';' is a comment,
 * and nothing else is: in a value these are characters like any other, as kernel command lines need
 * them. A value ends with its line, without the blanks around it; quotes stay in it.
 *
 * libini_config and none of the smaller libraries, because it is the one that has lines of any
 * length and tells on which line a value stood and that a key or a section came twice.
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
	char *text; /* of the file, NUL-terminated */
	size_t size;
	struct labtext_section *section;
	size_t count;
	struct ini_cfgobj *ini; /* owns the values */
};

/* Read the file. 0, or -1 after an error was printed; labtext_free() is due in either case. */
int labtext_read(struct labtext *t, const char *path, FILE *errors);
void labtext_free(struct labtext *t);

/* The first line that is neither empty nor a comment. */
unsigned labtext_first_line(const struct labtext *t);

/*
 * Print "PATH:LINE: [section] key: message" as one line to t->errors. LINE is left out where it is
 * 0, section and key where they are NULL. Always -1.
 */
int labtext_error(const struct labtext *t, unsigned line, const char *section, const char *key,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
