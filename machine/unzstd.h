/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MACHINE_UNZSTD_H
#define MACHINE_UNZSTD_H

/* Unpacks zstd, which EFI zboot images may hold. */
#include <stddef.h>
#include <stdint.h>

/*
 * Unpack `bytes` into a new buffer, of at most `limit` bytes, which the caller frees. Returns 0;
 * -EINVAL if the input is not one or more complete, undamaged frames and nothing else; -EFBIG if it
 * unpacks to more than `limit`; -ENOMEM.
 */
int unzstd(const uint8_t *bytes, size_t size, size_t limit, uint8_t **out, size_t *out_size);

#endif
