/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_TYPES_H
#define PVTIME_TYPES_H

/*
 * Where the library's types come from: the compiler's own headers, or those of a tree that has no
 * <stdint.h>. Such a tree defines PVTIME_TYPES as the header to include, or replaces this file:
 *
 *	-DPVTIME_TYPES='"linux/types.h"'
 *
 * Quote the name, as above. Between < and >, the compiler replaces words that are macros: `linux`
 * is one in the GNU dialects of C. A name without a folder is looked for in the folder of this file
 * first.
 *
 * That header must define uint8_t, uint32_t, uint64_t, int32_t, int64_t, uintptr_t, size_t, bool,
 * true, false and NULL. The library needs no other name of it, and no limits.
 */
#ifdef PVTIME_TYPES
#include PVTIME_TYPES
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#endif
