/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_BOARD_H
#define TOOLS_RUN_BOARD_H

/*
 * A whole QEMU machine run for its serial output, with a limit in guest time. It is run by QEMU's
 * -icount, so that instructions are its clock; by a QMP connection of its own it is asked how far
 * it has come (qmp.h).
 */
#include "tools/run/target.h"

/*
 * Start `argv`, which is of QEMU's virt board (argv[0] is found through PATH, the last one is NULL;
 * board_run() adds -icount, -rtc, QMP, -serial stdio, -nodefaults, -nic none, -display none,
 * -monitor none, -no-reboot, -seed), and collect what its first serial port prints, until QEMU
 * ends, `limit_s` seconds of guest time are over, or `end` (if not NULL) is seen as a whole line;
 * QEMU is gone afterwards. A machine that neither executes anything nor ends is at its limit, too.
 * RUN_UNABLE: QEMU could not be started, has refused its arguments, or died.
 */
enum run_outcome board_run(const char *const *argv, unsigned limit_s, const char *end,
			   struct run_output *output);

#endif
