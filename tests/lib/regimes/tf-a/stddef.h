/* SPDX-License-Identifier: BSD-2-Clause */
/* TF-A brings its own C library. */
#ifndef SHIM_TF_A_STDDEF_H
#define SHIM_TF_A_STDDEF_H

typedef long ptrdiff_t;
typedef unsigned long size_t;
#define NULL		((void *)0)
#define offsetof(st, m) shim(st, m)

#endif
