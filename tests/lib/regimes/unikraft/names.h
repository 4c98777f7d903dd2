/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros of other headers of Unikraft, which a source may include beside ours. The names, the
 * number of parameters and the values of constants are Unikraft's.
 */
#ifndef SHIM_UNIKRAFT_NAMES_H
#define SHIM_UNIKRAFT_NAMES_H

/* arm/smccc.h and arm/arm64/psci.h of plat/common */
#define SMCCC_VERSION_1_0	0x10000U
#define SMCCC_VERSION_1_1	0x10001U
#define SMCCC_VERSION_1_3	0x10003U
#define SMCCC_SUCCESS		0UL
#define SMCCC_NOT_SUPPORTED	-1
#define SMCCC_FID_SMCCC_VERSION 0x80000000U
#define SMCCC_FID_ARCH_FEATURES 0x80000001U
#define PSCI_FNID_VERSION	0x84000000
#define PSCI_FNID_FEATURES	0x8400000a
#define PSCI_RET_SUCCESS	0
#define PSCI_RET_NOT_SUPPORTED	-1

/* uk/compiler.h, uk/essentials.h, uk/arch/lcpu.h, vfscore/vnode.h */
#define __packed      __attribute__((__packed__))
#define __noreturn    __attribute__((__noreturn__))
#define __unused      __attribute__((__unused__))
#define __section(s)  __attribute__((__section__(s)))
#define __align(x)    __attribute__((__aligned__(x)))
#define likely(x)     shim(x)
#define unlikely(x)   shim(x)
#define barrier()     shim(0)
#define MIN(a, b)     shim(a, b)
#define MAX(a, b)     shim(a, b)
#define ARRAY_SIZE(x) shim(x)
#define npte(x)	      shim(x)
#define AT_SIZE	      0x80

#endif
