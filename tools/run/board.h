/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_BOARD_H
#define TOOLS_RUN_BOARD_H

/*
 * Run a whole QEMU machine for its serial output, with a limit in guest time. With -icount, QEMU's
 * clock counts instructions. A QMP connection reports the machine's progress (qmp.h).
 */
#include "tools/run/target.h"

/*
 * Start QEMU with `argv`, which must describe a virt board. argv[0] is looked up in PATH; the last
 * entry is NULL. board_run() adds -icount, -rtc, QMP, -serial stdio, -nodefaults, -nic none,
 * -display none, -monitor none, -no-reboot and -seed. Collect the output of the first serial port
 * until QEMU ends, `limit_s` seconds of guest time are over, or a whole line matches `end` (if not
 * NULL), a pattern of fnmatch(). QEMU has ended when this returns. A machine that neither executes
 * instructions nor ends has reached its limit, too (RUN_LIMIT). RUN_UNABLE: QEMU could not be
 * started, rejected its arguments, or died.
 */
enum run_outcome board_run(const char *const *argv, unsigned limit_s, const char *end,
			   struct run_output *output);

#endif
