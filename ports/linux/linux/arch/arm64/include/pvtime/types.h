/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the library of stolen time takes its types from: the kernel's own
 * header.
 */
#ifndef PVTIME_TYPES_H
#define PVTIME_TYPES_H

#include <linux/types.h>

#endif /* PVTIME_TYPES_H */
