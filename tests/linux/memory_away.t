#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux, memory that a VMM takes away at bad moments stops no other vCPU
# and loses no number (memory_away.c), and the kernel reports nothing. Kernels.pm says which kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

for my $cpu ('neoverse-n1', 'cortex-a57') {
	my $run = host_run(kernel => $ported, cpu => $cpu, limit_s => 120, files => {memory_away => "$build/linux/memory_away"},
		script => 'echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /memory_away');
	is($run->{status}, 0, "$cpu: no vCPU is stopped, and no number is lost") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;
}

done_testing;
