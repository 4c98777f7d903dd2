/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_DEBIAN_H
#define TOOLS_RUN_DEBIAN_H

/* What the targets that run a hypervisor from Debian, in a QEMU of their own, have in common. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/run/target.h"

#define DEBIAN_WORDS 512u

/* Is QEMU there? If not, `why`. */
bool debian_need_qemu(char *why);

/* The words of the guest's command line. */
void debian_words(char words[DEBIAN_WORDS], const struct run_plan *plan);

/* The version of the package whose name begins with `package`, of the kit's file `list`; or "?". */
void debian_version(char *version, size_t room, const struct run_kit *kit, const char *list,
		    const char *package);

#endif
