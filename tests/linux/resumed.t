#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux, the number of a vCPU that KVM has paused and resumed is refreshed
# (resumed.c). Kernels.pm says which kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

for my $cpu ('neoverse-n1', 'cortex-a57') {
	my $run = host_run(kernel => $ported, cpu => $cpu, cpus => 3, icount => 1, limit_s => 120, files => {resumed => "$build/linux/resumed"},
		script => 'echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /resumed');
	is($run->{status}, 0, "$cpu: a vCPU that waits after a pause is refreshed") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;
}

done_testing;
