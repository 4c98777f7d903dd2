/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of Xen 4.17's xen/types.h on AArch64, where 64 bits are `long`. */
#ifndef SHIM_XEN_TYPES_H
#define SHIM_XEN_TYPES_H

#define bool _Bool
#define true 1
#define NULL ((void *)0)

#define false 0

typedef signed char s8;
typedef unsigned char u8;
typedef signed short s16;
typedef unsigned short u16;
typedef signed int s32;
typedef unsigned int u32;
typedef signed long s64;
typedef unsigned long u64;

typedef s8 int8_t;
typedef u8 uint8_t;
typedef s16 int16_t;
typedef u16 uint16_t;
typedef s32 int32_t;
typedef u32 uint32_t;
typedef s64 int64_t;
typedef u64 uint64_t;
typedef u32 __le32;
typedef u64 __le64;

typedef __SIZE_TYPE__ size_t;
typedef unsigned int __attribute__((__mode__(__pointer__))) uintptr_t;
typedef u64 paddr_t, vaddr_t, register_t;

#define UINT64_MAX (18446744073709551615UL)

#endif
