/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_JSON_TEXT_H
#define TOOLS_JSON_TEXT_H

#include <jansson.h>

/*
 * A string of any bytes, such as the name of a process. If they are not UTF-8, each that is not
 * ASCII becomes a question mark. NULL: out of memory.
 */
json_t *json_text(const char *bytes);

#endif
