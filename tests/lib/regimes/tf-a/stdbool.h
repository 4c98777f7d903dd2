/* SPDX-License-Identifier: BSD-2-Clause */
/* TF-A brings its own C library. */
#ifndef SHIM_TF_A_STDBOOL_H
#define SHIM_TF_A_STDBOOL_H

#define bool _Bool
#define true (0 == 0)

#define false (0 == 1)

#endif
