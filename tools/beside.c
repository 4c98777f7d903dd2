/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/beside.h"
#include "tools/report.h"

bool beside(char path[PATH_MAX], const char *given, const char *name)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n < 0) {
		report("/proc/self/exe: %m");
		return false;
	}
	program[n] = '\0';
	int directory = (int)(strrchr(program, '/') - program);
	int length = given != NULL  ? snprintf(path, PATH_MAX, "%s", given)
		     : name == NULL ? snprintf(path, PATH_MAX, "%s", program)
				    : snprintf(path, PATH_MAX, "%.*s/%s", directory, program, name);
	if (length >= PATH_MAX)
		report("%.100s...: the path is too long", path);
	return length < PATH_MAX;
}
