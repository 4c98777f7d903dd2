/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_INITRAMFS_H
#define TOOLS_RUN_INITRAMFS_H

#include <stddef.h>

/*
 * An initramfs with one more file: the archive `base`, and behind it another of the file `path`
 * alone, as NAME in the root, executable; the kernel unpacks one archive after the other. In
 * memory, as a descriptor that other programs inherit. Where that fails: -1, and in `why` which
 * file, in one line.
 */
int initramfs_add(const char *base, const char *name, const char *path, char *why, size_t room);

#endif
