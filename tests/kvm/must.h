/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_MUST_H
#define TESTS_KVM_MUST_H

/* For the programs that run on a KVM host: an error ends them with status 3. */
#include <err.h>

static inline int must(int result, const char *what)
{
	if (result < 0)
		err(3, "%s", what);
	return result;
}

#endif
