#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux and a dirty ring, dirty_ring.c misses no store into a structure,
# full_ring.c loses none, and the kernel reports nothing. arm64 has the ring from Linux 6.4 on, so
# LINUX_RELEASE is trixie or sid (Kernels.pm).

use strict;
use warnings;
use FindBin;
BEGIN { $ENV{LINUX_RELEASE} //= 'trixie' }
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

for my $kind ('', 'bitmap') {
	my $run = host_run(kernel => $ported, limit_s => 300, files => {dirty_ring => "$build/linux/dirty_ring"},
		script => "echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /dirty_ring 20 $kind");
	my $what = $kind eq '' ? 'a ring' : 'a ring beside a bitmap';
	is($run->{status}, 0, "$what: every store into the structures is found") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;
}

my $run = host_run(kernel => $ported, limit_s => 120, files => {full_ring => "$build/linux/full_ring"},
	script => 'echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /full_ring');
is($run->{status}, 0, 'resets of a vCPU whose ring is full lose no entry') or diag $run->{out}, $run->{console};
note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;

done_testing;
