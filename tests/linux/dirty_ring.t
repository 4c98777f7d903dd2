#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux and a dirty ring, dirty_ring.c misses no store into a structure,
# and the kernel reports nothing. arm64 has the ring from Linux 6.4 on, so LINUX_RELEASE is trixie,
# or sid; KVM_HOST_KERNEL is another kernel with ports/linux.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../kvm";
use Host;
use Test::More;

my $kernel = $ENV{KVM_HOST_KERNEL} // "$build/linux/" . ($ENV{LINUX_RELEASE} // 'trixie') . '/Image';

for my $kind ('', 'bitmap') {
	my $run = host_run(kernel => $kernel, limit_s => 300, files => {dirty_ring => "$build/linux/dirty_ring"},
		script => "echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /dirty_ring 20 $kind");
	my $what = $kind eq '' ? 'a ring' : 'a ring beside a bitmap';
	is($run->{status}, 0, "$what: every store into the structures is found") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;
}

done_testing;
