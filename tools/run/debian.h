/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_DEBIAN_H
#define TOOLS_RUN_DEBIAN_H

/* Shared by the targets that run a hypervisor from Debian in QEMU. */
#include <stdbool.h>
#include <stddef.h>
#include "tools/run/target.h"

#define DEBIAN_WORDS   1024u
#define DEBIAN_RELEASE 16u

/* Whether QEMU is installed; if not, `why` says so. */
bool debian_need_qemu(char *why);

/* Write the guest's command line to `words`. */
void debian_words(char words[DEBIAN_WORDS], const struct run_plan *plan);

/*
 * Find a file of a hypervisor, as need_part() does. It comes from this machine's Debian release,
 * fetched by `make TARGET`, or from kit->release.
 */
bool debian_need(const struct run_kit *kit, const char *name, const char *what, const char *target,
		 char *path, char *why);

/*
 * The version of the package whose name begins with `package`, from the file `list`; "?" if it is
 * not there. debian_version() reads the list of the hypervisor's Debian release,
 * debian_own_version() that of this machine's.
 */
void debian_version(char *version, size_t room, const struct run_kit *kit, const char *list,
		    const char *package);
void debian_own_version(char *version, size_t room, const struct run_kit *kit, const char *list,
			const char *package);

/*
 * What `make linux` and `make xen` build from the source of kit->release, or of bookworm if the kit
 * names none. debian_need_built() finds the image RELEASE/NAME in `directory`, as need_part() does.
 * debian_source_version() is the version of the source of `project` ("linux", "xen"), which
 * scripts/debian-source has written; "?" if it is not there.
 */
bool debian_need_built(const struct run_kit *kit, const char *directory, const char *name,
		       const char *hint, char *path, char *why);
void debian_source_version(char *version, size_t room, const struct run_kit *kit,
			   const char *project);

/*
 * The first two numbers of a version: "6.12" from "6.12.3-cloud-arm64". "" if the version does not
 * begin with two numbers.
 */
void debian_release(const char *version, char *text, size_t room);

#endif
