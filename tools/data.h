/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_DATA_H
#define TOOLS_DATA_H

/*
 * Where pvtime's own files are: the hypervisor's image, the conformance suite and what else it
 * runs. The data directory is found from the executable, so that an installation can be moved, and
 * so that what is compiled does not depend on a directory. Its layout is that of the build folder.
 */
#include <limits.h>
#include <stdbool.h>

/* The path of this executable. false: it is not known; one line on standard error says why. */
bool program_path(char path[PATH_MAX]);

/*
 * The path of a file: `given` (an option's value), or, if that is NULL, the file `name` in the data
 * directory. Neither has to exist. false: as program_path(), or the path is too long.
 */
bool data_path(char path[PATH_MAX], const char *given, const char *name);

#endif
