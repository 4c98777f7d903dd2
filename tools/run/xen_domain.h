/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_RUN_XEN_DOMAIN_H
#define TOOLS_RUN_XEN_DOMAIN_H

/*
 * A domain that Xen makes from the device tree, beside dom0 or instead of it ("dom0less"). QEMU
 * loads its kernel, and its node in /chosen says where that is.
 */
#include <stdbool.h>
#include <stdint.h>
#include "tools/run/target.h"

struct xen_domain {
	const char *name;     /* of its node */
	const char *kernel;   /* an absolute path */
	uint64_t kernel_at;   /* where QEMU loads it */
	const char *bootargs; /* of its kernel; NULL: none */
	unsigned vcpus;
	bool console; /* it has a PL011, whose lines Xen prints after "(XEN) DOM1: " */
};

#define XEN_DOMAIN_MIB 32u /* RAM of such a domain */

/*
 * Write the file `path`: the device tree of the machine that `argv` describes, with these domains
 * in it. false: `why` says what went wrong.
 */
bool xen_domain_tree(const char *const *argv, const struct xen_domain *domains, unsigned count,
		     const char *path, char *why);

#endif
