/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_PSCI_H
#define GUEST_PSCI_H

#include <stdint.h>

/* PSCI 1.1 (DEN0022), by the conduit that the FDT names. Results are sign-extended from 32 bits. */
#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)

#define PSCI_AFFINITY_ON  0
#define PSCI_AFFINITY_OFF 1

int64_t psci_version(void);
int64_t psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
int64_t psci_affinity_info(uint64_t mpidr);

/* Enter a standby state, which ends like WFI. */
int64_t psci_cpu_suspend(void);

void psci_system_reset(void);

/* These do not return. If the call itself returns, the CPU waits for ever. */
_Noreturn void psci_cpu_off(void);
_Noreturn void psci_system_off(void);

#endif
