/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/run/heeded.h"

void heeded(sigset_t *set, const int *numbers, size_t count)
{
	struct sigaction action;

	sigemptyset(set);
	for (size_t i = 0; i < count; i++)
		if (sigaction(numbers[i], NULL, &action) != 0 || action.sa_handler != SIG_IGN)
			sigaddset(set, numbers[i]);
}
