/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MANIFEST_H
#define MANIFEST_H

/*
 * The lab's manifest (machine/bundle.h). The pvtime command has checked it for the user. The
 * hypervisor checks again what its own safety depends on. Logic only, tested on the host.
 */
#include "types.h"

struct vm;

struct manifest {
	unsigned vms;
	uint32_t timeslice_us;
	uint64_t run_ns, sample_ns; /* 0: no end, no samples */
	uint64_t epoch;		    /* seconds since 1970 when the counter is 0 */
	uint32_t attached, until;   /* indices of VMs, or BUNDLE_NOBODY */
	bool stamp_lines;	    /* each line that a VM prints gets a record */
};

struct manifest_vm {
	uint32_t weight, cap;
	uint8_t pin;
};

/* The lab as a whole. NULL, or what is wrong with it. `size`: bytes of the bundle. */
const char *manifest_read(const void *fdt, uint64_t size, struct manifest *m);
/*
 * VM `id`: name, sizes, dialect, entry and segments go to *vm, scheduling to *m. NULL, or what is
 * wrong.
 */
const char *manifest_read_vm(const void *fdt, uint64_t size, unsigned id, struct vm *vm,
			     struct manifest_vm *m);

#endif
