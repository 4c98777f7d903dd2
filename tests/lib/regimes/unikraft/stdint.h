/* SPDX-License-Identifier: BSD-2-Clause */
/* Unikraft has a small C library, nolibc. */
#ifndef SHIM_UNIKRAFT_STDINT_H
#define SHIM_UNIKRAFT_STDINT_H

typedef signed char __s8;
typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
typedef signed long __s64;
typedef unsigned long __u64;
typedef unsigned long __uptr;

typedef __s8 int8_t;
typedef __s16 int16_t;
typedef __s32 int32_t;
typedef __s64 int64_t;
typedef __u8 uint8_t;
typedef __u16 uint16_t;
typedef __u32 uint32_t;
typedef __u64 uint64_t;
typedef __uptr uintptr_t;

#endif
