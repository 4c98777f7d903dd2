/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_VALUE_H
#define TOOLS_LAB_VALUE_H

/*
 * Parsers for the values of a lab file's keys. The whole value must match; nothing is rounded or
 * truncated.
 */
#include <stdbool.h>
#include <stdint.h>

/* An unsigned number, decimal or with 0x. */
bool labvalue_number(const char *text, uint64_t *value);

/* Bytes: a decimal number, optionally followed by K, M or G (or k, m, g) for the powers of 1024. */
bool labvalue_size(const char *text, uint64_t *bytes);

/*
 * CPU numbers and ranges a-b, separated by commas or blanks: bit n of *mask stands for CPU n. At
 * least one CPU; all numbers are below 32.
 */
bool labvalue_cpus(const char *text, uint32_t *mask);

/* 1 to 15 of a-z, 0-9 and '-'. */
bool labvalue_name(const char *text);

#endif
