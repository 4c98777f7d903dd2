/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_XEN_H
#define TOOLS_RUN_XEN_H

/* The machine of all targets that are Xen: they differ in the image of Xen only. */
#include "tools/run/target.h"

/*
 * Whether the machine's other files and QEMU are present, as run_target.ready; the image is checked
 * by the caller.
 */
bool xen_ready(const struct run_kit *kit, const struct run_plan *plan, char *why);

/*
 * Run a plan on the image of Xen at this absolute path. `denied`: words for Xen's command line that
 * deny stolen time to the suite, which are used if the plan's dialect is "off"; "" if this Xen has
 * none to deny.
 */
enum run_outcome xen_run(const char *image, const char *denied, const struct run_kit *kit,
			 const struct run_plan *plan, struct run_output *output);

#endif
