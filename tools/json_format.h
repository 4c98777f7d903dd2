/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_JSON_FORMAT_H
#define TOOLS_JSON_FORMAT_H

/*
 * The first fields of each JSON object that pvtime writes, "format" and "version"; pvtime-json(5)
 * describes all fields. A version increases when a field is removed or changes its meaning.
 */
#define JSON_LEDGER_FORMAT   "pvtime-ledger"
#define JSON_LEDGER_VERSION  1
#define JSON_CONFORM_FORMAT  "pvtime-conform"
#define JSON_CONFORM_VERSION 1
#define JSON_BENCH_FORMAT    "pvtime-bench"
#define JSON_BENCH_VERSION   1
#define JSON_PROBE_FORMAT    "pvtime-probe"
#define JSON_PROBE_VERSION   1
#define JSON_TOP_FORMAT	     "pvtime-top"
#define JSON_TOP_VERSION     1
#define JSON_PROFILE_FORMAT  "pvtime-profile" /* which bench/profile writes */
#define JSON_PROFILE_VERSION 1

#endif
