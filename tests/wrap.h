/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WRAP_H
#define TESTS_WRAP_H

/*
 * A test replaces a function of another file by -Wl,--wrap=NAME: calls go to __wrap_NAME, which the
 * test defines, and __real_NAME is the function itself. The linker does not check types. The
 * declarations below take the type from the function's own header, so that the compiler rejects a
 * __wrap_NAME of another type.
 */
#define TESTS_WRAP(name) extern __typeof__(name) __real_##name, __wrap_##name

#endif
