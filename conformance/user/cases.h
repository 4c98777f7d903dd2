/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFORMANCE_USER_CASES_H
#define CONFORMANCE_USER_CASES_H

#include "vm.h"

/* Each case gets a new VM with structures, in which no address is set and no vCPU has run. */
#define GUEST_CASE(rule, name, needs, by, text)
#define USER_CASE(rule, name, by, text) void case_##name(struct vm *vm);
#include "../cases.def"
#undef GUEST_CASE
#undef USER_CASE

#endif
