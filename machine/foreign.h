/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_FOREIGN_H
#define MACHINE_FOREIGN_H

/*
 * Files that somebody may give as a kernel and that no arm64 machine can run: kernels of other
 * architectures, packings that nothing here unpacks, disk images. Run as raw bytes, they would do
 * nothing and say nothing. Pure functions on bytes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOREIGN_NAME 64u /* bytes of a name, with its NUL */

/*
 * Is this one of them? Then `name` says what it is, as "an ELF for x86-64". False for an arm64
 * Image, an ELF64 for AArch64, gzip, and all that no magic number tells from a raw binary.
 */
bool foreign_kernel(const uint8_t *bytes, size_t size, char name[FOREIGN_NAME]);

/* The architecture that the PE header is for, "arm64" among others; NULL: there is no PE header. */
const char *foreign_pe(const uint8_t *bytes, size_t size);

#endif
