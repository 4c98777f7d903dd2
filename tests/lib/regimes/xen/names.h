/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros of other headers of Xen 4.17, which a source may include beside ours. The names, the
 * number of parameters and the values of constants are Xen's.
 */
#ifndef SHIM_XEN_NAMES_H
#define SHIM_XEN_NAMES_H

/* xen/lib.h, xen/kernel.h, xen/list.h, xen/time.h, asm/current.h, asm/system.h, asm/atomic.h */
#define current			  shim(0)
#define min(x, y)		  shim(x, y)
#define max(x, y)		  shim(x, y)
#define min_t(type, x, y)	  shim(type, x, y)
#define max_t(type, x, y)	  shim(type, x, y)
#define container_of(p, type, m)  shim(p, type, m)
#define list_entry(p, type, m)	  shim(p, type, m)
#define count_args(args...)	  shim(args)
#define read_atomic(p)		  shim(p)
#define write_atomic(p, x)	  shim(p, x)
#define dprintk(level, fmt, a...) shim(level, fmt, a)
#define ASSERT(p)		  shim(p)
#define BUG_ON(p)		  shim(p)
#define BUILD_BUG_ON(p)		  shim(p)
#define ARRAY_SIZE(x)		  shim(x)
#define KB(n)			  shim(n)
#define MB(n)			  shim(n)
#define GB(n)			  shim(n)
#define SECONDS(n)		  shim(n)
#define isb()			  shim(0)
#define dsb(scope)		  shim(scope)
#define mb()			  shim(0)
#define smp_wmb()		  shim(0)
#define cpu_to_le64		  shim
#define le64_to_cpu		  shim

/* asm/smccc.h, asm/psci.h */
#define SMCCC_VERSION(major, minor) shim(major, minor)
#define ARM_SMCCC_VERSION_1_1	    SMCCC_VERSION(1, 1)
#define ARM_SMCCC_SUCCESS	    0
#define ARM_SMCCC_NOT_SUPPORTED	    (-1)
#define PSCI_SUCCESS		    0
#define PSCI_NOT_SUPPORTED	    -1
#define PSCI_VERSION(major, minor)  shim(major, minor)

#endif
