/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros, functions and structures of other headers of Linux 6.1, which a source may include beside
 * ours. The names, the number of parameters and the values of constants are Linux's.
 */
#ifndef SHIM_LINUX_NAMES_H
#define SHIM_LINUX_NAMES_H

#include <linux/types.h>

/* linux/crc32.h, net/tcp.h, linux/netfilter/xt_sctp.h, linux/comedi.h */
#define crc32(seed, data, length) shim(seed, data, length)
bool before(u32 a, u32 b);
#define after(b, a) before(a, b)
#define bytes(type) shim(type)
#define VERSION	    "0.7.76"

/* linux/minmax.h, linux/kernel.h, linux/container_of.h, linux/build_bug.h, asm/current.h */
#define current			 shim(0)
#define min(x, y)		 shim(x, y)
#define max(x, y)		 shim(x, y)
#define clamp(x, lo, hi)	 shim(x, lo, hi)
#define swap(a, b)		 shim(a, b)
#define in_range(x, start, len)	 shim(x, start, len)
#define container_of(p, type, m) shim(p, type, m)
#define lower_32_bits(n)	 shim(n)
#define upper_32_bits(n)	 shim(n)
#define BUG_ON(x)		 shim(x)
#define BUILD_BUG_ON(x)		 shim(x)
#define READ_ONCE(x)		 shim(x)
#define WRITE_ONCE(x, v)	 shim(x, v)
#define cpu_to_le64		 shim
#define le64_to_cpu		 shim

#define static_assert(x, msg...) _Static_assert(x, #x)

/* linux/mm_types.h, linux/exportfs.h */
struct page {
	int shim;
};
struct fid {
	int shim;
};

/* linux/arm-smccc.h, linux/psci.h */
#define ARM_SMCCC_VERSION_1_1	      0x10001
#define SMCCC_RET_SUCCESS	      0
#define SMCCC_RET_NOT_SUPPORTED	      -1
#define PSCI_VERSION(major, minor)    shim(major, minor)
#define PSCI_RET_NOT_SUPPORTED	      -1
#define ARM_SMCCC_HV_PV_TIME_FEATURES 0xc5000020
#define ARM_SMCCC_HV_PV_TIME_ST	      0xc5000021

#endif
