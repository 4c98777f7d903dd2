/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_H
#define CONFORMANCE_USER_H

/*
 * The suite's program for Linux KVM's user space: it judges the ioctls by which a VMM sets up
 * stolen time. The program is itself a VMM of a guest of a few instructions (vcpu.S), and an
 * example of a VMM that gives its guests stolen time.
 *
 * A case is a function case_NAME() with a USER_CASE line in ../cases.def. It gets a new VM and
 * judges by check(), like the cases of ../suite.h; main.c prints its TAP lines.
 */
#include <stdbool.h>
#include <stdint.h>

/* If not `ok`, record what was seen; the first failures of a case are printed. Returns ok. */
__attribute__((format(printf, 2, 3))) bool check(bool ok, const char *format, ...);

/*
 * The program cannot continue: print "Bail out! REASON: " and the text of errno, and exit with
 * status 2.
 */
__attribute__((format(printf, 1, 2))) _Noreturn void bail_out(const char *format, ...);

/* The name of the errno `error`, such as "EINVAL"; "success" for 0. */
const char *result_name(int error);

#endif
