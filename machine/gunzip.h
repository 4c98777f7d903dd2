/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_GUNZIP_H
#define MACHINE_GUNZIP_H

/* Unpacks gzip. On arm64 the boot loader has to unpack a kernel. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool gunzip_is_gzip(const uint8_t *bytes, size_t size);

/*
 * Unpack `bytes` into a new buffer, of at most `limit` bytes, which the caller frees. Returns 0;
 * -EINVAL if the input is damaged or incomplete; -EFBIG if it unpacks to more than `limit`;
 * -ENOMEM. Data after the first gzip member is ignored, as in QEMU.
 */
int gunzip(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size);

#endif
