/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of Linux 6.1's linux/types.h and linux/stddef.h, where 64 bits are `long long`. */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#define NULL ((void *)0)
enum { false = 0, true = 1 };
typedef _Bool bool;

typedef signed char s8;
typedef unsigned char u8;
typedef signed short s16;
typedef unsigned short u16;
typedef signed int s32;
typedef unsigned int u32;
typedef signed long long s64;
typedef unsigned long long u64;

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

typedef unsigned long size_t;
typedef unsigned long uintptr_t;

#define pgoff_t			 unsigned long
#define offsetof(type, member)	 shim(type, member)
#define sizeof_field(type, m)	 shim(type, m)
#define struct_group(name, m...) shim(name, m)

#endif
