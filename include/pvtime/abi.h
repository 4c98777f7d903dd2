/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_ABI_H
#define PVTIME_ABI_H

/*
 * What Arm DEN0057A fixes between a hypervisor and its guests: the call IDs and the structure; and
 * the errors that the user-space side of a hypervisor reports.
 */
#include <stdint.h>

/* Function IDs, SMC64/HVC64 fast calls of the Standard Hypervisor Service. */
#define PVTIME_FID_FEATURES 0xC5000020u
#define PVTIME_FID_ST	    0xC5000021u /* DEN0057A 1.0 */
#define PVTIME_FID_ST_BETA2 0xC5000022u /* DEN0057A beta-2 */

/* The dialect a VM is offered, or none at all. */
enum pvtime_dialect {
	PVTIME_DIALECT_OFF = 0,
	PVTIME_DIALECT_1_0 = 1,
	PVTIME_DIALECT_BETA2 = 2,
};

/*
 * The stolen-time structure, 64-byte aligned, one for each vCPU. Every field is stored
 * little-endian, whatever the endianness of the guest. Bytes 16 to 63 are zero.
 */
#define PVTIME_STRUCT_SIZE  64u
#define PVTIME_STRUCT_ALIGN 64u
#define PVTIME_REVISION	    0u
#define PVTIME_ATTRIBUTES   0u

struct pvtime_stolen {
	uint32_t revision;   /* 0 */
	uint32_t attributes; /* 0 */
	uint64_t stolen_ns;  /* time involuntarily not running, in ns, little-endian */
	uint8_t reserved[48];
} __attribute__((aligned(64)));

#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_stolen) == PVTIME_STRUCT_SIZE,
	       "R-05: one structure is 64 bytes");
#endif

/* Structures share memory with nothing else inside a granule of this size. */
#define PVTIME_GRANULE 0x10000u

/* How far the structure of a vCPU that is kept waiting may lag behind, in ns. */
#define PVTIME_STALE_NS 100000000u

/*
 * Errors of the host side. Where Linux has an errno for the same thing, this is its value, negated
 * a port hands it to user space as it is.
 */
enum pvtime_error {
	PVTIME_OK = 0,
	PVTIME_ENXIO = -6,   /* stolen time is not implemented, or this VM is denied it */
	PVTIME_EFAULT = -14, /* the caller's value could not be read or written */
	PVTIME_EBUSY = -16,  /* the vCPU is not stopped; or the place is taken */
	PVTIME_EEXIST = -17, /* the vCPU's address is set already */
	PVTIME_EINVAL = -22, /* misaligned, outside of guest memory, overlapping, or zero vCPUs */
	PVTIME_ENOSPC = -28, /* no free place below the limit */

	/* A snapshot that is not restored, and why. */
	PVTIME_ESNAP_SIZE = -101,    /* not PVTIME_SNAPSHOT_SIZE bytes, or it says so itself */
	PVTIME_ESNAP_MAGIC = -102,   /* not a snapshot */
	PVTIME_ESNAP_VERSION = -103, /* of a version that this library does not know */
	PVTIME_ESNAP_CRC = -104,     /* damaged */
	PVTIME_ESNAP_FREQ = -105,    /* taken at another CNTFRQ: its ticks mean something else */
	PVTIME_ESNAP_ABI = -106,     /* the guest was told another dialect or another address */
	PVTIME_ESNAP_STATE =
		-107, /* of a vCPU that was neither off nor paused; reserved bits set */
	PVTIME_ESNAP_TOTALS =
		-108, /* totals that contradict each other, or 500 years */
};

#endif
