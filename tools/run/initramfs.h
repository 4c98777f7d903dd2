/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_INITRAMFS_H
#define TOOLS_RUN_INITRAMFS_H

#include <stddef.h>

/*
 * Make an initramfs with one more file: the archive `base`, followed by an archive that has only
 * the file `path`, executable, as /NAME. The kernel unpacks all archives in order. Returns the
 * descriptor of a file in memory, which child processes inherit. -1: it failed; `why` names the
 * file in one line.
 */
int initramfs_add(const char *base, const char *name, const char *path, char *why, size_t room);

#endif
