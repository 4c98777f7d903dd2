/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVTIME_ABI_H
#define PVTIME_ABI_H

/*
 * The interface between a hypervisor and its guests, as Arm DEN0057A defines it: the call IDs and
 * the structure. Also the errors that a hypervisor reports to its user space.
 */
#include <pvtime/types.h>

/* Function IDs, SMC64/HVC64 fast calls of the Standard Hypervisor Service. */
#define PVTIME_FID_FEATURES 0xC5000020u
#define PVTIME_FID_ST	    0xC5000021u /* DEN0057A 1.0 */
#define PVTIME_FID_ST_BETA2 0xC5000022u /* DEN0057A beta-2 */

/* The dialect of the calls that a VM is given. OFF denies it stolen time. */
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
	uint64_t stolen_ns;  /* involuntarily not running, in ns, little-endian */
	uint8_t reserved[48];
} __attribute__((__aligned__(64)));

#ifndef __cplusplus
_Static_assert(sizeof(struct pvtime_stolen) == PVTIME_STRUCT_SIZE,
	       "R-05: one structure is 64 bytes");
#endif

/*
 * Read the counter of a structure, in ns: one load that cannot tear, of a little-endian
 * number. `page`: mapped as for pvtime_guest_attach(). A guest uses this only if the CPU is
 * known to be attached and the hypervisor is known to keep R-23. Otherwise it uses
 * pvtime_guest_stolen_ns().
 */
static inline uint64_t pvtime_stolen_read(const struct pvtime_stolen *page)
{
	uint64_t ns = __atomic_load_n(&page->stolen_ns, __ATOMIC_ACQUIRE);

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(ns) : ns;
}

/* A granule of this size, in bytes, that holds structures holds nothing else. */
#define PVTIME_GRANULE 0x10000u

/* The structure of a READY vCPU lags behind by at most this, in ns. */
#define PVTIME_STALE_NS 100000000u

/*
 * Errors of the host side. Those up to PVTIME_ENOSPC are Linux's errno values, negated: a port can
 * return them to user space unchanged. PVTIME_ESNAP_* are outside the range of errno (1 to
 * 4095), so that they are never taken for another error. A port translates them before they reach
 * user space, to -EINVAL for example.
 */
enum pvtime_error {
	PVTIME_OK = 0,
	PVTIME_ENXIO = -6,   /* stolen time is not implemented, or is denied to this VM */
	PVTIME_EFAULT = -14, /* the caller's value could not be read or written */
	PVTIME_EBUSY = -16,  /* the vCPU is neither OFF nor PAUSED, or a granule is in use */
	PVTIME_EEXIST = -17, /* the vCPU's address is set already */
	PVTIME_EINVAL = -22, /* misaligned, outside guest memory, overlapping, or not in range */
	PVTIME_ENOSPC = -28, /* no free place below the limit */

	/* The reasons for which a snapshot is rejected. */
	PVTIME_ESNAP_SIZE = -5001,  /* not PVTIME_SNAPSHOT_SIZE bytes, or its size field differs */
	PVTIME_ESNAP_MAGIC = -5002, /* not a snapshot */
	PVTIME_ESNAP_VERSION = -5003, /* its version is unknown to this library */
	PVTIME_ESNAP_CRC = -5004,     /* damaged: the CRC does not match */
	PVTIME_ESNAP_FREQ = -5005,    /* saved at another CNTFRQ: its ticks have another length */
	PVTIME_ESNAP_ABI = -5006,     /* saved with another dialect or address than the vCPU has */
	PVTIME_ESNAP_STATE =
		-5007, /* its state is not OFF or PAUSED, or a reserved byte is not 0 */
	PVTIME_ESNAP_TOTALS = -5008, /* contradictory totals, or over 500 years */
};

#endif
