/* SPDX-License-Identifier: BSD-2-Clause */
/* All kinds of runs, in the order in which they start: the long ones first. */
#include "tools/bench/run.h"

/* plan.append is set when a run is made: it names the rows to measure. */
static const struct bench_kind guest = {
	.name = "guest",
	.quick = true,
	.by = {&target_pvtime, &target_kvm, &target_xen, &target_kvm_before, &target_kvm_mended,
	       &target_kvm_mended, &target_xen_before, &target_xen_pvtime, &target_xen_pvtime},
	.plan = {.pcpus = 1, .vcpus = 2, .dialect = "1.0", .conduit = "hvc", .limit_s = 60},
	.image = "bench.img",
	.read = bench_guest_read,
};

/* The same guest on two CPUs. */
static const struct bench_kind pair = {
	.name = "pair",
	.quick = true,
	.by = {&target_pvtime, &target_kvm, &target_xen},
	.plan = {.pcpus = 2, .vcpus = 2, .dialect = "1.0", .conduit = "hvc", .limit_s = 60},
	.image = "bench.img",
	.read = bench_guest_read,
};

#define A(n) &bench_accuracy_kinds[n]

const struct bench_kind *const bench_kinds[] = {
	&guest, &pair, &bench_boot, &bench_exits, &bench_many, &bench_state, A(0),  A(1),
	A(2),	A(3),  A(4),	    A(5),	  A(6),	       A(7),	     A(8),  A(9),
	A(10),	A(11), A(12),	    A(13),	  A(14),       A(15),	     A(16),
};

const size_t bench_kind_count = sizeof(bench_kinds) / sizeof(bench_kinds[0]);
