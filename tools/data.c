/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/data.h"
#include "tools/report.h"

#define BUILT	  "hypervisor.img" /* what shows that a directory is that of a build */
#define INSTALLED "share/pvtime"   /* as in mk/install.mk, below the parent of the executable's */

bool program_path(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n < 0) {
		report("/proc/self/exe: %m");
		return false;
	}
	path[n] = '\0';
	return true;
}

/* The length of the directory of the first `length` bytes of an absolute path; 0: the root. */
static int directory(const char *path, int length)
{
	const char *slash = memrchr(path, '/', (size_t)length);

	return slash != NULL ? (int)(slash - path) : 0;
}

/* Write the path of a file in the directory, which is the first `length` bytes of `path`. */
static bool join(char joined[PATH_MAX], const char *path, int length, const char *name)
{
	return snprintf(joined, PATH_MAX, "%.*s/%s", length, path, name) < PATH_MAX;
}

/*
 * The executable's own directory comes first: a build inside an installation's PREFIX must not find
 * the installed files. But in /usr/bin other people's files have names such as `bench`; only
 * hypervisor.img makes such a directory ours.
 */
static bool join_data(char path[PATH_MAX], const char *program, const char *name)
{
	int beside = directory(program, (int)strlen(program));
	int prefix = directory(program, beside);
	char data[PATH_MAX];

	if (!(join(data, program, beside, BUILT) && access(data, F_OK) == 0) &&
	    join(data, program, prefix, INSTALLED) && access(data, F_OK) == 0)
		return join(path, data, (int)strlen(data), name);
	return join(path, program, beside, name);
}

bool data_path(char path[PATH_MAX], const char *given, const char *name)
{
	char program[PATH_MAX];
	bool fits;

	if (given != NULL)
		fits = snprintf(path, PATH_MAX, "%s", given) < PATH_MAX;
	else if (program_path(program))
		fits = join_data(path, program, name);
	else
		return false;
	if (!fits)
		report("%.100s...: the path is too long", path);
	return fits;
}
