/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stdarg.h>

/*
 * Set up the console that the FDT names: a PL011, an 8250, or Xen's console_io. Output of different
 * CPUs does not mix. Output before console_init() is discarded.
 */
void console_init(void);

/* Formats as in hypervisor/format.h; up to 255 bytes. */
__attribute__((format(printf, 1, 2))) void console_print(const char *format, ...);

/* tests/tap.h prints through this function. */
void tap_vprint(const char *format, va_list args);

#endif
