/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/lab/file.h"
#include "tools/lab/value.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* strtoull() accepts blanks and signs before a number; values here must not have them. */
static bool read_number(const char **text, int base, uint64_t *value)
{
	char *end;

	if (!(base == 16 ? isxdigit((unsigned char)**text) : isdigit((unsigned char)**text)))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, base);
	*text = end;
	return errno == 0;
}

bool labvalue_number(const char *text, uint64_t *value)
{
	int base = 10;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
		/* strtoull() would accept a second 0x. */
		if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
			return false;
	}
	return read_number(&text, base, value) && *text == '\0';
}

bool labvalue_size(const char *text, uint64_t *bytes)
{
	static const char suffixes[] = "KMG";
	unsigned shift = 0;

	if (!read_number(&text, 10, bytes))
		return false;
	if (*text != '\0') {
		const char *suffix = strchr(suffixes, toupper((unsigned char)*text));

		if (suffix == NULL || text[1] != '\0')
			return false;
		shift = 10 * (unsigned)(suffix - suffixes + 1);
	}
	if (*bytes > UINT64_MAX >> shift)
		return false;
	*bytes <<= shift;
	return true;
}

bool labvalue_cpus(const char *text, uint32_t *mask)
{
	*mask = 0;
	for (;;) {
		uint64_t first, last;

		text += strspn(text, " \t");
		if (!read_number(&text, 10, &first))
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!read_number(&text, 10, &last))
				return false;
		}
		if (first > last || last >= 32)
			return false;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			*mask |= UINT32_C(1) << cpu;
		if (*text == '\0')
			return true;
		if (*text != ',' && *text != ' ' && *text != '\t')
			return false;
		text += strspn(text, " \t");
		if (*text == ',')
			text++;
	}
}

bool labvalue_name(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return length >= 1 && length <= LAB_NAME_MAX && text[length] == '\0';
}
