/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_KVM_MUST_H
#define TESTS_KVM_MUST_H

/* For the programs that run on a KVM host: an error ends them with status 3. */
#include <err.h>
#include <errno.h>

static inline int must(int result, const char *what)
{
	if (result < 0)
		err(3, "%s", what);
	return result;
}

/* For the functions of pthread.h, which return an error number. */
static inline void must_be_0(int error, const char *what)
{
	errno = error;
	must(error == 0 ? 0 : -1, what);
}

#endif
