/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdint.h>
#include "tools/lab/visible.h"

/* The bytes of the UTF-8 sequence that begins here, and its code point; 0: there is none (RFC 3629). */
static size_t decode(const unsigned char *s, size_t len, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80	 ? 1
		   : s[0] < 0xc0 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf8 ? 4
				 : 0;

	if (n == 0 || n > len)
		return 0;
	*point = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (s[i] & 0x3f);
	}
	if (*point < least[n] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
		return 0;
	return n;
}

static bool is_text(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
		{0x00, 0x08},	  {0x0a, 0x1f},	    {0x7f, 0x9f},     {0x061c, 0x061c}, /* ALM */
		{0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfff9, 0xfffb},
	};

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (point >= controls[i].first && point <= controls[i].last)
			return false;
	return true;
}

void visible_write(FILE *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	while (len > 0) {
		uint32_t point = 0;
		size_t n = decode(s, len, &point);

		if (n > 0 && is_text(point)) {
			fwrite(s, 1, n, out);
		} else {
			n = n > 0 ? n : 1;
			for (size_t i = 0; i < n; i++)
				fprintf(out, "\\x%02x", s[i]);
		}
		s += n;
		len -= n;
	}
}
