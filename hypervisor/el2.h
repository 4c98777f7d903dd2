/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EL2_H
#define EL2_H

#include "types.h"

/*
 * Whether an SError is pending for the guest on this CPU (HCR_EL2.VSE). The PE clears it when the
 * guest takes the SError.
 */
void el2_set_serror(bool pending);
bool el2_serror(void);

#endif
