/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_GUNZIP_H
#define MACHINE_GUNZIP_H

/* Kernels in gzip, which on arm64 it is the loader's job to unpack. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool gunzip_is_gzip(const uint8_t *bytes, size_t size);

/*
 * Unpack `bytes` into a new buffer, of at most `limit` bytes, which the caller frees. Returns 0;
 * -EINVAL if it is not whole and sound; -EFBIG if it unpacks to more than `limit`; -ENOMEM. What
 * follows the first gzip member is ignored, as QEMU does.
 */
int gunzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size);

#endif
