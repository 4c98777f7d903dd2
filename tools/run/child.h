/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_CHILD_H
#define TOOLS_RUN_CHILD_H

#include <stdbool.h>

enum child_end {
	CHILD_ENDED, /* *wait_status is set */
	CHILD_LATE,  /* it was killed after `seconds`, which patience.h counts */
	CHILD_NONE,  /* it could not be started; errno says why */
};

/*
 * Run the program argv[0], from PATH if it has no '/', and wait for it. Its standard input is
 * empty. Its standard output goes to the file `output` and its standard error to the file `errors`,
 * which are created or truncated; NULL: they are discarded. The program is killed when the calling
 * process ends.
 */
enum child_end child_run(const char *const argv[], const char *output, const char *errors,
			 unsigned seconds, int *wait_status);

#endif
