/* SPDX-License-Identifier: BSD-2-Clause */
/* Debian's libfdt is built with stack protection; this is what it wants of a runtime. */
#include <stdint.h>
#include "console.h"
#include "psci.h"

extern uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

uintptr_t __stack_chk_guard = (uintptr_t)0x5af3c0de12b7d900u;

void __stack_chk_fail(void)
{
	console_print("Bail out! stack overrun\n");
	psci_system_off();
}
