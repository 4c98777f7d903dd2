/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_BENCH_JSON_H
#define TOOLS_BENCH_JSON_H

#include <jansson.h>
#include "tools/bench/bench.h"

/*
 * Write the results as JSON; pvtime-json(5) describes the format. false: out of memory, or `out`
 * cannot be written.
 */
bool bench_json_write(const struct bench_results *results, FILE *out);

/* Whether the object's "format" and "version" are these. */
bool bench_json_is(const json_t *object, const char *format, int version);

/* The same; if not, one line on standard error says what the file at `path` has instead. */
bool bench_json_check(const json_t *object, const char *path, const char *format, int version);

/*
 * Read the results from a file that bench_json_write() wrote. Rows that this pvtime does not know
 * are ignored. false: the file cannot be read, and one line on standard error has said why.
 */
bool bench_json_read(struct bench_results *results, const char *path);

#endif
