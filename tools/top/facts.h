/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_FACTS_H
#define TOOLS_TOP_FACTS_H

/* Loads the iterator of guest.bpf.c, and reads the facts that it writes. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "tools/top/bpf/fact.h"

struct guest_bpf;

/* Begin with zeroes. */
struct top_facts {
	struct guest_bpf *skeleton; /* NULL: it cannot be loaded */
	struct top_fact *fact;
	size_t count, room;
};

/*
 * Load the iterator. It needs Linux 5.18 and KVM's types. If it cannot be loaded, there will be no
 * facts. That is no error, as nothing else depends on them.
 */
void top_facts_load(struct top_facts *facts);

/* Read the facts of all threads that are in KVM_RUN. false: out of memory. */
bool top_facts_read(struct top_facts *facts);

void top_facts_unload(struct top_facts *facts);

#endif
