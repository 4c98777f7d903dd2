#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# TAP: Linux's own test of stolen time in KVM, tools/testing/selftests/kvm/steal_time.c of the same
# source, passes with ports/linux as it does without. Kernels.pm says which kernels.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../kvm";
use Host;
use Kernels;
use Test::More;

my %kernels = (with => $ported, without => $before);

for my $which ('without', 'with') {
	my $run = host_run(kernel => $kernels{$which}, files => {steal_time => "$built/steal_time"}, script => '/steal_time');
	is($run->{status}, 0, "steal_time passes $which ports/linux") or diag $run->{out}, $run->{console};
	note join "\n", $run->{out} =~ /^(.*\S)/mg;
}

done_testing;
