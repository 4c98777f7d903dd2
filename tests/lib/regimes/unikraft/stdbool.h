/* SPDX-License-Identifier: BSD-2-Clause */
/* Unikraft has a small C library, nolibc. */
#ifndef SHIM_UNIKRAFT_STDBOOL_H
#define SHIM_UNIKRAFT_STDBOOL_H

#define bool _Bool
#define true 1

#define false 0

#endif
