#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: on a host with ports/linux, memory that a VMM takes away at bad moments stops no other vCPU
# (round_away.c) and loses no number (memory_away.c), and the kernel reports nothing.
# Kernels.pm says which kernel.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

my %promised = (round_away => 'no vCPU waits for the page of another one', memory_away => 'no number is lost');

for my $cpu ('neoverse-n1', 'cortex-a57') {
	for my $program (sort keys %promised) {
		my $run = host_run(kernel => $ported, cpu => $cpu, limit_s => 120, files => {$program => "$build/linux/$program"},
			script => "echo -1 >/proc/sys/kernel/sched_rt_runtime_us; /$program");
		is($run->{status}, 0, "$cpu: $promised{$program}") or diag $run->{out}, $run->{console};
		note join "\n", $run->{out} =~ /^((?:not )?ok .*|# .*)$/mg;
	}
}

done_testing;
