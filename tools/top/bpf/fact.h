/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef TOOLS_TOP_BPF_FACT_H
#define TOOLS_TOP_BPF_FACT_H

/*
 * What KVM knows of a guest's stolen time, as guest.bpf.c reads it for each thread that is in
 * KVM_RUN. The includer has included the types, as for counts.h.
 */

enum top_fact_kind {
	TOP_FACT_NOT_OFFERED,
	TOP_FACT_OFF, /* offered, and not used */
	TOP_FACT_ON,
	TOP_FACT_COUNTS, /* offered on arm64, where only the two counts tell more */
};

struct top_fact {
	__u32 thread;
	__u32 kind;    /* enum top_fact_kind */
	__u32 settled; /* the thread changes neither count now */
	__u32 unused;
	__u64 counted; /* run_delay of the thread, when KVM last counted it */
	__u64 shown;   /* the stolen time in the guest's structure */
};

#endif
