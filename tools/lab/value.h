/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_VALUE_H
#define TOOLS_LAB_VALUE_H

/* The values of a lab file's keys. All of a value must be what is expected; nothing is rounded or
 * cut. */
#include <stdbool.h>
#include <stdint.h>

/* A number, decimal or with 0x, without sign. */
bool labvalue_number(const char *text, uint64_t *value);

/* Bytes: a decimal number, and K, M or G (or k, m, g) behind it for the powers of 1024. */
bool labvalue_size(const char *text, uint64_t *bytes);

/*
 * CPUs by number, and ranges of them as a-b, with commas or blanks between: *mask gets bit n for
 * CPU n. At least one, none of 32 or more.
 */
bool labvalue_cpus(const char *text, uint32_t *mask);

/* 1 to 15 of a-z, 0-9 and '-'. */
bool labvalue_name(const char *text);

#endif
