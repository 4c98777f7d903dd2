/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_H
#define CONFORMANCE_USER_H

/*
 * The suite's program for Linux KVM's user space: what a VMM asks of the host, and is told. It is a
 * VMM itself, of a few instructions (vcpu.S), and can be read as an example of one that gives its
 * guests stolen time.
 *
 * A case is a function case_NAME() with a USER_CASE line in ../cases.def. It makes a VM of its own,
 * judges by check(), as those of ../suite.h do, and main.c prints its TAP lines.
 */
#include <stdbool.h>
#include <stdint.h>

/* Records the first failures of the case with what was seen. Returns ok. */
__attribute__((format(printf, 2, 3))) bool check(bool ok, const char *format, ...);

/* This program cannot go on: "Bail out! REASON: what errno says", status 2. */
__attribute__((format(printf, 1, 2))) _Noreturn void bail_out(const char *format, ...);

/* Of a call that returned -1, its errno's name; "success" of 0. */
const char *result_name(int error);

#endif
