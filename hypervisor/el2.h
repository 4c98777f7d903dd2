/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EL2_H
#define EL2_H

#include "types.h"

/*
 * Whether an SError waits for the guest on this CPU (HCR_EL2.VSE); the guest's taking it clears it.
 */
void el2_set_serror(bool pending);
bool el2_serror(void);

#endif
