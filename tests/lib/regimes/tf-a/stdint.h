/* SPDX-License-Identifier: BSD-2-Clause */
/* TF-A brings its own C library. */
#ifndef SHIM_TF_A_STDINT_H
#define SHIM_TF_A_STDINT_H

typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long int64_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef long intptr_t;
typedef unsigned long uintptr_t;
typedef unsigned long register_t;
#define UINT64_MAX 18446744073709551615UL

#endif
