/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_CHILD_H
#define TOOLS_RUN_CHILD_H

#include <stdbool.h>

enum child_end {
	CHILD_ENDED, /* *wait_status is set */
	CHILD_LATE,  /* it was killed, as `seconds` were over: patience.h says how they count */
	CHILD_NONE,  /* it could not be started: errno */
};

/*
 * Run the program argv[0], from PATH if it has no '/', and wait for it. Its standard input is
 * empty, its output goes to the file `output` and its messages to the file `errors`, which are
 * created or emptied; NULL: nowhere. It ends with the process that calls.
 */
enum child_end child_run(const char *const argv[], const char *output, const char *errors,
			 unsigned seconds, int *wait_status);

#endif
