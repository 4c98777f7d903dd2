/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_PVTIME_H
#define GUEST_PVTIME_H

#include <stdint.h>
#include <pvtime/guest.h>

/*
 * The library's guest side on this runtime. pvtime_register() finds the structure of the calling
 * CPU, maps it as R-07 requires and attaches it; each CPU calls it, and may call it again. Returns
 * an enum pvtime_guest_error, which pvtime_error_text() describes in words.
 */
int pvtime_register(void);
const char *pvtime_error_text(int error);

/*
 * The calling CPU's state, and the IPA of its structure (0 until pvtime_register() has succeeded).
 */
struct pvtime_guest_cpu *pvtime_cpu(void);
uint64_t pvtime_ipa(void);

/*
 * The stolen time of the calling CPU and the virtual counter at the same instant. pvtime_register()
 * must have succeeded.
 */
struct pvtime_sample pvtime_sample(void);

#endif
