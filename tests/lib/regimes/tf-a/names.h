/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros of other headers of TF-A, which a source may include beside ours. The names, the number of
 * parameters and the values of constants are TF-A's.
 */
#ifndef SHIM_TF_A_NAMES_H
#define SHIM_TF_A_NAMES_H

/* cdefs.h */
#define __dead2		  __attribute__((__noreturn__))
#define __packed	  __attribute__((__packed__))
#define __used		  __attribute__((__used__))
#define __unused	  __attribute__((__unused__))
#define __aligned(x)	  __attribute__((__aligned__(x)))
#define __section(x)	  __attribute__((__section__(x)))
#define __noinline	  __attribute__((__noinline__))
#define __init		  /* nothing */
#define __predict_true(x) shim(x)

/* lib/utils_def.h, lib/cassert.h */
#define U(x)		x##U
#define ULL(x)		x##ULL
#define BIT(n)		shim(n)
#define MIN(x, y)	shim(x, y)
#define MAX(x, y)	shim(x, y)
#define ARRAY_SIZE(a)	shim(a)
#define round_up(x, to) shim(x, to)
#define CASSERT(c, msg) shim(c, msg)

/* lib/smccc.h, services/arm_arch_svc.h, lib/psci/psci.h */
#define SMC_OK			    ULL(0)
#define SMC_UNK			    -1
#define SMC_ARCH_CALL_SUCCESS	    0
#define SMC_ARCH_CALL_NOT_SUPPORTED -1
#define SMCCC_VERSION		    U(0x80000000)
#define SMCCC_ARCH_FEATURES	    U(0x80000001)
#define PSCI_VERSION		    U(0x84000000)
#define PSCI_FEATURES		    U(0x8400000A)
#define PSCI_E_NOT_SUPPORTED	    -1

#endif
