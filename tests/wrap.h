/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WRAP_H
#define TESTS_WRAP_H

/*
 * A function of another file that a test replaces by -Wl,--wrap=NAME: the linker calls __wrap_NAME
 * instead, which the test defines, and __real_NAME is the function itself. The linker knows no
 * types. The declarations below take theirs from the function's own header, so that the compiler
 * refuses a __wrap_NAME that differs from what it replaces.
 */
#define TESTS_WRAP(name) extern __typeof__(name) __real_##name, __wrap_##name

#endif
