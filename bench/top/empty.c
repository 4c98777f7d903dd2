/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load empty: attach a BPF program that does nothing to each context switch, print "attached", and
 * wait for a signal that ends this process.
 */
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bench/top/load.h"

void attach_empty(char **words)
{
	/* r0 = 0; exit */
	static const struct bpf_insn program[] = {{.code = 0xb7}, {.code = 0x95}};
	LIBBPF_OPTS(bpf_prog_load_opts, options);

	(void)words;
	options.expected_attach_type = BPF_TRACE_RAW_TP;
	options.attach_btf_id = (__u32)must(
		libbpf_find_vmlinux_btf_id("sched_switch", BPF_TRACE_RAW_TP), "sched_switch");
	int fd = must(bpf_prog_load(BPF_PROG_TYPE_TRACING, "empty", "GPL", program,
				    sizeof(program) / sizeof(program[0]), &options),
		      "the BPF program");
	must(bpf_raw_tracepoint_open(NULL, fd), "attaching the BPF program");
	puts("attached");
	fflush(stdout);
	pause();
}
