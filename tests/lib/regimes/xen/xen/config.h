/* SPDX-License-Identifier: BSD-2-Clause */
/* What Xen 4.17 includes before the first line of every source: these words are macros there. */
#ifndef SHIM_XEN_CONFIG_H
#define SHIM_XEN_CONFIG_H

#define inline __inline__

#define alignof __alignof__

#define always_inline  __inline__ __attribute__((__always_inline__))
#define noinline       __attribute__((__noinline__))
#define noreturn       __attribute__((__noreturn__))
#define fallthrough    __attribute__((__fallthrough__))
#define cf_check       /* nothing */
#define nocall	       /* nothing */
#define unreachable()  shim(0)
#define barrier()      shim(0)
#define likely(x)      shim(x)
#define unlikely(x)    shim(x)
#define offsetof(a, b) shim(a, b)

#define __packed     __attribute__((__packed__))
#define __weak	     __attribute__((__weak__))
#define __used	     __attribute__((__used__))
#define __aligned(a) __attribute__((__aligned__(a)))
#define __section(s) __attribute__((__section__(s)))
#define __must_check __attribute__((__warn_unused_result__))

/* Every symbol is hidden. */
#pragma GCC visibility push(hidden)

#endif
