/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FASTCALL_H
#define FASTCALL_H

/*
 * The answers that fastcall.S gives to a vCPU's calls; the library computes them beforehand
 * (pvtime.c).
 */
#include "asm.h"
#include "types.h"

struct fast_answers {
	int64_t features[FAST_FIDS]; /* PV_TIME_FEATURES(FAST_FID_FEATURES + n) */
	int64_t st[FAST_FIDS - 1];   /* the call FAST_FID_FEATURES + 1 + n */
};

#endif
