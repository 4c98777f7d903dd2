/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PANIC_H
#define PANIC_H

/* Only for bugs of the hypervisor and unusable boards: nothing that a guest does leads here. */
#include "types.h"

/* Report what went wrong as the lab's last record (status 1), and power the board off. */
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

#define ASSERT(condition)                                                                     \
	do {                                                                                  \
		if (!(condition))                                                             \
			panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition); \
	} while (0)

#endif
