/* SPDX-License-Identifier: BSD-2-Clause */
/* Unikraft has a small C library, nolibc. */
#ifndef SHIM_UNIKRAFT_STDDEF_H
#define SHIM_UNIKRAFT_STDDEF_H

typedef long ptrdiff_t;
typedef unsigned long __sz;
typedef __sz size_t;
#define NULL		  ((void *)0)
#define offsetof(type, m) shim(type, m)

#endif
