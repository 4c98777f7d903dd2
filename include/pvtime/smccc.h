/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_SMCCC_H
#define PVTIME_SMCCC_H

/* The parts of the SMC Calling Convention (Arm DEN0028) and PSCI (DEN0022) that discovery needs. */
#define PVTIME_SMCCC_VERSION_1_1 0x10001
#define PVTIME_SMCCC_VERSION_1_3 0x10003

#define PVTIME_SMCCC_FID_VERSION       0x80000000u
#define PVTIME_SMCCC_FID_ARCH_FEATURES 0x80000001u

#define PVTIME_PSCI_FID_VERSION	 0x84000000u
#define PVTIME_PSCI_FID_FEATURES 0x8400000Au
#define PVTIME_PSCI_VERSION_1_0	 0x10000

#define PVTIME_SMCCC_SUCCESS	   0
#define PVTIME_SMCCC_NOT_SUPPORTED (-1)

/*
 * Bit 16 of a function ID: the caller has no live SVE state (SMCCC 1.3). No call changes with it.
 */
#define PVTIME_SMCCC_SVE_HINT (1u << 16)

/* Bit 30 of a function ID: the SMC64/HVC64 form. The same ID without it is the SMC32 alias. */
#define PVTIME_SMCCC_64 (1u << 30)

#endif
