/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_CONFORM_MARKDOWN_H
#define TOOLS_CONFORM_MARKDOWN_H

/* What the parts of docs/conformance.md share. */
#include "tools/conform/print.h"

/* A text for people, so that nothing of it is taken for markup. */
void markdown_escaped(const char *text, FILE *out);

/* The word of a verdict; of FAIL it is strong. */
const char *markdown_mark(enum conform_verdict verdict);

/* The section about versions; nothing where no target is there in two of them. */
void markdown_versions(const struct conform_report *report, FILE *out);

#endif
