/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_PVTIME_H
#define GUEST_PVTIME_H

#include <stdint.h>
#include <pvtime/guest.h>

/*
 * The library's guest side on this runtime. On each CPU: find the structure of the calling CPU, map
 * it as R-07 says and attach it. May be repeated. Returns an enum pvtime_guest_error, which
 * pvtime_error_text() puts into words.
 */
int pvtime_register(void);
const char *pvtime_error_text(int error);

/*
 * The calling CPU's state, and the IPA of its structure (0 before a pvtime_register that
 * succeeded).
 */
struct pvtime_guest_cpu *pvtime_cpu(void);
uint64_t pvtime_ipa(void);

/*
 * What was stolen from the calling CPU, and the virtual counter of that instant. After a
 * pvtime_register() that succeeded.
 */
struct pvtime_sample pvtime_sample(void);

#endif
