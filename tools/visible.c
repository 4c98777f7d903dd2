/* SPDX-License-Identifier: BSD-2-Clause */
#include <langinfo.h>
#include <stdint.h>
#include <string.h>
#include "tools/utf8.h"
#include "tools/visible.h"

#define SHOWN_MAX 16u /* four bytes of a character, each as \xNN */

/*
 * The length of the UTF-8 sequence that begins here, and its code point; 0: these bytes are not
 * valid UTF-8 (RFC 3629).
 */
static size_t decode(const unsigned char *s, size_t len, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = utf8_length(s[0]);

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

/*
 * The table lists controls, line ends and invisible characters: Unicode's
 * Default_Ignorable_Code_Point, the format characters (Cf) without a glyph, and blank symbols. It
 * includes the variation selectors, although emoji use U+FE0F: a text with a selector looks like
 * the text without it, and any number of selectors can follow a character. The emoji itself is
 * still shown.
 */
static bool is_text(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x00, 0x08},	    {0x0a, 0x1f},	{0x7f, 0x9f},
		{0xad, 0xad},						  /* soft hyphen */
		{0x034f, 0x034f},   {0x061c, 0x061c},	{0x115f, 0x1160}, /* Hangul fillers */
		{0x17b4, 0x17b5},   {0x180b, 0x180f},	{0x200b, 0x200f}, /* zero width, LRM, RLM */
		{0x2028, 0x202e},		      /* line ends, directions */
		{0x2060, 0x206f},   {0x2800, 0x2800}, /* blank Braille */
		{0x3164, 0x3164},   {0xfe00, 0xfe0f}, /* variation selectors */
		{0xfeff, 0xfeff},   {0xffa0, 0xffa0},	{0xfff0, 0xfffb},
		{0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d159, 0x1d159}, /* null notehead */
		{0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, /* tags, more variation selectors */
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return false;
	return true;
}

bool visible_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static size_t show_byte(unsigned char byte, char *shown)
{
	static const char digits[] = "0123456789abcdef";

	memcpy(shown, "\\x", 2);
	shown[2] = digits[byte >> 4];
	shown[3] = digits[byte & 15];
	return 4;
}

/*
 * Show one character, or one byte that is not part of a valid character. Returns how many bytes of
 * `s` that takes.
 */
static size_t show(const unsigned char *s, size_t len, bool utf8, char shown[SHOWN_MAX],
		   size_t *shown_len)
{
	uint32_t point = 0;
	size_t n = decode(s, len, &point);

	*shown_len = 0;
	if (n > 0 && is_text(point) && (utf8 || point < 0x80)) {
		memcpy(shown, s, n);
		*shown_len = n;
		return n;
	}
	n = n > 0 ? n : 1;
	for (size_t i = 0; i < n; i++)
		*shown_len += show_byte(s[i], shown + *shown_len);
	return n;
}

void visible_write(FILE *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	bool utf8 = visible_utf8();
	char shown[SHOWN_MAX];

	for (size_t at = 0, n; at < len;) {
		at += show(s + at, len - at, utf8, shown, &n);
		fwrite(shown, 1, n, out);
	}
}

size_t visible_copy(char *to, size_t room, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	bool utf8 = visible_utf8();
	char shown[SHOWN_MAX];
	size_t done = 0;

	for (size_t at = 0, n; at < len; done += n) {
		at += show(s + at, len - at, utf8, shown, &n);
		if (n >= room - done)
			break;
		memcpy(to + done, shown, n);
	}
	to[done] = '\0';
	return done;
}

void visible_write_ascii(FILE *out, const char *bytes, size_t len)
{
	char shown[SHOWN_MAX];

	for (size_t at = 0; at < len; at++) {
		if ((unsigned char)bytes[at] < 0x80)
			fputc(bytes[at], out);
		else
			fwrite(shown, 1, show_byte((unsigned char)bytes[at], shown), out);
	}
}
