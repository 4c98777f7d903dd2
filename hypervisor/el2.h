/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EL2_H
#define EL2_H

#include "types.h"

#define MDCR_TDA   BIT(9)  /* debug registers, MDSCR_EL1 among them */
#define MDCR_TDOSA BIT(10) /* the OS lock */
#define MDCR_TDRA  BIT(11) /* the debug ROM's address */

/* MDCR_EL2 with the guest's accesses to breakpoints, watchpoints and MDSCR_EL1 trapped, or not. */
uint64_t el2_mdcr(bool trap_debug);

/* Whether an SError waits for the guest on this CPU (HCR_EL2.VSE); the guest's taking it clears it. */
void el2_set_serror(bool pending);
bool el2_serror(void);

#endif
