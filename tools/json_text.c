/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include "tools/json_text.h"

json_t *json_text(const char *bytes)
{
	json_t *string = json_string(bytes);
	char *ascii = string == NULL ? strdup(bytes) : NULL;

	if (ascii == NULL)
		return string;
	for (char *at = ascii; *at != '\0'; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	string = json_string(ascii);
	free(ascii);
	return string;
}
