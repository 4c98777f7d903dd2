/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_DEBIAN_H
#define TOOLS_RUN_DEBIAN_H

/* What the targets that run a hypervisor from Debian, in a QEMU of their own, have in common. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/run/target.h"

#define DEBIAN_WORDS   512u
#define DEBIAN_RELEASE 16u

/* Is QEMU there? If not, `why`. */
bool debian_need_qemu(char *why);

/* The words of the guest's command line. */
void debian_words(char words[DEBIAN_WORDS], const struct run_plan *plan);

/*
 * A hypervisor's file, as need_part() has it: of this machine's Debian, which `make TARGET`
 * fetches, or of kit->release.
 */
bool debian_need(const struct run_kit *kit, const char *name, const char *what, const char *target,
		 char *path, char *why);

/*
 * The version of the package whose name begins with `package`, of the file `list` of the same
 * Debian as the hypervisor, or of this machine's; or "?".
 */
void debian_version(char *version, size_t room, const struct run_kit *kit, const char *list,
		    const char *package);
void debian_own_version(char *version, size_t room, const struct run_kit *kit, const char *list,
			const char *package);

/*
 * The first two numbers of a version, "6.12" of "6.12.3-cloud-arm64"; "" where it does not begin
 * with two.
 */
void debian_release(const char *version, char *text, size_t room);

#endif
