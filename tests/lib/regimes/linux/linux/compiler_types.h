/* SPDX-License-Identifier: BSD-2-Clause */
/* What Kbuild of Linux 6.1 includes before the first line: these words are macros there. */
#ifndef SHIM_LINUX_COMPILER_TYPES_H
#define SHIM_LINUX_COMPILER_TYPES_H

#define inline inline __attribute__((__gnu_inline__, __unused__)) notrace

#define __inline inline

#define __inline__ inline

#define notrace			   __attribute__((__no_instrument_function__))
#define __always_inline		   inline __attribute__((__always_inline__))
#define noinline		   __attribute__((__noinline__))
#define fallthrough		   __attribute__((__fallthrough__))
#define asm_inline		   asm
#define barrier()		   shim(0)
#define likely(x)		   shim(x)
#define unlikely(x)		   shim(x)
#define unreachable()		   shim(0)
#define data_race(x)		   shim(x)
#define compiletime_assert(c, msg) shim(c, msg)

#define __aligned(x) __attribute__((__aligned__(x)))
#define __cold	     __attribute__((__cold__))
#define __packed     __attribute__((__packed__))
#define __pure	     __attribute__((__pure__))
#define __must_check __attribute__((__warn_unused_result__))
#define __user	     /* nothing */
#define __force	     /* nothing */
#define __bitwise    /* nothing */

#endif
