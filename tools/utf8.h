/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_UTF8_H
#define TOOLS_UTF8_H

#include <stddef.h>

/*
 * The length of a UTF-8 character in bytes, from its first byte (RFC 3629); 0: no character begins
 * with this byte.
 */
static inline size_t utf8_length(unsigned char lead)
{
	return lead < 0x80   ? 1
	       : lead < 0xc0 ? 0
	       : lead < 0xe0 ? 2
	       : lead < 0xf0 ? 3
	       : lead < 0xf8 ? 4
			     : 0;
}

#endif
