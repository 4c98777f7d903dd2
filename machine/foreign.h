/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_FOREIGN_H
#define MACHINE_FOREIGN_H

/*
 * Recognises files that a user may give as a kernel and that no arm64 machine can run: kernels of
 * other architectures, unsupported compression formats, disk images. Run as raw bytes, they would
 * do nothing and print nothing. Pure functions on bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOREIGN_NAME 64u /* bytes of a name, with its NUL */

/*
 * Whether this is such a file. `name` then describes it, for example "an ELF for x86-64". False for
 * an arm64 Image, an ELF64 for AArch64, gzip, and everything that no magic number distinguishes
 * from a raw binary.
 */
bool foreign_kernel(const uint8_t *bytes, size_t size, char name[FOREIGN_NAME]);

/* The architecture of the PE header, such as "arm64"; NULL if there is no PE header. */
const char *foreign_pe(const uint8_t *bytes, size_t size);

#endif
