/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Macros, constants and structures of Hafnium's headers, which a source may include beside ours.
 * The names, the number of parameters and the values of constants are Hafnium's.
 */
#ifndef SHIM_HAFNIUM_NAMES_H
#define SHIM_HAFNIUM_NAMES_H

/* smc.h and psci.h of src/arch/aarch64 */
#define SMCCC_OK	      0
#define SMCCC_ERROR_UNKNOWN   (-1)
#define SMCCC_VERSION_FUNC_ID 0x80000000
#define SMCCC_VERSION_1_2     0x10002
#define SMCCC_64_BIT	      0x40000000
enum psci_version {
	PSCI_VERSION_0_2 = 0x2,
	PSCI_VERSION_1_0 = 0x10000,
	PSCI_VERSION_1_1 = 0x10001,
};
#define PSCI_VERSION  0x84000000
#define PSCI_FEATURES 0x8400000a

/* hf/arch/std.h, hf/check.h, hf/vm.h, hf/cpu.h */
#define ARRAY_SIZE(a)	 shim(a)
#define is_aligned(v, a) shim(v, a)
#define align_up(v, a)	 shim(v, a)
#define align_down(v, a) shim(v, a)
#define be32toh(v)	 shim(v)
#define le64toh(v)	 shim(v)
#define htole64(v)	 shim(v)
#define CHECK(x)	 shim(x)
struct vm {
	int shim;
};
struct vcpu {
	int shim;
};

#endif
