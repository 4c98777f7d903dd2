/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_JSON_H
#define TOOLS_BENCH_JSON_H

#include <jansson.h>
#include "tools/bench/bench.h"

/*
 * The results as JSON; pvtime-json(5) gives its form. false: no memory, or `out` cannot be written.
 */
bool bench_json_write(const struct bench_results *results, FILE *out);

/* Whether the object has that format and version as its "format" and "version". */
bool bench_json_is(const json_t *object, const char *format, int version);

/*
 * The results of a file that bench_json_write() wrote. Rows that this pvtime does not know are left
 * out. false: it cannot be read, and one line on standard error has said why.
 */
bool bench_json_read(struct bench_results *results, const char *path);

#endif
