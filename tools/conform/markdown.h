/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_MARKDOWN_H
#define TOOLS_CONFORM_MARKDOWN_H

/* What the source files that print docs/conformance.md share. */
#include "tools/conform/print.h"

/* Print a text with Markdown's special characters escaped. */
void markdown_escaped(const char *text, FILE *out);

/* The word of a verdict; FAIL is in bold. */
const char *markdown_mark(enum conform_verdict verdict);

/* Print the section about versions, if the report has two versions of any target. */
void markdown_versions(const struct conform_report *report, FILE *out);

#endif
