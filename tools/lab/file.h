/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_LAB_FILE_H
#define TOOLS_LAB_FILE_H

/*
 * Reads and checks a lab file: the guests and the number of CPUs. pvtime-lab(5) lists the sections
 * and keys. Every mistake in a lab is found here, before anything is started.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "include/pvtime/abi.h"
#include "machine/image.h"
#include "tools/lab/blob.h"

#define LAB_NAME_MAX   15u
#define LAB_APPEND_MAX 2047u
#define LAB_MEMORY_MAX (255ull << 30) /* bytes, as much as QEMU's `virt` takes */

/* A [vm NAME] section. */
struct lab_vm {
	char name[LAB_NAME_MAX + 1];
	unsigned line; /* of the section in the file */
	const struct lab_blob *kernel;
	const struct lab_blob *initrd; /* NULL: none */
	char *append;		       /* NULL: none */
	uint32_t vcpus;		       /* 1 to 8 */
	uint64_t memory;	       /* bytes, a multiple of 64 KiB */
	uint32_t weight;	       /* 1 to 10000 */
	uint32_t cap;		       /* percent of a CPU, 0: none */
	uint32_t pin;		       /* bit n: may run on physical CPU n; never 0 */
	enum pvtime_dialect stolen_time;
	bool smc;			  /* the FDT says smc, otherwise hvc */
	uint64_t load, dtb;		  /* IPAs, or IMAGE_DEFAULT */
	struct image_placement placement; /* of kernel, initrd and FDT in the guest's RAM */
	void *fdt;			  /* the guest's FDT, placed at placement.dtb */
	size_t fdt_size;
};

struct lab {
	char *path;	/* of the lab file */
	bool kvm;	/* runs on the host's KVM; false: under our hypervisor */
	uint32_t pcpus; /* 1 to 8; on KVM the CPUs of this host, 32 at most */
	/* for QEMU's -cpu: cortex-a57, cortex-a72, neoverse-n1 or max; "host" on KVM */
	const char *cpu;
	uint64_t memory; /* of the board, in bytes, never less than the lab needs */
	uint32_t timeslice_us;
	uint64_t seed;
	struct lab_vm *vms;
	uint32_t vm_count;	/* 1 to 64 */
	uint32_t vcpus;		/* of all VMs, 1 to 64 */
	struct lab_blob *blobs; /* a linked list */
};

/*
 * Read the lab file at `path`, read and place its images, and build the guests' FDTs. The caller
 * frees the result with lab_free(). NULL: something is wrong. Then one line was written to
 * `errors`, "FILE:LINE: [section] key: what is wrong; expected ...", and the command must end with
 * status 2. If `errors` is NULL, nothing is written.
 */
struct lab *lab_load(const char *path, FILE *errors);

/*
 * The same for this host's KVM: keys and values that KVM does not support are errors, and `pin`
 * names this host's CPUs.
 */
struct lab *lab_load_kvm(const char *path, FILE *errors);

void lab_free(struct lab *lab);

/* The default of `pin`: every CPU. */
uint32_t lab_every_cpu(const struct lab *lab);

/* The index of the VM called `name`, or -1. */
int lab_find_vm(const struct lab *lab, const char *name);

#endif
