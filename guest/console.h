/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stdarg.h>

/* The PL011 that the FDT names. Lines of several CPUs do not mix. Before console_init: nothing. */
void console_init(void);

/* Formats as in hypervisor/format.h; up to 255 bytes. */
__attribute__((format(printf, 1, 2))) void console_print(const char *format, ...);

/* What tests/tap.h prints through. */
void tap_vprint(const char *format, va_list args);

#endif
