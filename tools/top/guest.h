/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_TOP_GUEST_H
#define TOOLS_TOP_GUEST_H

/* Whether guests have stolen time, by what KVM knows of each vCPU. */
#include "tools/top/sample.h"
#include "tools/top/bpf/fact.h"

/* What was inferred of one vCPU's guest, and what was read of it last. Begin with zeroes. */
struct top_guest_state {
	enum top_guest guest;
	bool read; /* the next two are valid */
	uint64_t counted;
	int64_t ahead; /* by how much the structure's number exceeds `counted` */
};

/*
 * Take a fact that was read of the vCPU.
 *
 * On arm64, KVM publishes stolen time for each vCPU to which it is offered: it adds the same to
 * `counted` and to the structure. Both begin at 0. When the guest calls PV_TIME_ST, KVM sets the
 * structure to 0, and `counted` to all that its thread has waited so far. So the difference is 0
 * before the first call, and the structure's number is less after it. If it is greater, the VM was
 * restored, and its memory tells nothing. The thread may wait between the two additions: then only
 * a difference that was found twice, with other counts, is a fact.
 */
void top_guest_take(struct top_guest_state *state, const struct top_fact *fact);

/* When facts are read. Begin with zeroes. */
struct top_guest_pace {
	unsigned eager; /* intervals in which to read again, as a vCPU is new */
	unsigned idle;	/* intervals since the last reading */
};

/*
 * Whether to read the facts in this interval: at first, and then from time to time, as a guest may
 * be rebooted. `fresh`: a vCPU is new; `unknown`: the facts of some have told nothing yet.
 */
bool top_guest_is_due(struct top_guest_pace *pace, bool fresh, bool unknown);

/* In a word: for JSON, where NULL is unknown; for sentences; and for the screen's column. */
const char *top_guest_word(enum top_guest guest);
const char *top_guest_told(enum top_guest guest);
const char *top_guest_short(enum top_guest guest);

/* A VM's, from those of its vCPUs, the first of which in the sample is `first`. */
enum top_guest top_guest_of_vm(const struct top_sample *sample, size_t first);

#endif
